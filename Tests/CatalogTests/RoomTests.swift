import JSON
import SQLite
import TestSupport
import Testing

@Suite struct RoomTests {
    private func run(_ body: (Cinema) async throws -> Void) async throws {
        try await Cinema.run { cinema async throws in
            try await cinema.add(movies: 1...1)
            for place in [1, 2] as [Int64] { try await cinema.add(place: place) }
            try await body(cinema)
        }
    }

    private static func plan(rows: Int, seats: Int) -> String {
        let all = (1...rows).flatMap { row in
            (1...seats).map { #"{"row":"\#(row)","number":\#($0),"x":\#($0),"y":\#(row)}"# }
        }
        return #"{"name":"Grande salle","seats":[\#(all.joined(separator: ","))]}"#
    }

    @Test("a room with a capacity is made, read back and listed in its place alone")
    func unseated() async throws {
        try await run { cinema async throws in
            let made = try await cinema.asAdmin("POST", "/v1/places/plc_1/rooms", #"{"name":" B ","capacity":10000}"#)
            #expect(made.status == 201)
            let id = try #require(made.json["room"]?["id"]?.stringValue)
            #expect(
                made.json == [
                    "room": ["id": .string(id), "name": "B", "capacity": 10000, "seated": false, "tariffs": []]
                ])
            let read = try await cinema.get("/v1/places/plc_1/rooms/\(id)")
            #expect(read.json == made.json && read.header("etag") != nil)
            #expect(try await cinema.pages("rooms", "/v1/places/plc_1/rooms?limit=1") == [["rom_1"], [id]])
            #expect(try await cinema.ids("rooms", "/v1/places/plc_2/rooms") == ["rom_2"])
            for target in ["plc_2/rooms/\(id)", "plc_1/rooms/rom_9", "plc_1/rooms/plc_1"] {
                #expect(try await cinema.get("/v1/places/\(target)").codes == ["room_not_found"])
            }
            for target in ["plc_9/rooms", "plc_9/rooms/rom_1"] {
                #expect(try await cinema.get("/v1/places/\(target)").codes == ["place_not_found"])
            }
            let nowhere = try await cinema.asAdmin("POST", "/v1/places/plc_9/rooms", #"{"name":"B","capacity":1}"#)
            #expect(nowhere.status == 404 && nowhere.codes == ["place_not_found"])
        }
    }

    @Test("a room with a plan has as many places as seats, and booking is shown each of them")
    func seated() async throws {
        try await run { cinema async throws in
            let made = try await cinema.asAdmin(
                "POST", "/v1/places/plc_1/rooms",
                """
                {"name": "A", "seats": [{"row": "A", "number": 2, "x": 1.5, "y": 0, "kind": "wheelchair"},
                 {"row": "A", "number": 1, "x": 0, "y": -2}, {"row": "B", "number": 1, "x": 0, "y": 1, "kind": null}]}
                """)
            let id = try #require(made.json["room"]?["id"]?.stringValue)
            #expect(
                made.json == ["room": ["id": .string(id), "name": "A", "capacity": 3, "seated": true, "tariffs": []]])
            let room = try #require(Int64(id.dropFirst(4)))
            try await cinema.write(
                """
                INSERT INTO sessions (id, movie_id, room_id, place_id, starts_at, allocation)
                VALUES (5, 1, \(room), 1, 1800000000000, 3)
                """)
            let session = try await cinema.service.sendInternal("GET", "/internal/v1/sessions/ses_5").json["session"]
            let seats = session?["room"]?["seats"]?.arrayValue ?? []
            #expect(session?["room"]?["seated"] == true && seats.count == 3)
            #expect(Answer.names(seats.first) == ["id", "row", "number", "kind", "x", "y"])
            #expect(seats.map { $0["row"] } == ["A", "A", "B"] && seats.map { $0["number"] } == [1, 2, 1])
            #expect(seats.map { $0["kind"] } == ["standard", "wheelchair", "standard"])
            #expect(
                seats.map { $0["x"]?.doubleValue } == [0, 1.5, 0] && seats.map { $0["y"]?.doubleValue } == [-2, 0, 1])
        }
    }

    @Test("a plan of 10,000 seats is taken, and not one more")
    func largest() async throws {
        try await run { cinema async throws in
            let whole = try await cinema.asAdmin(
                "POST", "/v1/places/plc_1/rooms", Self.plan(rows: 100, seats: 100))
            #expect(whole.status == 201 && whole.json["room"]?["capacity"] == 10_000)
            let more = try await cinema.asAdmin("POST", "/v1/places/plc_1/rooms", Self.plan(rows: 137, seats: 73))
            #expect(more.status == 422 && more.codes == ["seats_too_long"])
            let other = try await cinema.asAdmin("POST", "/v1/places", Self.plan(rows: 100, seats: 100))
            #expect(other.status == 413 && other.codes == ["body_too_large"])
        }
    }

    @Test(
        "every fault of a room has its code",
        arguments: [
            ("{}", ["name_missing", "capacity_missing"]),
            (#"{"name":"A","capacity":0}"#, ["capacity_out_of_range"]),
            (#"{"name":"A","capacity":2,"seats":[{"row":"A","number":1,"x":0,"y":0}]}"#, ["capacity_invalid"]),
            (#"{"name":"A","seats":[]}"#, ["seats_too_short"]), (#"{"name":"A","seats":{}}"#, ["seats_invalid"]),
            (#"{"name":"A","seats":[7]}"#, ["seats_invalid"]),
            (
                #"{"name":"A","seats":[{}]}"#,
                ["seats_row_missing", "seats_number_missing", "seats_x_missing", "seats_y_missing"]
            ),
            (
                #"{"name":"A","seats":[{"row":"","number":0,"kind":"sofa","x":"0","y":1e7}]}"#,
                [
                    "seats_row_too_short", "seats_number_out_of_range", "seats_kind_invalid", "seats_x_invalid",
                    "seats_y_out_of_range",
                ]
            ),
            (
                #"{"name":"A","seats":[{"row":"A","number":1,"x":0,"y":0},{"row":" A","number":1.0,"x":5,"y":5}]}"#,
                ["seats_repeated"]
            ),
        ])
    func faults(body: String, codes: [String]) async throws {
        try await run { cinema async throws in
            let answer = try await cinema.asAdmin("POST", "/v1/places/plc_1/rooms", body)
            #expect(answer.status == 422 && answer.codes == codes)
            #expect(try await cinema.ids("rooms", "/v1/places/plc_1/rooms") == ["rom_1"])
        }
    }

    @Test("a place has a hundred rooms at most")
    func tooMany() async throws {
        try await run { cinema async throws in
            try await cinema.write(
                """
                INSERT INTO rooms (id, place_id, name, capacity)
                WITH RECURSIVE n (i) AS (VALUES (101) UNION ALL SELECT i + 1 FROM n WHERE i < 198)
                SELECT i, 1, 'Salle', 10 FROM n
                """)
            let body = #"{"name":"A","capacity":1}"#
            #expect(try await cinema.asAdmin("POST", "/v1/places/plc_1/rooms", body).status == 201)
            let refused = try await cinema.asAdmin("POST", "/v1/places/plc_1/rooms", body)
            #expect(refused.status == 409 && refused.codes == ["too_many_rooms"])
        }
    }
}
