import JSON
import SQLite
import TestSupport
import Testing

@Suite struct MovieListTests {
    /// Ratings 4, 5, none, 4, 0, none; first sessions on the 3rd, none, 1st, 3rd, 2nd, none; last ones on the 9th, none,
    /// 1st, 8th, 8th, none.
    private func run(_ body: (Cinema) async throws -> Void) async throws {
        try await Cinema.run { cinema async throws in
            try await cinema.add(movies: 1...6)
            try await cinema.add(place: 1)
            for (movie, value) in [(1, 4.0), (2, 5.0), (4, 3.5), (4, 4.5), (5, 0.0)] as [(Int64, Double)] {
                try await cinema.write(
                    """
                    INSERT INTO ratings (id, movie_id, user_id, value)
                    SELECT 1 + count(*), \(movie), 1 + count(*), \(value) FROM ratings
                    """)
            }
            let sessions: [(Int64, [Int])] = [(1, [3, 5, 9]), (3, [1]), (4, [8, 3]), (5, [2, 8])]
            for (movie, days) in sessions {
                for day in days {
                    try await cinema.add(
                        session: movie * 100 + Int64(day), movie: movie, at: "2026-12-0\(day)T20:00:00Z")
                }
            }
            try await body(cinema)
        }
    }

    @Test("a movie has exactly its fields, with what its sessions and its ratings make of it")
    func fields() async throws {
        try await Cinema.run { cinema async throws in
            try await cinema.write(
                """
                INSERT INTO movies (id, title, description, poster, duration)
                VALUES (7, 'Les "Enfants"', 'Paris, um 1830.' || char(10) || '🎬', 'https://example.com/p.jpg', 190)
                """)
            try await cinema.add(place: 1)
            try await cinema.add(session: 1, movie: 7, at: "2026-11-20T19:30:00.250+01:00")
            try await cinema.add(session: 2, movie: 7, at: "2026-12-03T20:00:00Z")
            for (user, value) in ["5", "4.5", "4.5"].enumerated() {
                _ = try await cinema.rate(7, value, user: Int64(user + 1))
            }
            let movie: JSONValue = [
                "id": "mov_7", "title": "Les \"Enfants\"", "description": "Paris, um 1830.\n🎬",
                "poster": "https://example.com/p.jpg", "duration": 190,
                "airing_dates": ["from": "2026-11-20T18:30:00.250Z", "to": "2026-12-03T20:00:00.000Z"],
                "rating": 4.67,
            ]
            let list = try await cinema.get("/v1/movies")
            #expect(list.header("content-type") == "application/json")
            #expect(list.json["movies"] == [movie])
            #expect(Answer.names(list.json) == ["movies", "metadata"])
            #expect(Answer.names(list.json["metadata"]) == ["has_more", "end_cursor"])
            #expect(list.json["metadata"]?["has_more"] == false)
            #expect(try await cinema.get("/v1/movies/mov_7").json == ["movie": movie])
        }
    }

