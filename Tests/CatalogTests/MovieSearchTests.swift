import CatalogService
import JSON
import SQLite
import TestSupport
import Testing

/// `GET /v1/movies?q=`, and how words follow what they are taken from.
@Suite struct MovieSearchTests {
    private func run(_ body: (Cinema) async throws -> Void) async throws {
        try await Cinema.run { cinema async throws in
            try await cinema.write(
                """
                INSERT INTO movies (id, title, description, duration) VALUES
                    (1, 'Les Enfants du paradis', 'Paris, around 1830. Four men love Garance.', 190),
                    (2, 'Hôtel du Nord', 'A couple, a canal, an ATMOSPHÈRE.', 95),
                    (3, 'Cœur fidèle', 'In Marseille’s harbour: l''amour.', 87), (4, '2046', '李麗華 İstanbul', 129)
                """,
                "INSERT INTO people (id, name) VALUES (1, 'Arletty'), (2, 'Marcel Carné'), (3, 'Jean Epstein')",
                "INSERT INTO people_names (people_names) VALUES ('rebuild')",
                """
                INSERT INTO credits (movie_id, role, position, person_id, part) VALUES (1, 'star', 0, 1, 'Claire Reine'),
                    (1, 'director', 0, 2, NULL), (2, 'star', 0, 1, 'Raymonde'), (2, 'director', 0, 2, NULL),
                    (3, 'director', 0, 3, NULL)
                """)
            try await cinema.readWords()
            try await body(cinema)
        }
    }

    @Test(
        "movies are found by the beginnings of all words of title, description and people, whatever case and accents",
        arguments: [
            ("enfants", [1]), ("ENF", [1]), ("nfants", []), ("par", [1]), ("paradis+arletty", [1]),
            ("arletty", [1, 2]),
            ("arl+mar+du", [1, 2]), ("arl+nord", [2]), ("carne", [1, 2]), ("CARN%C3%89", [1, 2]),
            ("carne%CC%81", [1, 2]), ("hotel", [2]), ("h%C3%B4tel", [2]), ("atmosphere", [2]), ("coeur", [3]),
            ("c%C5%93ur", [3]), ("amour", [3]), ("l%27amour", [3]), ("marseille%27s", [3]), ("mar", [1, 2, 3]),
            ("20", [4]), ("2046", [4]), ("%E6%9D%8E", [4]), ("%EF%BC%92%EF%BC%90", [4]), ("istanbul", [4]),
            ("raymonde", []),
            ("garance.", [1]), ("%22paris%22", [1]), ("paris+-garance", [1]), ("paris+OR+nord", []), ("par*", [1]),
            ("e+en+enf+enfants", [1]), ("%25", [1, 2, 3, 4]), ("_", [1, 2, 3, 4]), ("", [1, 2, 3, 4]),
            ("%F0%9F%8E%AC", [1, 2, 3, 4]), ("nothing", []),
        ])
    func words(q: String, found: [Int]) async throws {
        try await run { cinema async throws in
            let answer = try await cinema.get("/v1/movies?q=\(q)")
            #expect(answer.status == 200)
            // Signs alone are no word, and no word is no filter.
            #expect(Cinema.ids(answer.json["movies"]) == found.map { "mov_\($0)" })
            #expect(Answer.names(answer.json["movies"]?.arrayValue?.first).count == (found.isEmpty ? 0 : 7))
        }
    }

    @Test("a movie is found as soon as it is made, by what it has become, and not when it is gone")
    func follow() async throws {
        try await run { cinema async throws in
            let made = try await cinema.asAdmin(
                "POST", "/v1/movies", #"{"title":"La Belle Équipe","duration":101,"stars":["psn_1"]}"#)
            let id = try #require(made.json["movie"]?["id"]?.stringValue)
            func found(_ q: String) async throws -> Bool {
                try await cinema.ids("movies", "/v1/movies?q=\(q)").contains(id)
            }
            #expect(try await found("equipe+arletty"))
            _ = try await cinema.asAdmin(
                "PATCH", "/v1/movies/\(id)", #"{"title":"Pépé le Moko","stars":["psn_3"],"description":"Alger"}"#)
            #expect(try await found("pepe+alger+epstein"))
            for gone in ["equipe", "arletty"] { #expect(try await !found(gone)) }
            _ = try await cinema.asAdmin("PATCH", "/v1/people/psn_3", #"{"name":"Julien Duvivier"}"#)
            #expect(try await found("moko+duvivier"))
            #expect(try await !found("epstein"))
            #expect(try await cinema.ids("movies", "/v1/movies?q=duvivier").contains("mov_3"))
            _ = try await cinema.asAdmin("DELETE", "/v1/movies/\(id)")
            #expect(try await !found("moko"))
            let left = try cinema.read { connection in
                try connection.first("SELECT count(*) FROM movie_words WHERE movie_id NOT IN (1, 2, 3, 4)") {
                    try $0.int(0)
                }
            }
            #expect(left == 0)
        }
    }

    @Test("sample data is found soon after it was loaded, and so are more movies of one person than a request reads")
    func background() async throws {
        try await Cinema.run { cinema async throws in
            let seeds = try readFile(CatalogSchemaTests.folder + "/seeds.sql")
            _ = try SchemaDump.sqlite(cinema.service.databasePath, seeds)
            func isFound(_ q: String, _ count: Int) async throws -> Bool {
                for _ in 0..<1_000 {
                    if try await cinema.pages("movies", "/v1/movies?limit=100&q=\(q)").flatMap(\.self).count == count {
                        return true
                    }
                    try await Task.sleep(for: .milliseconds(10))
                }
                return false
            }
            #expect(try await isFound("keaton", 2))
            try await cinema.write(
                """
                INSERT INTO movies (id, title, duration)
                WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 450)
                SELECT i, 'Short ' || i, 5 FROM n
                """,
                """
                INSERT INTO credits (movie_id, role, position, person_id)
                SELECT id, 'star', 9, 400000000000001 FROM movies WHERE id < 451
                """)
            #expect(try await isFound("keaton", 452))
            _ = try await cinema.asAdmin("PATCH", "/v1/people/psn_400000000000001", #"{"name":"B. K."}"#)
            #expect(try await isFound("keaton", 0))
        }
    }
}
