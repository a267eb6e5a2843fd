import Auth
import JSON
import TestSupport

/// One line of the table of degraded modes: a request, and whom it cannot do without.
struct Endpoint: Sendable {
    let title: String
    let needs: Set<String>
    let status: Int
    let request: @Sendable (Preparation) -> Request

    struct Request: Sendable {
        let method: String
        let target: String
        var token: String?
        var body: String?
    }

    private static func get(
        _ title: String, needs: String, _ target: @escaping @Sendable (Preparation) -> String, signedIn: Bool = false
    ) -> Endpoint {
        Endpoint(title: title, needs: [needs], status: 200) { preparation in
            Request(method: "GET", target: target(preparation), token: signedIn ? preparation.token : nil)
        }
    }

    private static func post(
        _ title: String, needs: Set<String>, _ status: Int, _ target: @escaping @Sendable (Preparation) -> String,
        signedIn: Bool = true, _ body: @escaping @Sendable (Preparation) -> String? = { _ in nil }
    ) -> Endpoint {
        Endpoint(title: title, needs: needs, status: status) { preparation in
            Request(
                method: "POST", target: target(preparation), token: signedIn ? preparation.token : nil,
                body: body(preparation))
        }
    }

    static let all = identity + catalog + booking + analytics

    private static let identity = [
        post("`POST /v1/auth/signup`", needs: ["identity"], 201, { _ in "/v1/auth/signup" }, signedIn: false) {
            #"{"email":"\#($0.number)@degraded.example","password":"correct horse battery"}"#
        },
        post("`POST /v1/auth/signin`", needs: ["identity"], 200, { _ in "/v1/auth/signin" }, signedIn: false) { _ in
            #"{"email":"customer@marquee.example","password":"let-me-in-please"}"#
        },
        get("`GET /v1/auth/me`", needs: "identity", { _ in "/v1/auth/me" }, signedIn: true),
    ]

    private static let catalog = [
        get("`GET /v1/movies`", needs: "catalog", { _ in "/v1/movies" }),
        get("`GET /v1/movies/{movie_id}`", needs: "catalog", { _ in movie }),
        get("`GET …/{movie_id}/places`", needs: "catalog", { _ in "\(movie)/places" }),
        get("`GET …/{place_id}/sessions`", needs: "catalog", { _ in "\(movie)/places/\(StackSession.place)/sessions" }),
        post("`POST /v1/movies/{movie_id}/rate`", needs: ["catalog"], 200, { _ in "\(movie)/rate" }) { _ in
            #"{"value":4}"#
        },
    ]

    private static let booking = [
        get("`GET /v1/sessions/{session_id}/seats`", needs: "booking", { _ in seats(1) }),
        post("`POST /v1/sessions/{session_id}/book`", needs: ["booking"], 201, { _ in session(1) }),
        post("… the first booking of a session", needs: ["booking", "catalog"], 201, { session($0.unmetSession) }),
        post("`POST /v1/bookings/{booking_id}/reserve`", needs: ["booking"], 200, { "\($0.open)/reserve" }) { _ in
            #"{"seats":2}"#
        },
        post("`POST /v1/bookings/{booking_id}/confirm`", needs: ["booking"], 200, { "\($0.reserved)/confirm" }),
        post("`POST /v1/bookings/{booking_id}/cancel`", needs: ["booking"], 200, { "\($0.unwanted)/cancel" }),
        get("`GET /v1/bookings/{booking_id}/tickets`", needs: "booking", { "\($0.sold)/tickets" }, signedIn: true),
        post("`POST /v1/check-ins`", needs: ["booking"], 201, { _ in "/v1/check-ins" }) {
            #"{"token":"\#($0.code)","session_id":"\#(StackSession.id(1))"}"#
        },
        get("`GET /v1/bookings`, names a minute old", needs: "booking", { _ in "/v1/bookings" }, signedIn: true),
    ]

    private static let analytics = [
        post("`POST /v1/analytics/track`", needs: ["analytics"], 204, { _ in track }, signedIn: false) { _ in event },
        post("… with a token", needs: ["analytics"], 204, { _ in track }) { _ in event },
    ]

    private static let movie = "/v1/movies/\(StackSession.movie)"
    private static let track = "/v1/analytics/track"
    private static let event =
        #"{"tracking_id":"degraded","type":"page_enter","page":{"scheme":"https","path":"/","query":{}}}"#

    private static func session(_ number: Int) -> String { "/v1/sessions/\(StackSession.id(number))/book" }
    private static func seats(_ number: Int) -> String { "/v1/sessions/\(StackSession.id(number))/seats" }
}

/// What the requests of one round act on, made while everybody was well.
struct Preparation: Sendable {
    /// No two rounds have the same.
    let number: Int
    let token: String
    /// Paths of bookings.
    let open, reserved, unwanted, sold: String
    /// Of a ticket that nobody has used.
    let code: String

    /// One that booking has never heard of.
    var unmetSession: Int { number + 1 }

    init(_ stack: Stack, number: Int) async throws {
        let token = stack.token(user: 100_000_000_000_001, role: .staff)
        func open() async throws -> String {
            let answer = try await stack.post("/v1/sessions/\(StackSession.id(1))/book", token: token)
            guard let id = answer.json["booking"]?["id"]?.stringValue else {
                throw Stack.Failure(reason: "no booking: \(answer.status) \(answer.codes)")
            }
            return "/v1/bookings/\(id)"
        }
        self.number = number
        self.token = token
        self.open = try await open()
        reserved = try await open()
        unwanted = try await open()
        sold = try await open()
        for booking in [reserved, sold] {
            guard try await stack.post("\(booking)/reserve", #"{"seats":1}"#, token: token).status == 200 else {
                throw Stack.Failure(reason: "no seats")
            }
        }
        _ = try await stack.post("\(sold)/confirm", token: token)
        let tickets = try await stack.get("\(sold)/tickets", token: token).json["tickets"]?.arrayValue
        code = tickets?.first?["token"]?.stringValue ?? ""
        _ = try await stack["booking"].sql("UPDATE sessions SET named_at = 0, detailed_at = 0")
    }
}