    @Test("what a movie does not have is null, and an empty list has no cursor")
    func nulls() async throws {
        try await Cinema.run { cinema async throws in
            let empty = try await cinema.get("/v1/movies")
            #expect(empty.json == ["movies": [], "metadata": ["has_more": false, "end_cursor": nil]])
            try await cinema.add(movies: 1...1)
            #expect(
                try await cinema.get("/v1/movies").json["movies"] == [
                    [
                        "id": "mov_1", "title": "Film 1", "description": "", "poster": nil, "duration": 90,
                        "airing_dates": ["from": nil, "to": nil], "rating": nil,
                    ]
                ])
        }
    }

    @Test(
        "each sort has its own order: movies without a value last, equals by ascending id",
        arguments: [
            ("", [2, 1, 4, 5, 3, 6]), ("sort=rating", [2, 1, 4, 5, 3, 6]), ("sort=new", [1, 4, 5, 3, 2, 6]),
            ("sort=leaving_soon", [3, 4, 5, 1, 2, 6]),
        ])
    func sorts(query: String, order: [Int]) async throws {
        try await run { cinema async throws in
            let wanted = order.map { "mov_\($0)" }
            #expect(try await cinema.ids("movies", "/v1/movies?\(query)") == wanted)
            // The same, whatever the pages' length: a page may end in the middle of equals.
            for limit in 1...6 {
                let pages = try await cinema.pages("movies", "/v1/movies?\(query)&limit=\(limit)")
                #expect(pages.flatMap(\.self) == wanted)
                #expect(pages.dropLast().allSatisfy { $0.count == limit })
                #expect(pages.count == (6 + limit - 1) / limit)
            }
        }
    }

    @Test("movies are sorted by the exact mean, not by what is shown of it")
    func exactMeans() async throws {
        try await Cinema.run { cinema async throws in
            try await cinema.add(movies: 1...3)
            _ = try await cinema.rate(1, "4.121")
            _ = try await cinema.rate(2, "4.1249")
            _ = try await cinema.rate(3, "4.122")
            let movies = try await cinema.get("/v1/movies").json["movies"]?.arrayValue
            #expect(movies?.map { $0["rating"] } == [4.12, 4.12, 4.12])
            #expect(Cinema.ids(.array(movies ?? [])) == ["mov_2", "mov_3", "mov_1"])
        }
    }

    @Test("equal means tie, whatever made them and in whichever order")
    func equalMeans() async throws {
        try await Cinema.run { cinema async throws in
            try await cinema.add(movies: 1...3)
            // In binary fractions 0.1 + 0.2 + 0.3 depends on its order.
            for (user, value) in ["0.3", "0.2", "0.1"].enumerated() {
                _ = try await cinema.rate(3, value, user: Int64(user + 1))
            }
            for (user, value) in ["0.1", "0.2", "0.3"].enumerated() {
                _ = try await cinema.rate(2, value, user: Int64(user + 1))
            }
            _ = try await cinema.rate(1, "0.2")
            #expect(try await cinema.ids("movies", "/v1/movies") == ["mov_1", "mov_2", "mov_3"])
            let pages = try await cinema.pages("movies", "/v1/movies?limit=1")
            #expect(pages == [["mov_1"], ["mov_2"], ["mov_3"]])
        }
    }

    @Test("a cursor belongs to one list and one sort")
    func cursors() async throws {
        try await run { cinema async throws in
            let first = try await cinema.get("/v1/movies?limit=2")
            let cursor = try #require(first.json["metadata"]?["end_cursor"]?.stringValue)
            #expect(try await cinema.get("/v1/movies?limit=3&cursor=\(cursor)").status == 200)
            #expect(try await cinema.get("/v1/movies?sort=rating&cursor=\(cursor)").status == 200)
            var tampered = Array(cursor.utf8)
            tampered[tampered.count / 2] ^= 1
            for wrong in [
                "/v1/movies?sort=new&cursor=\(cursor)", "/v1/movies?sort=leaving_soon&cursor=\(cursor)",
                "/v1/movies/mov_1/places?cursor=\(cursor)", "/v1/movies/mov_1/places/plc_1/sessions?cursor=\(cursor)",
                "/v1/movies?cursor=\(String(decoding: tampered, as: UTF8.self))", "/v1/movies?cursor=\(cursor)A",
                "/v1/movies?cursor=\(cursor.dropLast())", "/v1/movies?cursor=", "/v1/movies?cursor=mov_1",
            ] {
                let answer = try await cinema.get(wrong)
                #expect(answer.status == 400, "\(wrong)")
                #expect(answer.codes == ["invalid_cursor"], "\(wrong)")
            }
        }
    }

    @Test(
        "everything that is wrong with a query is said at once",
        arguments: [
            ("sort=worst", ["sort_invalid"]), ("sort=", ["sort_invalid"]), ("sort=Rating", ["sort_invalid"]),
            ("limit=0", ["limit_out_of_range"]), ("limit=101", ["limit_out_of_range"]),
            ("limit=-1", ["limit_out_of_range"]), ("limit=9223372036854775808", ["limit_out_of_range"]),
            ("limit=1.5", ["limit_invalid"]), ("limit=ten", ["limit_invalid"]), ("limit=", ["limit_invalid"]),
            ("limit=true", ["limit_invalid"]), ("sort=worst&limit=0", ["sort_invalid", "limit_out_of_range"]),
        ])
    func faults(query: String, codes: [String]) async throws {
        try await Cinema.run { cinema async throws in
            let answer = try await cinema.get("/v1/movies?\(query)")
            #expect(answer.status == 422)
            #expect(answer.codes == codes)
        }
    }

    @Test("a query that cannot be read is a 400, a parameter that nobody knows is ignored")
    func queries() async throws {
        try await Cinema.run { cinema async throws in
            try await cinema.add(movies: 1...1)
            for broken in ["limit=%", "sort=%FF", "sort=%00"] {
                let answer = try await cinema.get("/v1/movies?\(broken)")
                #expect(answer.status == 400 && answer.codes == ["invalid_query"], "\(broken)")
            }
            #expect(try await cinema.ids("movies", "/v1/movies?genre=noir&limit=2.0") == ["mov_1"])
        }
    }

    @Test("a list that was kept is made anew after any change to what it shows")
    func keptAnswers() async throws {
        try await Cinema.run { cinema async throws in
            try await cinema.add(movies: 1...2)
            try await cinema.add(place: 1)
            for _ in 0..<2 { #expect(try await cinema.ids("movies", "/v1/movies") == ["mov_1", "mov_2"]) }
            _ = try await cinema.rate(2, "3")
            #expect(try await cinema.ids("movies", "/v1/movies") == ["mov_2", "mov_1"])
            _ = try await cinema.get("/v1/movies/mov_1")
            try await cinema.add(session: 1, at: "2026-12-01T20:00:00Z")
            let movie = try await cinema.get("/v1/movies/mov_1").json["movie"]
            #expect(movie?["airing_dates"]?["to"] == "2026-12-01T20:00:00.000Z")
        }
    }

    @Test("sample data that another process loads is shown without a restart")
    func writtenElsewhere() async throws {
        try await Cinema.run { cinema async throws in
            #expect(try await cinema.ids("movies", "/v1/movies").isEmpty)
            let seeds = try readFile(CatalogSchemaTests.folder + "/seeds.sql")
            _ = try SchemaDump.sqlite(cinema.service.databasePath, seeds)
            // It may take a second; only never is wrong.
            for _ in 0..<2_000 where try await cinema.ids("movies", "/v1/movies").isEmpty {
                try await Task.sleep(for: .milliseconds(10))
            }
            #expect(try await cinema.ids("movies", "/v1/movies").count == 20)
        }
    }
}
