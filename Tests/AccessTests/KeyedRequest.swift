import Auth
import JSON
import TestSupport

/// A POST of somebody who is signed in, and how often it has been done.
struct KeyedRequest: Sendable {
    /// As the access table has it.
    let title: String
    /// SQL for a number in the service's database that is one greater each time it is done.
    let counter: String
    /// Makes what one request acts on, which no other does. Numbers differ.
    let prepare: @Sendable (_ stack: Stack, _ number: Int) async throws -> Attempt

    struct Attempt: Sendable {
        let target: String
        let token: String
        let body: String?
        /// Of the same form, but for another thing.
        let other: String
    }

    var service: String { String(title.prefix { $0 != " " }) }

    /// POSTs that look at no `Idempotency-Key`, and why a repetition does no harm.
    static let exempt = [
        "identity POST /v1/auth/signup": "nobody is signed in; an address has one account",
        "identity POST /v1/auth/signin": "nobody is signed in; it changes nothing",
        "booking POST /v1/payments/stripe/webhook": "signed by the provider; events have ids, and each is kept once",
        "catalog POST /internal/v1/events": "booking's; events have numbers, and each is taken once",
        "analytics POST /internal/v1/events": "booking's; events have numbers, and each is taken once",
    ]

    static let all = identity + catalog + booking + analytics

    // MARK: The requests

    private static let identity = [
        KeyedRequest(
            title: "identity POST /v1/auth/password",
            counter: "SELECT count(*) AS n FROM users WHERE tokens_valid_from > 0"
        ) { stack, number in
            let account = #"{"email":"keyed\#(number)@example.com","password":"correct horse battery"}"#
            _ = try await stack.post("/v1/auth/signup", account)
            let token = try await stack.post("/v1/auth/signin", account).json["token"]?.stringValue ?? ""
            func change(to new: String) -> String {
                #"{"current_password":"correct horse battery","new_password":"\#(new)"}"#
            }
            return Attempt(
                target: "/v1/auth/password", token: token, body: change(to: "staple of horses"),
                other: change(to: "horses of staple"))
        }
    ]

