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

    static let all = identity + catalog + booking + door + analytics

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
        post("… of what is paid through the provider", needs: ["booking"], 200, { "\($0.unpaid)/confirm" }) { _ in
            Preparation.payment
        },
        get("`GET /v1/bookings/{booking_id}/payment`", needs: "booking", { "\($0.paid)/payment" }, signedIn: true),
        post("`POST /v1/bookings/{booking_id}/cancel`", needs: ["booking"], 200, { "\($0.unwanted)/cancel" }),
        get("`GET /v1/bookings/{booking_id}/tickets`", needs: "booking", { "\($0.sold)/tickets" }, signedIn: true),
        get("`GET …/{booking_id}/tickets.pdf`", needs: "booking", { "\($0.sold)/tickets.pdf" }, signedIn: true),
        get(
            "`GET …/tickets/{ticket_id}.svg`", needs: "booking", { "\($0.sold)/tickets/\($0.toDraw.id).svg" },
            signedIn: true),
        post("`POST …/tickets/{ticket_id}/reissue`", needs: ["booking"], 200) {
            "\($0.sold)/tickets/\($0.toReissue.id)/reissue"
        },
        get("`GET /v1/bookings`, names a minute old", needs: "booking", { _ in "/v1/bookings" }, signedIn: true),
    ]

    private static let door = [
        post("`POST /v1/check-ins`", needs: ["booking"], 201, { _ in "/v1/check-ins" }) {
            #"{"token":"\#($0.toScan.code)","session_id":"\#(StackSession.id(1))"}"#
        },
        post("`POST /v1/check-ins/offline`", needs: ["booking"], 200, { _ in "/v1/check-ins/offline" }) {
            #"{"scans":[{"token":"\#($0.scannedOffline.code)","scanned_at":"2100-01-01T00:00:00Z","door":"North"}]}"#
        },
        get("`GET /v1/sessions/{session_id}/door`", needs: "booking", { _ in doors }, signedIn: true),
        get("`GET …/{session_id}/door/conflicts`", needs: "booking", { _ in "\(doors)/conflicts" }, signedIn: true),
    ]

    private static let analytics = [
        post("`POST /v1/analytics/track`", needs: ["analytics"], 204, { _ in track }, signedIn: false) { _ in event },
        post("… with a token", needs: ["analytics"], 204, { _ in track }) { _ in event },
    ]

    private static let movie = "/v1/movies/\(StackSession.movie)"
    private static let doors = "/v1/sessions/\(StackSession.id(1))/door"
    private static let track = "/v1/analytics/track"
    private static let event =
        #"{"tracking_id":"degraded","type":"page_enter","page":{"scheme":"https","path":"/","query":{}}}"#

    private static func session(_ number: Int) -> String { "/v1/sessions/\(StackSession.id(number))/book" }
    private static func seats(_ number: Int) -> String { "/v1/sessions/\(StackSession.id(number))/seats" }
}
