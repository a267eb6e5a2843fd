import JSON
import TestSupport
import Testing
import Time

/// The booking's minute by the clock on the wall, which tests and services share on one machine.
@Suite struct ExpiryTests {
    @Test("past its end a booking is untouchable, and its seats are free from that very millisecond")
    func expiry() async throws {
        try await Stack.run(
            settings: ["HOLD_SECONDS": "2"], fixtures: ["catalog": StackSession.rows(allocations: [3])]
        ) { stack in
            let token = stack.token(user: 1)
            let (late, closes) = try await open(stack, token)
            try await stack.post("\(late)/reserve", #"{"seats":3}"#, token: token)
                .expect(200, .booking(["reserved_seats": .integer]))
            try await watchSeats(stack, until: closes)
            for (verb, body) in [("reserve", #"{"seats":1}"#), ("confirm", "{}"), ("cancel", "{}")] {
                try await stack.post("\(late)/\(verb)", body, token: token).expectRefusal(409, "booking_expired")
            }
            let list = try await stack.get("/v1/bookings", token: token).json["bookings"]?.arrayValue ?? []
            #expect(list.map { $0["status"] } == ["expired"])
            #expect(list.map { $0["reserved_seats"] } == [3])
        }
    }

    /// Another customer asks for the seats again and again. Whatever was answered before the end must be a refusal, and
    /// whatever was asked from the end on must be granted.
    private func watchSeats(_ stack: Stack, until closes: Timestamp) async throws {
        let (token, clock) = (stack.token(user: 2), WallClock.system)
        var refusals = 0
        while true {
            let (booking, _) = try await open(stack, token)
            let asked = clock.now()
            let answer = try await stack.post("\(booking)/reserve", #"{"seats":3}"#, token: token)
            let answered = clock.now()
            if answer.status == 200 {
                #expect(answered >= closes)
                #expect(refusals > 0)
                return
            }
            try answer.expectRefusal(409, "not_enough_seats")
            #expect(asked < closes)
            refusals += 1
        }
    }

    private func open(_ stack: Stack, _ token: String) async throws -> (path: String, closes: Timestamp) {
        let opened = try await stack.post("/v1/sessions/\(StackSession.id(1))/book", token: token)
            .expect(201, .booking([:]))["booking"]
        let closes = try #require(opened?["closes_at"]?.stringValue.flatMap(Timestamp.init(rfc3339:)))
        return ("/v1/bookings/\(try #require(opened?["id"]?.stringValue))", closes)
    }
}
