import JSON
import SQLite
import TestSupport
import Testing

@Suite struct RoomChangeTests {
    private static let room = "/v1/places/plc_1/rooms/rom_1"

    private func run(_ body: (Cinema) async throws -> Void) async throws {
        try await Cinema.run { cinema async throws in
            try await cinema.add(movies: 1...1)
            for place in [1, 2] as [Int64] { try await cinema.add(place: place) }
            try await body(cinema)
        }
    }

    /// A seated room of place 1: its path.
    private func seated(_ cinema: Cinema, _ rows: String) async throws -> String {
        let made = try await cinema.asAdmin("POST", "/v1/places/plc_1/rooms", #"{"name":"A","rows":[\#(rows)]}"#)
        try #require(made.status == 201, "\(made.codes)")
        return "/v1/places/plc_1/rooms/" + (try #require(made.json["room"]?["id"]?.stringValue))
    }

    /// The seats as they are drawn: the last digit of each number, `w` and `c` for the other kinds, `.` for nothing.
    private func drawn(_ cinema: Cinema, _ room: String) async throws -> [String] {
        let seats = try await cinema.get(room).json["room"]?["seats"]?.arrayValue ?? []
        var map: [[Character]] = []
        for seat in seats {
            let x = Int(try #require(seat["x"]?.doubleValue))
            let y = Int(try #require(seat["y"]?.doubleValue))
            while map.count <= y { map.append([]) }
            while map[y].count <= x { map[y].append(".") }
            try #require(map[y][x] == ".", "two seats in one place")
            let kind = seat["kind"]?.stringValue
            map[y][x] = kind == "standard" ? String(seat["number"]?.integerValue ?? 0).last ?? "?" : kind?.first ?? "?"
        }
        return map.map { String($0) }
    }

    @Test("rows of numbers, kinds and gaps are drawn back as they were meant")
    func map() async throws {
        try await run { cinema async throws in
            let room = try await seated(
                cinema,
                """
                {"label":"A","seats":"1-4 _ 5-8"}, {"label":"B","seats":"_ 1-3  _ 4-6","gap":null},
                {"label":"C","seats":"7-1/2 _3 2-8/2","gap":1}, {"label":"D","seats":"1w 2c 3-4 _2 12c 13w"}
                """)
            #expect(
                try await drawn(cinema, room) == [
                    "1234.5678",
                    ".123.456",
                    "",
                    "7531...2468",
                    "wc34..cw",
                ])
            let answer = try await cinema.get(room).json["room"]
            #expect(
                Answer.names(answer) == ["id", "name", "capacity", "seated", "tariffs", "seats"]
                    && answer?["capacity"] == 28)
            let first = answer?["seats"]?.arrayValue?.first
            #expect(Answer.names(first) == ["id", "row", "number", "kind", "x", "y"] && first?["row"] == "A")
            #expect(try await cinema.get(Self.room).json["room"]?["seats"] == nil)
        }
    }

    @Test(
        "every fault of rows has its code",
        arguments: [
            (#""rows":[]"#, ["rows_too_short"]), (#""rows":7"#, ["rows_invalid"]), (#""rows":[7]"#, ["rows_invalid"]),
            (#""rows":[{}]"#, ["rows_label_missing", "rows_seats_missing"]),
            (
                #""rows":[{"label":"ABCDEFGHIJK","seats":"","gap":-1}]"#,
                ["rows_label_too_long", "rows_seats_too_short", "rows_gap_out_of_range"]
            ),
            (#""rows":[{"label":"A","seats":"1-3 2"}]"#, ["seats_repeated"]),
            (#""rows":[{"label":"A","seats":"1"},{"label":" A","seats":"1"}]"#, ["seats_repeated"]),
            (#""rows":[{"label":"A","seats":"1-9000"},{"label":"B","seats":"1-1001"}]"#, ["rows_too_long"]),
            (#""rows":[{"label":"A","seats":"1"}],"capacity":1"#, ["capacity_invalid"]),
            (#""rows":[{"label":"A","seats":"1"}],"seats":[{"row":"A","number":1,"x":0,"y":0}]"#, ["rows_invalid"]),
        ])
    func faults(fields: String, codes: [String]) async throws {
        try await run { cinema async throws in
            for (method, target) in [("POST", "/v1/places/plc_1/rooms"), ("PATCH", Self.room)] {
                let answer = try await cinema.asAdmin(method, target, #"{"name":"A",\#(fields)}"#)
                #expect(answer.status == 422 && answer.codes == codes)
            }
        }
    }

    @Test(
        "what is no list of seats and gaps is refused",
        arguments: [
            " ", "_", "0", "1-0", "x", "1,2", "1x", "w", "1-2-3", "1/2", "1-4/2", "1-4/0", "1-", "-1", "+1", "_x",
            "_1001", "1-10001", "1-100001", "99999999999999999999", "1ww", "１",
        ])
    func malformed(seats: String) async throws {
        try await run { cinema async throws in
            let body = #"{"name":"A","rows":[{"label":"A","seats":"\#(seats)"}]}"#
            let answer = try await cinema.asAdmin("POST", "/v1/places/plc_1/rooms", body)
            #expect(answer.status == 422 && answer.codes == ["rows_seats_invalid"])
        }
    }

    @Test("a name is changed at any time, and what is not named stays")
    func name() async throws {
        try await run { cinema async throws in
            try await cinema.add(session: 5, at: "2027-01-01T20:00:00Z")
            let before = try await cinema.get(Self.room).json
            #expect(try await cinema.asAdmin("PATCH", Self.room, #"{"name":" Rex "}"#).json["room"]?["name"] == "Rex")
            #expect(try await cinema.get(Self.room).json["room"]?["capacity"] == 120)
            #expect(try await cinema.asAdmin("PATCH", Self.room, #"{"name":"Salle 1"}"#).json == before)
            #expect(try await cinema.asAdmin("PATCH", Self.room, #"{"capacity":null,"x":1}"#).json == before)
            #expect(try await cinema.asAdmin("PATCH", Self.room, #"{"name":null}"#).codes == ["name_missing"])
            for target in ["plc_2/rooms/rom_1", "plc_1/rooms/rom_9", "plc_1/rooms/x"] {
                for (method, body) in [("PATCH", "{}"), ("DELETE", nil)] {
                    let answer = try await cinema.asAdmin(method, "/v1/places/\(target)", body)
                    #expect(answer.status == 404 && answer.codes == ["room_not_found"])
                }
            }
        }
    }

    @Test("a capacity goes up at any time, and down as far as what the sessions to come sell")
    func capacity() async throws {
        try await run { cinema async throws in
            try await cinema.add(session: 4, at: "2020-01-01T20:00:00Z")
            try await cinema.add(session: 5, at: "2027-01-01T20:00:00Z")
            try await cinema.write("UPDATE sessions SET allocation = 120 WHERE id = 4")
            #expect(
                try await cinema.asAdmin("PATCH", Self.room, #"{"capacity":200}"#).json["room"]?["capacity"] == 200)
            #expect(try await cinema.asAdmin("PATCH", Self.room, #"{"capacity":100}"#).status == 200)
            let refused = try await cinema.asAdmin("PATCH", Self.room, #"{"name":"B","capacity":99}"#)
            #expect(refused.status == 409 && refused.codes == ["capacity_below_allocation"])
            #expect(String(decoding: refused.body, as: UTF8.self).contains("ses_5"))
            let after = try await cinema.get(Self.room).json["room"]
            #expect(after?["capacity"] == 100 && after?["name"] == "Salle 1")
            // A change that booking is being asked about counts as made.
            try await cinema.asAdmin("PATCH", Self.room, #"{"capacity":110}"#)
            try await cinema.write(
                """
                INSERT INTO session_changes (id, session_id, room_id, starts_at, allocation)
                SELECT 1, id, room_id, starts_at, 105 FROM sessions WHERE id = 5
                """)
            #expect(
                try await cinema.asAdmin("PATCH", Self.room, #"{"capacity":104}"#).codes
                    == ["capacity_below_allocation"])
        }
    }

    @Test("a plan is made, replaced and given up while no session has known it")
    func plan() async throws {
        try await run { cinema async throws in
            let rows = #"{"rows":[{"label":"A","seats":"1-3"}]}"#
            let made = try await cinema.asAdmin("PATCH", Self.room, rows)
            #expect(made.json["room"]?["capacity"] == 3 && made.json["room"]?["seated"] == true)
            #expect(try await drawn(cinema, Self.room) == ["123"])
            try await cinema.asAdmin("PATCH", Self.room, #"{"seats":[{"row":"A","number":1,"x":2,"y":1}]}"#)
            #expect(try await drawn(cinema, Self.room) == ["", "..1"])
            try await cinema.asAdmin("PATCH", Self.room, #"{"capacity":9}"#)
            let without = try await cinema.get(Self.room).json["room"]
            #expect(without?["capacity"] == 9 && without?["seated"] == false && without?["seats"] == nil)
            #expect(try cinema.read { try $0.first("SELECT count(*) FROM seats") { try $0.int(0) } } == 0)

            try await cinema.add(session: 5, at: "2020-01-01T20:00:00Z")
            let unseated = try await cinema.asAdmin("PATCH", Self.room, rows)
            #expect(unseated.status == 409 && unseated.codes == ["room_has_sessions"])
            #expect(String(decoding: unseated.body, as: UTF8.self).contains("ses_5"))
            // Booking knows nothing of a room without a plan.
            try await cinema.write("DELETE FROM sessions")
            #expect(try await cinema.asAdmin("PATCH", Self.room, rows).status == 200)
        }
    }

    @Test("the plan of a room stays once a session has known it, also when that is gone")
    func planInUse() async throws {
        try await run { cinema async throws in
            let room = try await seated(cinema, #"{"label":"A","seats":"1-3"}"#)
            let id = try #require(Int64(room.split(separator: "_").last ?? ""))
            let start = "2027-01-01T20:00:00Z"
            let body = #"{"movie_id":"mov_1","room_id":"rom_\#(id)","starts_at":"\#(start)"}"#
            #expect(try await cinema.asAdmin("POST", "/v1/sessions", body).status == 201)
            for change in [#"{"rows":[{"label":"A","seats":"1-3"}]}"#, #"{"capacity":3}"#] {
                #expect(try await cinema.asAdmin("PATCH", room, change).codes == ["room_has_sessions"])
            }
            try await cinema.write("DELETE FROM sessions")
            for change in [#"{"rows":[{"label":"A","seats":"1-3"}]}"#, #"{"capacity":3}"#] {
                let refused = try await cinema.asAdmin("PATCH", room, change)
                #expect(refused.status == 409 && refused.codes == ["room_plan_in_use"])
            }
            #expect(try await drawn(cinema, room) == ["123"])
            #expect(try await cinema.asAdmin("PATCH", room, #"{"name":"B"}"#).status == 200)
        }
    }

    @Test("a room goes with its seats, but not the last of a place, nor one with a session")
    func delete() async throws {
        try await run { cinema async throws in
            let last = try await cinema.asAdmin("DELETE", Self.room)
            #expect(last.status == 409 && last.codes == ["last_room"])
            let room = try await seated(cinema, #"{"label":"A","seats":"1-3"}"#)
            try await cinema.add(session: 5, at: "2020-01-01T20:00:00Z")
            let refused = try await cinema.asAdmin("DELETE", Self.room)
            #expect(refused.status == 409 && refused.codes == ["room_has_sessions"])
            #expect(String(decoding: refused.body, as: UTF8.self).contains("ses_5"))
            #expect(try await cinema.asAdmin("DELETE", room).status == 204)
            #expect(try await cinema.asAdmin("DELETE", room).codes == ["room_not_found"])
            #expect(try cinema.read { try $0.first("SELECT count(*) FROM seats") { try $0.int(0) } } == 0)
            #expect(try await cinema.ids("rooms", "/v1/places/plc_1/rooms") == ["rom_1"])
        }
    }
}
