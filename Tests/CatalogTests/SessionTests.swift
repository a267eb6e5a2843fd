import JSON
import SQLite
import TestSupport
import Testing
import Time

/// The clock stands at 2026-11-20T18:30Z; movies last 90 minutes, and rooms have 120 places.
@Suite struct SessionTests {
    private func run(_ body: (Cinema) async throws -> Void) async throws {
        try await Cinema.run { cinema async throws in
            try await cinema.add(movies: 1...2)
            try await cinema.add(place: 1)
            try await cinema.add(place: 2, zone: "Asia/Tokyo")
            try await body(cinema)
        }
    }

    private func add(_ cinema: Cinema, _ fields: String) async throws -> Answer {
        try await cinema.asAdmin("POST", "/v1/sessions", #"{"movie_id":"mov_1",\#(fields)}"#)
    }

    @Test("a session is made in the only room of a place, or in a room, and read back")
    func create() async throws {
        try await run { cinema async throws in
            let made = try await add(cinema, #""place_id":"plc_1","starts_at":"2026-12-01T21:00:00+01:00""#)
            #expect(made.status == 201)
            let id = try #require(made.json["session"]?["id"]?.stringValue)
            #expect(
                made.json["session"] == [
                    "id": .string(id), "starts_at": "2026-12-01T20:00:00.000Z", "allocation": 120,
                    "movie": ["id": "mov_1", "title": "Film 1"], "place": ["id": "plc_1", "name": "Place 1"],
                    "room": ["id": "rom_1", "name": "Salle 1"], "price": nil, "tariffs": [], "seats_left": 120,
                    "seats_left_as_of": nil, "bookable": true,
                ])
            let read = try await cinema.get("/v1/sessions/\(id)")
            #expect(read.json == made.json && read.header("etag") != nil)
            #expect(try await cinema.get("/v1/movies/mov_1").json["movie"]?["airing_dates"]?["from"] != .null)
            let priced = try await add(
                cinema,
                """
                "room_id": "rom_2", "place_id": "plc_2", "starts_at": "2026-12-01T20:00:00Z", "allocation": 7,
                "price": {"amount": 1250, "currency": "EUR"}
                """)
            #expect(priced.json["session"]?["allocation"] == 7)
            #expect(priced.json["session"]?["price"] == ["amount": 1250, "currency": "EUR"])
        }
    }

    @Test(
        "every fault of a session has its code",
        arguments: [
            ("{}", ["movie_id_missing", "room_id_missing", "starts_at_missing"]),
            (
                #"{"movie_id":"rom_1","room_id":"mov_1","starts_at":"soon"}"#,
                ["movie_id_invalid", "room_id_invalid", "starts_at_invalid"]
            ),
            (#"{"movie_id":"mov_1","room_id":"rom_1","starts_at":"2026-11-20T18:30:00Z"}"#, ["starts_at_past"]),
            (
                #"{"movie_id":"mov_9","room_id":"rom_9","starts_at":"2026-12-01T20:00:00Z"}"#,
                ["movie_id_unknown", "room_id_unknown"]
            ),
            (#"{"movie_id":"mov_1","place_id":"plc_9","starts_at":"2026-12-01T20:00:00Z"}"#, ["place_id_unknown"]),
            (
                #"{"movie_id":"mov_1","room_id":"rom_1","place_id":"plc_2","starts_at":"2026-12-01T20:00:00Z"}"#,
                ["room_id_unknown"]
            ),
            (
                #"{"movie_id":"mov_1","room_id":"rom_1","starts_at":"2026-12-01T20:00:00Z","allocation":121}"#,
                ["allocation_above_capacity"]
            ),
            (
                #"{"movie_id":"mov_1","room_id":"rom_1","starts_at":"2026-12-01T20:00:00Z","allocation":0,"price":{}}"#,
                ["allocation_out_of_range", "price_amount_missing", "price_currency_missing"]
            ),
            (
                #"{"movie_id":"mov_1","room_id":"rom_1","starts_at":"2026-12-01T20:00:00Z","price":{"amount":-1,"currency":"eur"}}"#,
                ["price_amount_out_of_range"]
            ),
            (
                #"{"movie_id":"mov_1","room_id":"rom_1","starts_at":"2026-12-01T20:00:00Z","price":{"amount":1,"currency":"eur"}}"#,
                ["price_currency_invalid"]
            ),
        ])
    func faults(body: String, codes: [String]) async throws {
        try await run { cinema async throws in
            let answer = try await cinema.asAdmin("POST", "/v1/sessions", body)
            #expect(answer.status == 422 && answer.codes == codes)
            #expect(try await cinema.ids("sessions", "/v1/sessions").isEmpty)
        }
    }

    @Test("of several rooms of a place one must be named")
    func severalRooms() async throws {
        try await run { cinema async throws in
            _ = try await cinema.asAdmin("POST", "/v1/places/plc_1/rooms", #"{"name":"B","capacity":5}"#)
            let answer = try await add(cinema, #""place_id":"plc_1","starts_at":"2026-12-01T20:00:00Z""#)
            #expect(answer.status == 422 && answer.codes == ["room_id_missing"])
        }
    }

    @Test(
        "no two films run in a room at once, a quarter of an hour between them",
        arguments: [
            ("18:15", 201), ("18:16", 409), ("20:00", 409), ("20:30", 409), ("21:44", 409), ("21:45", 201),
        ])
    func overlap(time: String, status: Int) async throws {
        try await run { cinema async throws in
            try await cinema.add(session: 7, at: "2026-12-01T20:00:00Z")
            let start = #""starts_at":"2026-12-01T\#(time):00Z""#
            let answer = try await add(cinema, #""room_id":"rom_1",\#(start)"#)
            #expect(answer.status == status)
            #expect(status == 201 || answer.codes == ["session_overlaps"])
            #expect(try await add(cinema, #""room_id":"rom_2",\#(start)"#).status == 201)
        }
    }

    @Test("a longer film may not run into what follows it, and one under way does not matter")
    func longerFilm() async throws {
        try await run { cinema async throws in
            try await cinema.add(session: 7, at: "2026-12-01T20:00:00Z")
            try await cinema.add(session: 8, movie: 2, at: "2026-12-01T22:00:00Z")
            #expect(try await cinema.asAdmin("PATCH", "/v1/movies/mov_1", #"{"duration":105}"#).status == 200)
            let refused = try await cinema.asAdmin("PATCH", "/v1/movies/mov_1", #"{"duration":106}"#)
            #expect(refused.status == 409 && refused.codes == ["session_overlaps"])
            #expect(try await cinema.asAdmin("PATCH", "/v1/movies/mov_2", #"{"duration":1000}"#).status == 200)
        }
    }

    @Test("sessions are listed earliest first, of a movie, a place, a city and a time")
    func list() async throws {
        try await run { cinema async throws in
            try await cinema.write("UPDATE places SET city = 'Tokyo' WHERE id = 2")
            try await cinema.add(session: 1, movie: 1, place: 1, at: "2026-12-01T20:00:00Z")
            try await cinema.add(session: 2, movie: 2, place: 1, at: "2026-12-01T10:00:00Z")
            try await cinema.add(session: 3, movie: 1, place: 2, at: "2026-12-01T20:00:00Z")
            try await cinema.add(session: 4, movie: 2, place: 2, at: "2026-12-01T08:00:00Z")
            for (query, found) in [
                ("", [4, 2, 1, 3]), ("movie_id=mov_1", [1, 3]), ("place_id=plc_2", [4, 3]),
                ("city=t%C5%8Dky%C5%8D", [4, 3]),
                ("city=Paris&movie_id=mov_2", [2]), ("place_id=plc_1&city=Tokyo", []), ("movie_id=rom_1", []),
                ("place_id=nowhere", []), ("from=2026-12-01T10:00:00Z&to=2026-12-01T20:00:00Z", [2, 1, 3]),
                ("to=2026-12-01T09:00:00Z", [4]), ("from=2026-12-02", []),
                // In Tokyo the second of December begins at 15:00 UTC on the first.
                ("from=2026-12-02&place_id=plc_2", [3]), ("to=2026-12-01&city=Tokyo", [4]),
            ] {
                let ids = found.map { "ses_\($0)" }
                #expect(try await cinema.ids("sessions", "/v1/sessions?\(query)") == ids, "\(query)")
                #expect(try await cinema.pages("sessions", "/v1/sessions?limit=1&\(query)").flatMap(\.self) == ids)
            }
            for (query, code) in [("from=x", "from_invalid"), ("from=2026-12-02&to=2026-12-01", "range_invalid")] {
                #expect(try await cinema.get("/v1/sessions?\(query)").codes == [code])
            }
            let end = try await cinema.get("/v1/sessions?limit=1").json["metadata"]?["end_cursor"]?.stringValue
            #expect(try await cinema.get("/v1/sessions?city=a&cursor=\(try #require(end))").codes == ["invalid_cursor"])
        }
    }

    @Test("an unknown session is a 404", arguments: ["ses_9", "ses_", "mov_1"])
    func unknown(id: String) async throws {
        try await run { cinema async throws in
            #expect(try await cinema.get("/v1/sessions/\(id)").codes == ["session_not_found"])
            for (method, body) in [("PATCH", "{}"), ("DELETE", nil)] as [(String, String?)] {
                let answer = try await cinema.asAdmin(method, "/v1/sessions/\(id)", body)
                #expect(answer.status == 404 && answer.codes == ["session_not_found"])
            }
        }
    }
}