    private static let catalog = [
        made("movie", in: "movies", at: "/v1/movies") { #"{"title":"\#($0)","duration":90}"# },
        KeyedRequest(title: "catalog POST /v1/movies/{movie_id}/rate", counter: "SELECT count(*) AS n FROM ratings") {
            stack, number in
            let token = stack.token(user: Int64(9_000 + number))
            let target = "/v1/movies/\(StackSession.movie)/rate"
            return Attempt(target: target, token: token, body: #"{"value":3}"#, other: #"{"value":4}"#)
        },
        made("person", in: "people", at: "/v1/people") { #"{"name":"\#($0)"}"# },
        made("place", in: "places", at: "/v1/places") {
            #"{"name":"\#($0)","address":"1 rue du Test","city":"Paris","time_zone":"Europe/Paris"}"#
        },
        made("room", in: "rooms", at: "/v1/places/{place_id}/rooms") { #"{"name":"\#($0)","capacity":9}"# },
        made("session", in: "sessions", at: "/v1/sessions") { name in
            let room = #""movie_id":"\#(StackSession.movie)","room_id":"rom_900000000000001""#
            return #"{\#(room),"starts_at":"20\#(name.suffix(2))-01-01T20:00:00Z"}"#
        },
    ]

    /// - Parameter body: with a name in it.
    private static func made(
        _ thing: String, in table: String, at path: String, _ body: @escaping @Sendable (_ name: String) -> String
    ) -> KeyedRequest {
        KeyedRequest(title: "catalog POST \(path)", counter: "SELECT count(*) AS n FROM \(table)") { stack, number in
            Attempt(
                target: path.replacing("{place_id}", with: StackSession.place), token: admin(stack),
                body: body("\(thing) \(number + 30)"), other: body("\(thing) \(number + 60)"))
        }
    }

    private static let booking = [
        onBooking("/v1/sessions/{session_id}/book", counter: "SELECT count(*) AS n FROM bookings", .none, body: nil),
        onBooking("/v1/bookings/{booking_id}/reserve", counts: "seats.reserved", .open, body: #"{"seats":2}"#),
        onBooking("/v1/bookings/{booking_id}/confirm", counts: "booking.confirmed", .reserved, body: nil),
        onBooking(
            "/v1/bookings/{booking_id}/cancel", counts: "booking.cancelled", .reserved, body: #"{"reason":"rain"}"#),
        onBooking("/v1/bookings/{booking_id}/refund", counts: "booking.refunded", .sold, body: #"{"reason":"rain"}"#),
        onBooking(
            "/v1/bookings/{booking_id}/tickets/{ticket_id}/reissue",
            counter: "SELECT sum(generation - 1) AS n FROM tickets", .sold, body: nil),
        onBooking(
            "/v1/check-ins", counter: "SELECT count(*) AS n FROM check_ins", .sold,
            body: #"{"token":"{code}","session_id":"{session_id}"}"#),
        onBooking(
            "/v1/check-ins/offline", counter: "SELECT count(*) AS n FROM scans", .sold,
            body: #"{"scans":[{"token":"{code}","scanned_at":"2026-11-20T18:30:00Z","session_id":"{session_id}"}]}"#),
    ]

    private static func onBooking(
        _ path: String, counts event: String, _ state: KeyedBooking.State, body: String?
    ) -> KeyedRequest {
        onBooking(path, counter: "SELECT count(*) AS n FROM events WHERE type = '\(event)'", state, body: body)
    }

    private static func onBooking(
        _ path: String, counter: String, _ state: KeyedBooking.State, body: String?
    ) -> KeyedRequest {
        KeyedRequest(title: "booking POST \(path)", counter: counter) { stack, _ in
            let booking = try await KeyedBooking(stack, admin(stack), state)
            return Attempt(
                target: booking.naming(path), token: admin(stack), body: body.map(booking.naming),
                other: #"{"reason":"snow","seats":1}"#)
        }
    }

    private static let analytics = [
        KeyedRequest(title: "analytics POST /v1/analytics/track", counter: "SELECT count(*) AS n FROM events") {
            stack, number in
            let event = #""type":"page_enter","page":{"scheme":"https","path":"/","query":{}}"#
            return Attempt(
                target: "/v1/analytics/track", token: admin(stack), body: #"{"tracking_id":"\#(number)",\#(event)}"#,
                other: #"{"tracking_id":"another",\#(event)}"#)
        }
    ]

    static func admin(_ stack: Stack) -> String { stack.token(user: 100_000_000_000_003, role: .admin) }
}

/// A booking of one seat, as far as a request needs it.
private struct KeyedBooking {
    enum State { case none, open, reserved, sold }

    var names = ["{session_id}": StackSession.id(1)]

    init(_ stack: Stack, _ token: String, _ state: State) async throws {
        guard state != .none else { return }
        let opened = try await stack.post("/v1/sessions/\(StackSession.id(1))/book", token: token)
        let id = opened.json["booking"]?["id"]?.stringValue ?? ""
        names["{booking_id}"] = id
        guard state != .open else { return }
        _ = try await stack.post("/v1/bookings/\(id)/reserve", #"{"seats":1}"#, token: token)
        guard state == .sold else { return }
        _ = try await stack.post("/v1/bookings/\(id)/confirm", token: token)
        let ticket = try await stack.get("/v1/bookings/\(id)/tickets", token: token).json["tickets"]?.arrayValue?.first
        names["{ticket_id}"] = ticket?["id"]?.stringValue
        names["{code}"] = ticket?["token"]?.stringValue
    }

    func naming(_ text: String) -> String { names.reduce(text) { $0.replacing($1.key, with: $1.value) } }
}
