import CatalogService
import SQLite
import TestSupport
import Testing
import Time

/// What the schema derives, against a recount, after changes at random.
@Suite struct DerivedValueTests {
    private struct Derived: Equatable {
        let movie: Int64
        let sum: Int64
        let count: Int64
        let from: Int64?
        let to: Int64?
        let bookableUntil: Int64?

        init(_ row: Row) throws {
            (movie, sum, count) = (try row.int(0), try row.int(1), try row.int(2))
            (from, to, bookableUntil) = (try row.intOrNil(3), try row.intOrNil(4), try row.intOrNil(5))
        }
    }

    private static let kept: SQL = """
        SELECT id, rating_sum, rating_count, airs_from, airs_to, bookable_until FROM movies ORDER BY id
        """
    private static let recounted: SQL = """
        SELECT m.id, (SELECT coalesce(sum(CAST(round(value * 1000000) AS INTEGER)), 0) FROM ratings WHERE movie_id = m.id),
            (SELECT count(*) FROM ratings WHERE movie_id = m.id),
            (SELECT min(starts_at) FROM sessions WHERE movie_id = m.id),
            (SELECT max(starts_at) FROM sessions WHERE movie_id = m.id),
            (SELECT max(starts_at) FROM sessions WHERE movie_id = m.id AND min(coalesce(free, allocation), allocation) > 0)
        FROM movies m ORDER BY m.id
        """
    private static let showings: SQL = "SELECT movie_id, place_id, last_starts_at FROM showings ORDER BY 1, 2"
    private static let recountedShowings: SQL = """
        SELECT movie_id, place_id, max(starts_at) FROM sessions GROUP BY 1, 2 ORDER BY 1, 2
        """

    @Test(
        "ratings, airing dates, showings and until when a film is bookable are those of a recount, after each of many changes at random"
    )
    func recount() async throws {
        try await Cinema.run { cinema async throws in
            try await cinema.add(movies: 1...4)
            for place in 1...3 as ClosedRange<Int64> { try await cinema.add(place: place) }
            var random = Seeded(UInt64.random(in: 0...UInt64.max))
            for step in 0..<1_500 {
                let change = Self.change(&random)
                try await cinema.write(change)
                try cinema.read { connection in
                    let movies = try connection.rows(Self.kept) { try Derived($0) }
                    let recounted = try connection.rows(Self.recounted) { try Derived($0) }
                    let triple = { (row: Row) in [try row.int(0), try row.int(1), try row.int(2)] }
                    let showings = try connection.rows(Self.showings, triple)
                    let recountedShowings = try connection.rows(Self.recountedShowings, triple)
                    let context = "seed \(random.seed), step \(step): \(change.text)"
                    try #require(movies == recounted, "\(context)")
                    try #require(showings == recountedShowings, "\(context)")
                }
            }
        }
    }

    private static func change(_ random: inout Seeded) -> SQL {
        let (id, movie) = (Int64.random(in: 1...60, using: &random), Int64.random(in: 1...4, using: &random))
        let place = Int64.random(in: 1...3, using: &random)
        // Few moments, so that first and last are shared by several sessions.
        let start = Int64.random(in: 1...12, using: &random)
        let value = Double.random(in: 0...5, using: &random)
        let free = Int64.random(in: 0...2, using: &random)
        switch Int.random(in: 0..<13, using: &random) {
        case 0, 1:
            return """
                INSERT INTO sessions (id, movie_id, room_id, place_id, starts_at, allocation)
                VALUES (\(id), \(movie), \(place), \(place), \(start), 1) ON CONFLICT (id) DO NOTHING
                """
        case 2: return "UPDATE sessions SET starts_at = \(start) WHERE id = \(id)"
        case 3:
            return "UPDATE sessions SET movie_id = \(movie), room_id = \(place), place_id = \(place) WHERE id = \(id)"
        case 4: return "DELETE FROM sessions WHERE id = \(id)"
        case 5, 6:
            return """
                INSERT INTO ratings (id, movie_id, user_id, value) VALUES (\(movie * 100 + id), \(movie), \(id), \(value))
                ON CONFLICT (movie_id, user_id) DO UPDATE SET value = excluded.value
                """
        case 7, 8, 9:
            return """
                UPDATE sessions SET free = \(free), free_as_of = 1, free_sequence = 1
                WHERE movie_id = \(movie) AND id % 3 = \(id % 3)
                """
        case 10:
            return "UPDATE sessions SET free = NULL, free_as_of = NULL, free_sequence = NULL WHERE id = \(id)"
        case 11: return "DELETE FROM ratings WHERE movie_id = \(movie) AND user_id = \(id)"
        default:
            return "DELETE FROM sessions WHERE movie_id = \(movie) AND place_id = \(place) AND starts_at < \(start)"
        }
    }

    @Test("a rating stays with its movie and its user, and a session is in a room of its place")
    func refused() async throws {
        try await Cinema.run { cinema async throws in
            try await cinema.add(movies: 1...2)
            try await cinema.add(place: 1)
            try await cinema.add(place: 2)
            try await cinema.add(session: 1, at: "2026-12-01T20:00:00Z")
            try await cinema.write("INSERT INTO ratings (id, movie_id, user_id, value) VALUES (1, 1, 1, 4)")
            let refused: [SQL] = [
                "UPDATE ratings SET movie_id = 2", "UPDATE ratings SET user_id = 2", "UPDATE ratings SET value = 5.1",
                "UPDATE sessions SET place_id = 2", "UPDATE sessions SET allocation = 0",
                "DELETE FROM movies WHERE id = 1",
                "UPDATE sessions SET price_amount = 1200", "DELETE FROM rooms WHERE id = 1",
                "DELETE FROM places WHERE id = 1",
            ]
            for statement in refused {
                await #expect(throws: DatabaseError.self, "\(statement.text)") { try await cinema.write(statement) }
            }
            try await cinema.write(
                "DELETE FROM sessions", "DELETE FROM movies WHERE id = 1", "DELETE FROM places WHERE id = 1")
            #expect(try cinema.read { try $0.first("SELECT count(*) FROM ratings") { try $0.int(0) } } == 0)
        }
    }
}

/// A generator that can be started again from what it prints.
private struct Seeded: RandomNumberGenerator {
    let seed: UInt64
    private var state: UInt64

    init(_ seed: UInt64) { (self.seed, state) = (seed, seed) }

    /// SplitMix64, https://prng.di.unimi.it/splitmix64.c
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
