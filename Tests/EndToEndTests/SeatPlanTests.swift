import Auth
import JSON
import TestSupport
import Testing
import Time

/// A plan from the hand of an admin to the seats of a customer.
@Suite struct SeatPlanTests {
    @Test("a plan given as rows is drawn, sold side by side, and stays once it is on sale")
    func rows() async throws {
        try await Stack.run(fixtures: ["catalog": StackSession.rows(allocations: [3])]) { stack in
            let (admin, rooms) = (stack.token(user: 1, role: .admin), "/v1/places/\(StackSession.place)/rooms")
            let plan = #"{"name":"B","rows":[{"label":"A","seats":"1-2 _ 3-6"},{"label":"B","seats":"_ 1w 2c"}]}"#
            let made = try await stack.post(rooms, plan, token: admin)
            #expect(made.status == 201)
            let room = try #require(made.json["room"]?["id"]?.stringValue)
            let start = WallClock.system.now().advanced(byMilliseconds: 86_400_000).rfc3339
            let session = try await stack.post(
                "/v1/sessions", #"{"movie_id":"\#(StackSession.movie)","room_id":"\#(room)","starts_at":"\#(start)"}"#,
                token: admin)
            let id = try #require(session.json["session"]?["id"]?.stringValue)

            // The only four that are side by side, and not across the aisle.
            let token = stack.token(user: 2)
            let booking = try await stack.post("/v1/sessions/\(id)/book", token: token).json["booking"]?["id"]
            let reserved = try await stack.post(
                "/v1/bookings/\(booking?.stringValue ?? "")/reserve", #"{"seats":4}"#, token: token)
            let numbers = (reserved.json["booking"]?["seats"]?.arrayValue ?? []).map { $0["number"] }
            #expect(reserved.status == 200 && numbers == [3, 4, 5, 6])

            // Catalog draws what booking sells.
            let drawn = try await stack.get("\(rooms)/\(room)").json["room"]?["seats"]?.arrayValue ?? []
            let sold = try await stack.get("/v1/sessions/\(id)/seats").json["seats"]?.arrayValue ?? []
            let names = ["id", "row", "number", "kind", "x", "y"]
            #expect(drawn.count == 8)
            #expect(
                Set(drawn.map { seat in names.map { seat[$0]?.text ?? "" } })
                    == Set(sold.map { seat in names.map { seat[$0]?.text ?? "" } }))

            for (method, body) in [("PATCH", plan), ("DELETE", "")] {
                let refused = try await stack.send(method, "\(rooms)/\(room)", token: admin, body: Array(body.utf8))
                #expect(refused.status == 409 && refused.codes == ["room_has_sessions"])
            }
        }
    }
}

extension JSONValue {
    /// Numbers alike, whether they are written with a fraction or not.
    fileprivate var text: String { stringValue ?? doubleValue.map { "\($0)" } ?? "" }
}
