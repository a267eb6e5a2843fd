import JSON
import TestSupport
import Testing
import Time

/// Every endpoint of the commission in the order in which a customer meets them, with every field and its type: the same
/// whether seats have prices, of which nobody says anything, or not.
@Suite struct WalkTests {
    @Test(
        "a customer signs up, browses, rates, books, confirms, cancels, and finds it all in the list",
        arguments: WalkPrices.allCases)
    func walk(prices: WalkPrices) async throws {
        try await Stack.run(
            limits: true, settings: prices.settings,
            fixtures: ["catalog": StackSession.rows(allocations: [5]) + prices.rows]
        ) { stack in
            let token = try await signUpAndIn(stack)
            try await browse(stack)
            try await rate(stack, token)
            let confirmed = try await confirm(stack, token, prices)
            let cancelled = try await cancel(stack, token, prices)
            try await list(stack, token, prices, newestFirst: [cancelled, confirmed])
            try await track(stack, token)
            if prices != .free { try await chooseTariffs(stack, prices) }
        }
    }

    private func signUpAndIn(_ stack: Stack) async throws -> String {
        let person = #"{"email":"Zoé@Example.com","password":"a long enough one"}"#
        let user = try await stack.post("/v1/auth/signup", person).expect(
            201, .object(["user": .object(["id": .id("usr"), "email": .text, "created_at": .moment])]))
        #expect(user["user"]?["email"] == "Zoé@Example.com")
        try await stack.post("/v1/auth/signup", person).expectRefusal(409, "email_taken")
        try await stack.post("/v1/auth/signup", #"{"email":"no","password":"short"}"#)
            .expectRefusal(422, "email_invalid", "password_too_short")
        try await stack.post("/v1/auth/signin", #"{"email":"Zoé@Example.com","password":"another one"}"#)
            .expectRefusal(401, "invalid_credentials")
        let answer = try await stack.post("/v1/auth/signin", person).expect(200, .object(["token": .text]))
        return try #require(answer["token"]?.stringValue)
    }

    private func browse(_ stack: Stack) async throws {
        let movie = try await stack.get("/v1/movies/\(StackSession.movie)").expect(200, .object(["movie": .movie]))
        let session = try await onlySession(stack)
        #expect(movie["movie"]?["airing_dates"]?["to"] == session["starts_at"])
        #expect(movie["movie"]?["rating"] == .null)
        let places = try await stack.get("/v1/movies/\(StackSession.movie)/places")
            .expect(200, .page("places", of: .place))
        #expect(places["places"]?.arrayValue?.map { $0["id"]?.stringValue } == [StackSession.place])
        let elsewhere = "/v1/movies/\(StackSession.movie)/places/plc_200000000000001/sessions"
        let none = try await stack.get(elsewhere).expect(200, .page("sessions", of: .session))
        #expect(none == ["sessions": [], "metadata": ["has_more": false, "end_cursor": nil]])
        try await stack.get("/v1/movies/mov_1").expectRefusal(404, "movie_not_found")
        try await stack.get("/v1/movies/\(StackSession.movie)/places/plc_1/sessions")
            .expectRefusal(404, "place_not_found")
    }

    /// The session that is still to come, found by its day as by its bounds.
    private func onlySession(_ stack: Stack) async throws -> JSONValue {
        let path = "/v1/movies/\(StackSession.movie)/places/\(StackSession.place)/sessions"
        let all = try await stack.get(path).expect(200, .page("sessions", of: .session))
        #expect(all["sessions"]?.arrayValue?.map { $0["id"]?.stringValue } == [StackSession.id(1), StackSession.id(0)])
        let next = try #require(all["sessions"]?.arrayValue?.first)
        let start = try #require(next["starts_at"]?.stringValue)
        let found = try await stack.get("\(path)?from=\(start)&to=\(start)").expect(
            200, .page("sessions", of: .session))
        #expect(found["sessions"] == .array([next]))
        return next
    }

    private func rate(_ stack: Stack, _ token: String) async throws {
        let path = "/v1/movies/\(StackSession.movie)/rate"
        try await stack.post(path, #"{"value":5}"#).expectRefusal(401, "token_missing")
        try await stack.post(path, #"{"value":5.5}"#, token: token).expectRefusal(422, "value_out_of_range")
        let first = try await stack.post(path, #"{"value":5}"#, token: token).expect(201, .rating)
        let second = try await stack.post(path, #"{"value":3.5}"#, token: token).expect(200, .rating)
        #expect(first["rating"]?["id"] == second["rating"]?["id"])
        #expect(second["rating"]?["value"] == 3.5)
        let movie = try await stack.get("/v1/movies/\(StackSession.movie)").expect(200, .object(["movie": .movie]))
        #expect(movie["movie"]?["rating"] == 3.5)
    }

    private func open(_ stack: Stack, _ token: String) async throws -> String {
        let opened = try await stack.post("/v1/sessions/\(StackSession.id(1))/book", token: token)
            .expect(201, .booking([:]))
        #expect(opened["booking"]?["session_id"]?.stringValue == StackSession.id(1))
        let moments = ["created_at", "closes_at"].compactMap { name in
            opened["booking"]?[name]?.stringValue.flatMap(Timestamp.init(rfc3339:))?.rawValue
        }
        #expect(moments.count == 2 && moments[1] - moments[0] == 60_000)
        return "/v1/bookings/\(try #require(opened["booking"]?["id"]?.stringValue))"
    }

    private func confirm(_ stack: Stack, _ token: String, _ prices: WalkPrices) async throws -> String {
        try await stack.post("/v1/sessions/\(StackSession.id(0))/book", token: token)
            .expectRefusal(409, "session_started")
        try await stack.post("/v1/sessions/ses_1/book", token: token).expectRefusal(404, "session_not_found")
        let booking = try await open(stack, token)
        try await stack.post("\(booking)/confirm", token: token).expectRefusal(409, "no_seats_reserved")
        for seats in [4, 5, 3] as [Int64] {
            let reserved = try await stack.post("\(booking)/reserve", #"{"seats":\#(seats)}"#, token: token)
                .expect(200, prices.booking(["reserved_seats": .integer]))
            #expect(reserved["booking"]?["reserved_seats"] == .integer(seats))
            #expect(reserved["booking"]?["total"] == prices.total(of: seats))
        }
        try await stack.post("\(booking)/reserve", #"{"seats":6}"#, token: token)
            .expectRefusal(409, "not_enough_seats")
        let confirmed = try await stack.post("\(booking)/confirm", token: token)
            .expect(200, prices.booking(["reserved_seats": .integer, "confirmed_at": .moment]))
        #expect(confirmed["booking"]?["reserved_seats"] == 3)
        #expect(confirmed["booking"]?["total"] == prices.total(of: 3))
        for (verb, body) in [("reserve", #"{"seats":1}"#), ("confirm", "{}"), ("cancel", "{}")] {
            try await stack.post("\(booking)/\(verb)", body, token: token).expectRefusal(409, "booking_confirmed")
        }
        return booking
    }

    private func cancel(_ stack: Stack, _ token: String, _ prices: WalkPrices) async throws -> String {
        let booking = try await open(stack, token)
        try await stack.post("\(booking)/reserve", #"{"seats":2}"#, token: token)
            .expect(200, prices.booking(["reserved_seats": .integer]))
        let cancelled = try await stack.post("\(booking)/cancel", token: token).expect(
            200,
            prices.booking(["reserved_seats": .integer, "confirmed_at": .orNull(.moment), "cancelled_at": .moment]))
        #expect(cancelled["booking"]?["reserved_seats"] == 2)
        #expect(cancelled["booking"]?["total"] == prices.total(of: 2))
        #expect(cancelled["booking"]?["confirmed_at"] == .null)
        for (verb, body) in [("reserve", #"{"seats":1}"#), ("confirm", "{}"), ("cancel", "{}")] {
            try await stack.post("\(booking)/\(verb)", body, token: token).expectRefusal(409, "booking_cancelled")
        }
        return booking
    }

    private func list(
        _ stack: Stack, _ token: String, _ prices: WalkPrices, newestFirst paths: [String]
    ) async throws {
        let list = try await stack.get("/v1/bookings", token: token)
            .expect(200, .page("bookings", of: prices.listedBooking))
        let bookings = list["bookings"]?.arrayValue ?? []
        #expect(bookings.map { "/v1/bookings/\($0["id"]?.stringValue ?? "")" } == paths)
        #expect(bookings.map { $0["status"] } == ["cancelled", "confirmed"])
        #expect(bookings.map { $0["reserved_seats"] } == [2, 3])
        #expect(bookings.map { $0["total"] } == [prices.total(of: 2), prices.total(of: 3)])
        #expect(bookings.map { $0["cancelled_at"] == .null } == [false, true])
        #expect(bookings.map { $0["confirmed_at"] == .null } == [true, false])
        #expect(bookings.allSatisfy { $0["movie"]?["id"]?.stringValue == StackSession.movie })
        #expect(bookings.allSatisfy { $0["movie"]?["title"] == "La Course" })
        #expect(bookings.allSatisfy { $0["place"]?["id"]?.stringValue == StackSession.place })
        try await stack.get(paths[0], token: token).expect(200, .object(["booking": prices.listedBooking]))
        try await stack.get(paths[0], token: stack.token(user: 7)).expectRefusal(404, "booking_not_found")
        try await stack.get("/v1/bookings").expectRefusal(401, "token_missing")
    }

    private func track(_ stack: Stack, _ token: String) async throws {
        let event = #"{"tracking_id":"t","type":"page_exit","page":{"scheme":"https","path":"/","query":{"a":["1"]}}}"#
        for token in [nil, token] {
            let answer = try await stack.post("/v1/analytics/track", event, token: token)
            #expect(answer.status == 204)
            #expect(answer.body.isEmpty)
        }
        try await stack.post("/v1/analytics/track", event, token: token + "x").expectRefusal(401, "token_invalid")
        try await stack.post("/v1/analytics/track", #"{"type":"page_view","page":{}}"#).expectRefusal(
            422, "tracking_id_missing", "type_invalid", "page_scheme_missing", "page_path_missing", "page_query_missing"
        )
        let user = try await stack["identity"].sql("SELECT id FROM users WHERE email = 'Zoé@Example.com'")
        let rows = try await stack["analytics"].sql(
            "SELECT type, scheme, path, query, user_id FROM events WHERE tracking_id = 't' ORDER BY id")
        #expect(rows.map { $0["user_id"] } == [.null, user.first?["id"]])
        #expect(rows.allSatisfy { $0["type"] == "page_exit" && $0["scheme"] == "https" && $0["path"] == "/" })
        #expect(rows.allSatisfy { $0["query"] == #"{"a":["1"]}"# })
    }

    /// What the commission does not have: somebody else says which tariffs the last two seats are for.
    private func chooseTariffs(_ stack: Stack, _ prices: WalkPrices) async throws {
        let session = try await stack.get("/v1/sessions/\(StackSession.id(1))").json["session"]
        #expect(session?["tariffs"]?.arrayValue?.compactMap { $0["name"]?.stringValue } == ["full", "child"])
        #expect(session?["price"] == WalkPrices.total(WalkPrices.full))
        let (token, total) = (stack.token(user: 8), WalkPrices.total(WalkPrices.full + WalkPrices.child))
        let booking = try await open(stack, token)
        let family = #"{"tariffs":[{"name":"full","seats":1},{"name":"child","seats":1}]}"#
        for (wish, price) in [(#"{"seats":2}"#, prices.total(of: 2)), (family, total)] {
            let reserved = try await stack.post("\(booking)/reserve", wish, token: token)
                .expect(200, prices.booking(["reserved_seats": .integer]))
            #expect(reserved["booking"]?["total"] == price)
        }
        let confirmed = try await stack.post("\(booking)/confirm", token: token)
            .expect(200, prices.booking(["reserved_seats": .integer, "confirmed_at": .moment]))
        #expect(confirmed["booking"]?["reserved_seats"] == 2 && confirmed["booking"]?["total"] == total)
        let tickets = try await stack.get("\(booking)/tickets", token: token).json["tickets"]?.arrayValue ?? []
        #expect(tickets.compactMap { $0["tariff"]?.stringValue } == ["full", "child"])
    }
}
