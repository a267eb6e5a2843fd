import SQLite
import TestSupport

extension Cinema {
    /// So many movies that common filters are broad, and rare ones narrow: each has `film`, half `common`, every
    /// hundredth `rare`; a third has no rating, a third the same. Eight places in three cities and zones; four sessions
    /// for each movie that is not the fifth, before and after now, of which some are sold out.
    func addMany(movies: Int64) async throws {
        try await write(
            """
            INSERT INTO movies (id, title, description, duration, rating_sum, rating_count)
            WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < \(movies))
            SELECT i, 'Film ' || i, iif(i % 2 = 0, 'Commün', 'Other') || iif(i % 100 = 7, ', ràre', ''), 90,
                iif(i % 3 = 0, 0, iif(i % 3 = 1, 3000000, i * 7919 % 5000000)), i % 3 > 0
            FROM n
            """,
            """
            INSERT INTO places (id, name, address, city, time_zone)
            WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 8)
            SELECT i, 'Place ' || i, 'Street', iif(i < 6, 'Paris', iif(i < 8, 'Lyon', 'Saint-Denis')),
                iif(i < 8, 'Europe/Paris', 'Indian/Reunion')
            FROM n
            """,
            "INSERT INTO rooms (id, place_id, name, capacity) SELECT id, id, 'Salle 1', 100 FROM places",
            // An eighth of a day between each two, in no order; a movie's four lie within a few days.
            """
            INSERT INTO sessions (id, movie_id, room_id, place_id, starts_at, allocation, free, free_as_of, free_sequence)
            WITH RECURSIVE n (i) AS (VALUES (0) UNION ALL SELECT i + 1 FROM n WHERE i < \(movies) * 4 - 1)
            SELECT i + 1, i / 4 + 1, 1 + i * 31 % 8, 1 + i * 31 % 8,
                1795199400000 + (i / 4 * 7919 % 400 - 200 + i % 4 * 13) * 10800000, 100,
                iif(i % 7 = 0, 0, 5), 1, 1
            FROM n WHERE i / 4 % 5 <> 0
            """)
        try await readWords()
    }
}
