import JSON
import SQLite
import TestSupport
import Testing

/// `GET /v1/movies/{movie_id}?expand=`
@Suite struct MovieDetailTests {
    private func run(_ body: (Cinema) async throws -> Void) async throws {
        try await Cinema.run { cinema async throws in
            try await cinema.add(movies: 1...2)
            try await cinema.add(place: 1)
            try await cinema.write(
                "INSERT INTO people (id, name) VALUES (1, 'Arletty'), (2, 'Marcel Carné'), (3, 'Jean-Louis Barrault')",
                "INSERT INTO people_names (people_names) VALUES ('rebuild')",
                """
                INSERT INTO credits (movie_id, role, position, person_id, part)
                VALUES (1, 'star', 1, 1, 'Garance'), (1, 'star', 0, 3, NULL), (1, 'director', 0, 2, NULL)
                """)
            try await body(cinema)
        }
    }

    private func detail(_ cinema: Cinema, _ name: String, of movie: Int = 1) async throws -> JSONValue? {
        try await cinema.get("/v1/movies/mov_\(movie)?expand=\(name)").json["movie"]?[name]
    }

    @Test("credits are people in the order of the poster, and stars have their parts")
    func credits() async throws {
        try await run { cinema async throws in
            #expect(
                try await detail(cinema, "credits") == [
                    "directors": [["id": "psn_2", "name": "Marcel Carné"]],
                    "stars": [
                        ["id": "psn_3", "name": "Jean-Louis Barrault", "part": nil],
                        ["id": "psn_1", "name": "Arletty", "part": "Garance"],
                    ],
                ])
            #expect(try await detail(cinema, "credits", of: 2) == ["directors": [], "stars": []])
            _ = try await cinema.asAdmin("PATCH", "/v1/people/psn_2", #"{"name":"M. C."}"#)
            #expect(try await detail(cinema, "credits")?["directors"] == [["id": "psn_2", "name": "M. C."]])
        }
    }

    @Test("the histogram counts each rating at the nearest whole number, and follows what is changed")
    func ratings() async throws {
        func histogram(_ counts: [Int64]) -> JSONValue {
            let names = ["0", "1", "2", "3", "4", "5"]
            return [
                "count": .integer(counts.reduce(0, +)),
                "histogram": .object(JSONObject(zip(names, counts).map { ($0, .integer($1)) })),
            ]
        }
        try await run { cinema async throws in
            #expect(try await detail(cinema, "ratings") == histogram([0, 0, 0, 0, 0, 0]))
            for (user, value) in ["0", "0.49", "0.5", "2.5", "4.499999", "4.5", "5"].enumerated() {
                _ = try await cinema.rate(1, value, user: Int64(user + 1))
            }
            #expect(try await detail(cinema, "ratings") == histogram([2, 1, 0, 1, 1, 2]))
            _ = try await cinema.rate(1, "0.1", user: 1)
            _ = try await cinema.rate(1, "3.2", user: 2)
            #expect(try await detail(cinema, "ratings") == histogram([1, 1, 0, 2, 1, 2]))
            try await cinema.write("DELETE FROM ratings WHERE user_id IN (4, 7)")
            #expect(try await detail(cinema, "ratings") == histogram([1, 1, 0, 1, 1, 1]))
            #expect(try await detail(cinema, "ratings", of: 2) == histogram([0, 0, 0, 0, 0, 0]))
            try await cinema.write("DELETE FROM movies WHERE id = 1")
            #expect(try cinema.read { try $0.first("SELECT count(*) FROM rating_counts") { try $0.int(0) } } == 0)
        }
    }

    @Test("the next ten sessions come soonest first, and one that has begun is gone at that moment")
    func sessions() async throws {
        try await run { cinema async throws in
            #expect(try await detail(cinema, "sessions") == [])
            for session in 1...12 as ClosedRange<Int64> {
                let day = session == 1 ? "2020-01-01" : "2026-12-\(31 - session)"
                try await cinema.add(session: session, at: "\(day)T20:00:00Z")
            }
            let sessions = try await detail(cinema, "sessions")
            #expect(Cinema.ids(sessions) == (3...12).reversed().map { "ses_\($0)" })
            #expect(
                sessions?.arrayValue?.first == [
                    "id": "ses_12", "starts_at": "2026-12-19T20:00:00.000Z",
                    "place": ["id": "plc_1", "name": "Place 1"],
                ])
            cinema.service.clock.advance(byMilliseconds: 40 * 86_400_000)
            #expect(Cinema.ids(try await detail(cinema, "sessions")).count < 10)
        }
    }

    @Test("only what is named is added, in one order, and without a name not a byte changes")
    func names() async throws {
        try await run { cinema async throws in
            let plain = try await cinema.get("/v1/movies/mov_1")
            for query in ["?expand=", "?expand", "?expand=,", "?other=credits"] {
                #expect(try await cinema.get("/v1/movies/mov_1\(query)").body == plain.body)
            }
            let fields = Answer.names(plain.json["movie"])
            for (names, added) in [
                ("ratings", ["ratings"]), ("sessions,credits", ["credits", "sessions"]),
                ("ratings,ratings,credits,sessions", ["credits", "ratings", "sessions"]),
            ] {
                let answer = try await cinema.get("/v1/movies/mov_1?expand=\(names)")
                #expect(answer.status == 200 && answer.header("etag") != nil)
                #expect(Answer.names(answer.json["movie"]) == fields + added)
            }
            for names in ["cast", "credits,cast", "Credits", "credits%20"] {
                let answer = try await cinema.get("/v1/movies/mov_1?expand=\(names)")
                #expect(answer.status == 422 && answer.codes == ["expand_invalid"])
            }
            #expect(try await cinema.get("/v1/movies/mov_9?expand=credits").codes == ["movie_not_found"])
        }
    }
}
