/// Sessions besides those of the sample data, all of one movie in one place of their own, so that a test knows what is
/// free in them.
public enum StackSession {
    public static let movie = "mov_900000000000001"
    public static let place = "plc_900000000000001"

    /// The session that `rows` has made under that number.
    public static func id(_ number: Int) -> String { "ses_\(900_000_000_000_000 + number)" }

    /// Rows for catalog: one session for each allocation, numbered from 1, in as many days; number 0 has begun.
    public static func rows(allocations: [Int]) -> String {
        let starts = [-1] + allocations.indices.map { $0 + 1 }
        let sessions = zip(starts, [10] + allocations).enumerated().map { number, session in
            """
            (\(900_000_000_000_000 + number), 900000000000001, 900000000000001, 900000000000001,
                (unixepoch() + \(session.0) * 86400) * 1000, \(session.1))
            """
        }
        return """
            INSERT INTO movies (id, title, duration) VALUES (900000000000001, 'La Course', 90);
            INSERT INTO places (id, name, address, city, time_zone)
            VALUES (900000000000001, 'Le Petit Écran', '1 rue du Test, 75001 Paris', 'Paris', 'Europe/Paris');
            INSERT INTO rooms (id, place_id, name, capacity)
            VALUES (900000000000001, 900000000000001, 'Salle 1', 10000);
            INSERT INTO sessions (id, movie_id, room_id, place_id, starts_at, allocation)
            VALUES \(sessions.joined(separator: ", "));
            """
    }
}
