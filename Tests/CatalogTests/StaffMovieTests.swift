import JSON
import SQLite
import TestSupport
import Testing

@Suite struct StaffMovieTests {
    private func run(_ body: (Cinema) async throws -> Void) async throws {
        try await Cinema.run { cinema async throws in
            try await cinema.write("INSERT INTO people (id, name) VALUES (1, 'Arletty'), (2, 'Marcel Carné')")
            try await body(cinema)
        }
    }

    /// Role, position, person and part of each credit of a movie.
    private func credits(_ cinema: Cinema, _ movie: String) throws -> [String] {
        let id = Int64(movie.dropFirst(4)) ?? 0
        return try cinema.read { connection in
            try connection.rows(
                """
                SELECT role || ' ' || position || ' ' || person_id || ' ' || coalesce(part, '-')
                FROM credits WHERE movie_id = \(id) ORDER BY role, position
                """
            ) { try $0.text(0) }
        }
    }

    @Test("a movie is made with its people in their order, and read back")
    func create() async throws {
        try await run { cinema async throws in
            let made = try await cinema.asAdmin(
                "POST", "/v1/movies",
                """
                {"title": "  Les Enfants du paradis ", "description": "Paris.\\n1830.", "duration": 190.0,
                 "poster": "https://images.example.com/paradis.jpg?w=1", "rating": 5, "airing_dates": {},
                 "directors": ["psn_2"], "stars": [{"id": "psn_1", "part": "Garance"}, "psn_2", {"id": "psn_1"}]}
                """)
            #expect(made.status == 201)
            let id = try #require(made.json["movie"]?["id"]?.stringValue)
            #expect(
                made.json["movie"] == [
                    "id": .string(id), "title": "Les Enfants du paradis", "description": "Paris.\n1830.",
                    "poster": "https://images.example.com/paradis.jpg?w=1", "duration": 190,
                    "airing_dates": ["from": nil, "to": nil], "rating": nil,
                ])
            #expect(try await cinema.get("/v1/movies/\(id)").json == made.json)
            #expect(
                try credits(cinema, id) == ["director 0 2 -", "star 0 1 Garance", "star 1 2 -", "star 2 1 -"])
            let least = try await cinema.asAdmin("POST", "/v1/movies", #"{"title":"A","duration":1,"poster":null}"#)
            #expect(least.status == 201 && least.json["movie"]?["description"] == "")
        }
    }

    @Test("a movie is made once under one Idempotency-Key")
    func once() async throws {
        try await run { cinema async throws in
            let body = #"{"title":"Hôtel du Nord","duration":95}"#
            let first = try await cinema.asAdmin("POST", "/v1/movies", body, key: "k")
            let second = try await cinema.asAdmin("POST", "/v1/movies", body, key: "k")
            #expect(first.status == 201 && second.status == 201 && first.body == second.body)
            #expect(second.header("idempotent-replayed") == "true")
            #expect(try await cinema.ids("movies", "/v1/movies").count == 1)
        }
    }

    @Test(
        "every fault of a movie has its code",
        arguments: [
            (#"{}"#, ["title_missing", "duration_missing"]),
            (#"{"title":" ","duration":0}"#, ["title_too_short", "duration_out_of_range"]),
            (#"{"title":7,"duration":"90"}"#, ["title_invalid", "duration_invalid"]),
            (#"{"title":"a\u0007","duration":1001}"#, ["title_invalid", "duration_out_of_range"]),
            (#"{"title":"A","duration":90,"poster":"ftp://a/b"}"#, ["poster_invalid"]),
            (#"{"title":"A","duration":90,"poster":"http://"}"#, ["poster_invalid"]),
            (#"{"title":"A","duration":90,"poster":"http://a/%zz"}"#, ["poster_invalid"]),
            (#"{"title":"A","duration":90,"poster":"https://a b/"}"#, ["poster_invalid"]),
            (#"{"title":"A","duration":90,"poster":"https://a:b@c/"}"#, ["poster_invalid"]),
            (#"{"title":"A","duration":90,"description":1}"#, ["description_invalid"]),
            (#"{"title":"A","duration":90,"directors":"psn_1"}"#, ["directors_invalid"]),
            (
                #"{"title":"A","duration":90,"directors":["mov_1"],"stars":[{"id":"psn_1","part":""}]}"#,
                ["directors_invalid", "stars_invalid"]
            ),
            (
                #"{"title":"A","duration":90,"directors":["psn_9"],"stars":["psn_1","psn_8"]}"#,
                ["directors_unknown", "stars_unknown"]
            ),
        ])
    func faults(body: String, codes: [String]) async throws {
        try await run { cinema async throws in
            let answer = try await cinema.asAdmin("POST", "/v1/movies", body)
            #expect(answer.status == 422)
            #expect(answer.codes == codes)
            #expect(try await cinema.ids("movies", "/v1/movies").isEmpty)
        }
    }

    @Test("lengths of texts are counted in code points, to the last one")
    func lengths() async throws {
        try await run { cinema async throws in
            func answer(_ title: Int, _ description: Int) async throws -> Answer {
                let title = String(repeating: "é", count: title), text = String(repeating: "ß", count: description)
                return try await cinema.asAdmin(
                    "POST", "/v1/movies", #"{"title":"\#(title)","description":"\#(text)","duration":1000}"#)
            }
            #expect(try await answer(200, 5000).status == 201)
            #expect(try await answer(201, 5001).codes == ["title_too_long", "description_too_long"])
        }
    }

    @Test("a change leaves what it does not name, and null is what a movie has when nothing is given")
    func change() async throws {
        try await run { cinema async throws in
            let made = try await cinema.asAdmin(
                "POST", "/v1/movies",
                """
                {"title": "A", "description": "B", "duration": 90, "poster": "https://a.example/b",
                 "directors": ["psn_2"], "stars": ["psn_1"]}
                """)
            let id = try #require(made.json["movie"]?["id"]?.stringValue)
            let same = try await cinema.asAdmin("PATCH", "/v1/movies/\(id)", #"{"rating":1,"airing_dates":null}"#)
            #expect(same.status == 200 && same.json == made.json)
            let titled = try await cinema.asAdmin("PATCH", "/v1/movies/\(id)", #"{"title":"C","stars":["psn_2"]}"#)
            #expect(titled.json["movie"]?["title"] == "C" && titled.json["movie"]?["description"] == "B")
            #expect(try credits(cinema, id) == ["director 0 2 -", "star 0 2 -"])
            let cleared = try await cinema.asAdmin(
                "PATCH", "/v1/movies/\(id)", #"{"description":null,"poster":null,"directors":null,"stars":[]}"#)
            #expect(cleared.json["movie"]?["description"] == "" && cleared.json["movie"]?["poster"] == .null)
            #expect(cleared.json["movie"]?["duration"] == 90)
            #expect(try credits(cinema, id).isEmpty)
            #expect(try await cinema.get("/v1/movies/\(id)").json == cleared.json)
        }
    }

    @Test(
        "every fault of a change has its code, and changes nothing",
        arguments: [
            (#"{"title":null,"duration":null}"#, ["title_missing", "duration_missing"]),
            (#"{"title":"","duration":2.5}"#, ["title_too_short", "duration_invalid"]),
            (#"{"title":"new","stars":["psn_3"]}"#, ["stars_unknown"]),
            (#"{"title":"new","poster":"x"}"#, ["poster_invalid"]),
        ])
    func changeFaults(body: String, codes: [String]) async throws {
        try await run { cinema async throws in
            try await cinema.add(movies: 1...1)
            let before = try await cinema.get("/v1/movies/mov_1").json
            let answer = try await cinema.asAdmin("PATCH", "/v1/movies/mov_1", body)
            #expect(answer.status == 422 && answer.codes == codes)
            #expect(try await cinema.get("/v1/movies/mov_1").json == before)
        }
    }

    @Test("a movie goes with its ratings and credits, but not while it has a session")
    func delete() async throws {
        try await run { cinema async throws in
            try await cinema.add(movies: 1...2)
            try await cinema.add(place: 1)
            try await cinema.add(session: 7, movie: 1, at: "2026-12-01T20:00:00Z")
            let refused = try await cinema.asAdmin("DELETE", "/v1/movies/mov_1")
            #expect(refused.status == 409 && refused.codes == ["movie_has_sessions"])
            #expect(refused.json["errors"]?.arrayValue?.first?["message"]?.stringValue?.contains("ses_7") == true)
            _ = try await cinema.rate(2, "4")
            _ = try await cinema.asAdmin("PATCH", "/v1/movies/mov_2", #"{"stars":["psn_1"]}"#)
            let gone = try await cinema.asAdmin("DELETE", "/v1/movies/mov_2")
            #expect(gone.status == 204 && gone.body.isEmpty)
            #expect(try await cinema.get("/v1/movies/mov_2").codes == ["movie_not_found"])
            #expect(try await cinema.asAdmin("DELETE", "/v1/movies/mov_2").codes == ["movie_not_found"])
            #expect(try await cinema.get("/v1/movies/mov_1").status == 200)
        }
    }
}
