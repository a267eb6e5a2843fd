import JSON
import TestSupport
import Testing

/// The commission's bookings where seats have a price: every field as ever, and what they cost besides.
@Suite struct PricedWalkTests {
    private static let prices: [Int64] = [1250, 600]

    private static var tariffs: String {
        """
        INSERT INTO tariffs (session_id, position, name, amount, currency, condition)
        SELECT id, column1, column2, column3, 'EUR', column4 FROM sessions,
            (VALUES (0, 'full', \(prices[0]), ''), (1, 'child', \(prices[1]), 'Under 14.'))
        WHERE place_id = 900000000000001;
        """
    }

    private static let bill: [String: Shape] = {
        let money = Shape.object(["amount": .integer, "currency": .text])
        return [
            "lines": .list(.object(["tariff": .text, "price": money, "seats": .integer, "amount": .integer])),
            "total": money,
        ]
    }()

    private func booking(_ more: [String: Shape]) -> Shape { .booking(more.merging(Self.bill) { _, new in new }) }

    @Test("a customer who says nothing of tariffs books, reserves, confirms and cancels as before, at the first price")
    func walk() async throws {
        try await Stack.run(
            limits: true, fixtures: ["catalog": StackSession.rows(allocations: [5]) + Self.tariffs]
        ) { stack in
            let token = try await signIn(stack)
            let confirmed = try await confirm(stack, token)
            let cancelled = try await cancel(stack, token)
            try await list(stack, token, newestFirst: [cancelled, confirmed])
            let session = try await stack.get("/v1/sessions/\(StackSession.id(1))").json["session"]
            #expect(session?["tariffs"]?.arrayValue?.compactMap { $0["name"]?.stringValue } == ["full", "child"])
            #expect(session?["price"] == .null)
        }
    }

    private func signIn(_ stack: Stack) async throws -> String {
        let person = #"{"email":"zoe@example.com","password":"a long enough one"}"#
        #expect(try await stack.post("/v1/auth/signup", person).status == 201)
        return try #require(try await stack.post("/v1/auth/signin", person).json["token"]?.stringValue)
    }

    private func open(_ stack: Stack, _ token: String) async throws -> String {
        let opened = try await stack.post("/v1/sessions/\(StackSession.id(1))/book", token: token)
            .expect(201, .booking([:]))
        return "/v1/bookings/\(try #require(opened["booking"]?["id"]?.stringValue))"
    }

    private func total(_ answer: JSONValue) -> JSONValue? { answer["booking"]?["total"]?["amount"] }

    private func confirm(_ stack: Stack, _ token: String) async throws -> String {
        let path = try await open(stack, token)
        try await stack.post("\(path)/confirm", token: token).expectRefusal(409, "no_seats_reserved")
        for seats in [4, 5, 3] as [Int64] {
            let reserved = try await stack.post("\(path)/reserve", #"{"seats":\#(seats)}"#, token: token)
                .expect(200, booking(["reserved_seats": .integer]))
            #expect(reserved["booking"]?["reserved_seats"] == .integer(seats))
            #expect(total(reserved) == .integer(seats * Self.prices[0]))
        }
        try await stack.post("\(path)/reserve", #"{"seats":6}"#, token: token).expectRefusal(409, "not_enough_seats")
        let family = #"{"tariffs":[{"name":"full","seats":1},{"name":"child","seats":2}]}"#
        let reserved = try await stack.post("\(path)/reserve", family, token: token)
            .expect(200, booking(["reserved_seats": .integer]))
        #expect(total(reserved) == .integer(Self.prices[0] + 2 * Self.prices[1]))
        let confirmed = try await stack.post("\(path)/confirm", token: token)
            .expect(200, booking(["reserved_seats": .integer, "confirmed_at": .moment]))
        #expect(confirmed["booking"]?["reserved_seats"] == 3 && total(confirmed) == total(reserved))
        for (verb, body) in [("reserve", #"{"seats":1}"#), ("confirm", "{}"), ("cancel", "{}")] {
            try await stack.post("\(path)/\(verb)", body, token: token).expectRefusal(409, "booking_confirmed")
        }
        let tickets = try await stack.get("\(path)/tickets", token: token).json["tickets"]?.arrayValue ?? []
        #expect(tickets.compactMap { $0["tariff"]?.stringValue } == ["full", "child", "child"])
        return path
    }

    private func cancel(_ stack: Stack, _ token: String) async throws -> String {
        let path = try await open(stack, token)
        try await stack.post("\(path)/reserve", #"{"seats":2}"#, token: token)
            .expect(200, booking(["reserved_seats": .integer]))
        let cancelled = try await stack.post("\(path)/cancel", token: token).expect(
            200, booking(["reserved_seats": .integer, "confirmed_at": .orNull(.moment), "cancelled_at": .moment]))
        #expect(total(cancelled) == .integer(2 * Self.prices[0]))
        return path
    }

    private func list(_ stack: Stack, _ token: String, newestFirst paths: [String]) async throws {
        guard case .object(let members) = Shape.listedBooking else { return }
        let listed = Shape.object(members.merging(Self.bill) { _, new in new })
        let list = try await stack.get("/v1/bookings", token: token).expect(200, .page("bookings", of: listed))
        let bookings = list["bookings"]?.arrayValue ?? []
        #expect(bookings.map { "/v1/bookings/\($0["id"]?.stringValue ?? "")" } == paths)
        #expect(bookings.map { $0["status"] } == ["cancelled", "confirmed"])
        #expect(bookings.map { $0["total"]?["amount"] } == [2500, 2450])
        try await stack.get(paths[0], token: token).expect(200, .object(["booking": listed]))
    }
}
