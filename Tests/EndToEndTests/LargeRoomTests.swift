import Auth
import JSON
import TestSupport
import Testing
import Time

/// Rooms as they are: the largest that can be planned, and those of the sample data.
@Suite struct LargeRoomTests {
    @Test("a room of 10,000 seats is planned, sold from, drawn and offered for less, all the way through")
    func tenThousandSeats() async throws {
        try await Stack.run { stack in
            let admin = stack.token(user: 9, role: .admin)
            let seats = (0..<10_000).map {
                #"{"row":"R\#($0 / 100)","number":\#($0 % 100 + 1),"x":\#($0 % 100),"y":\#($0 / 100)}"#
            }
            let room = try await stack.post(
                "/v1/places/plc_200000000000001/rooms", #"{"name":"Arena","seats":[\#(seats.joined(separator: ","))]}"#,
                token: admin)
            #expect(room.status == 201 && room.json["room"]?["capacity"] == 10_000)
            let id = try #require(room.json["room"]?["id"]?.stringValue)
            let start = WallClock.system.now().advanced(byMilliseconds: 40 * 86_400_000).rfc3339
            let made = try await stack.post(
                "/v1/sessions", #"{"movie_id":"mov_100000000000001","room_id":"\#(id)","starts_at":"\#(start)"}"#,
                token: admin)
            #expect(made.status == 201)
            let session = try #require(made.json["session"]?["id"]?.stringValue)
            // The first that booking hears of it, plan and all.
            let lower = try await comingBack {
                try await stack.send(
                    "PATCH", "/v1/sessions/\(session)", token: admin, body: Array(#"{"allocation":9000}"#.utf8))
            }
            #expect(lower.status == 200 && lower.json["session"]?["allocation"] == 9_000)
            let token = stack.token(user: 1)
            let opened = try await comingBack { try await stack.post("/v1/sessions/\(session)/book", token: token) }
            let booking = try #require(opened.json["booking"]?["id"]?.stringValue)
            let reserved = try await stack.post("/v1/bookings/\(booking)/reserve", #"{"seats":500}"#, token: token)
            #expect(reserved.status == 200 && reserved.json["booking"]?["seats"]?.arrayValue?.count == 500)
            let map = try await stack.get("/v1/sessions/\(session)/seats")
            #expect(map.json["counts"] == ["allocation": 9_000, "free": 8_500, "held": 500, "sold": 0])
            let drawn = map.json["seats"]?.arrayValue ?? []
            #expect(drawn.count == 10_000 && drawn.count { $0["status"] == "held" } == 500)
            let below = try await comingBack {
                try await stack.send(
                    "PATCH", "/v1/sessions/\(session)", token: admin, body: Array(#"{"allocation":499}"#.utf8))
            }
            #expect(below.codes == ["allocation_below_reserved"])
        }
    }

    @Test("in the sample data one session is sold out and one nearly, and everybody learns of it")
    func sampleData() async throws {
        try await Stack.run { stack in
            let token = stack.token(user: 1)
            let soldOut = try await stack.get("/v1/sessions/ses_300000000009804/seats").json
            #expect(soldOut["counts"] == ["allocation": 60, "free": 0, "held": 0, "sold": 60])
            #expect(soldOut["seats"]?.arrayValue?.count == 60)
            #expect(soldOut["seats"]?.arrayValue?.allSatisfy { $0["status"] == "sold" } == true)
            for (session, seats, codes) in [
                ("ses_300000000009804", 1, ["not_enough_seats"]), ("ses_300000000010704", 5, ["not_enough_seats"]),
                ("ses_300000000010704", 4, []),
            ] {
                let opened = try await stack.post("/v1/sessions/\(session)/book", token: token)
                let booking = try #require(opened.json["booking"]?["id"]?.stringValue)
                let reserved = try await stack.post(
                    "/v1/bookings/\(booking)/reserve", #"{"seats":\#(seats)}"#, token: token)
                #expect(reserved.codes == codes)
            }
            try await soon {
                let session = try await stack.get("/v1/sessions/ses_300000000009804").json["session"]
                return session?["seats_left"] == 0
            }
            // What booking keeps of a session is what catalog says of it.
            for session in ["ses_300000000009804", "ses_300000000010704"] {
                let told = try await stack.get("/v1/sessions/\(session)").json["session"]
                let kept = try await stack.get(
                    "/v1/bookings?scope=all&session_id=\(session)&status=confirmed&limit=100",
                    token: stack.token(user: 3, role: .admin))
                let bookings = kept.json["bookings"]?.arrayValue ?? []
                #expect(
                    !bookings.isEmpty
                        && bookings.allSatisfy { $0["movie"] == told?["movie"] && $0["place"] == told?["place"] })
            }
            let admin = stack.token(user: 3, role: .admin)
            try await soon {
                let groups = try await stack.get("/v1/analytics/reservations?group_by=place", token: admin).json[
                    "groups"]
                let toulouse = groups?.arrayValue?.first { $0["key"] == "plc_200000000000008" }
                return toulouse?["confirmed"] == 24 && toulouse?["seats"] == 60
            }
            let seated = try await stack.get("/v1/sessions/ses_300000000009301/seats").json["seats"]?.arrayValue ?? []
            #expect(seated.count == 320 && seated.count { $0["kind"] == "wheelchair" } == 4)
        }
    }
}

/// Whether a condition comes to hold within the time in which what booking did is known everywhere.
/// The answer, once there is one: a busy machine may take longer over ten thousand seats than one service waits for
/// another, and says to come back.
private func comingBack(_ ask: () async throws -> Answer) async throws -> Answer {
    for _ in 0..<20 {
        let answer = try await ask()
        if !answer.asksToComeBack { return answer }
        try await Task.sleep(for: .seconds(1))
    }
    return try await ask()
}

private func soon(_ condition: () async throws -> Bool) async throws {
    for _ in 0..<200 {
        if try await condition() { return }
        try await Task.sleep(for: .milliseconds(100))
    }
    Issue.record("it did not come to hold")
}
