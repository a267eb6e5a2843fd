import TestSupport

/// The few sessions that everybody is after: two whose seats are counted, two of a room whose seats have names, of
/// which one sells half of it, and one that has begun.
public enum Venue {
    public static let counted = [StackSession.id(1), StackSession.id(2)]
    public static let seated = ["ses_900000000000101", "ses_900000000000102"]
    public static let begun = StackSession.id(0)

    /// Three rows of eight.
    static let seats = (1...24).map { "sea_\(900_000_000_001_000 + $0)" }

    static let sessions: [String: PlannedSession] = [
        counted[0]: PlannedSession(allocation: 30), counted[1]: PlannedSession(allocation: 8),
        seated[0]: PlannedSession(allocation: 24, seats: Set(seats)),
        seated[1]: PlannedSession(allocation: 12, seats: Set(seats)),
        begun: PlannedSession(allocation: 10, hasBegun: true),
    ]

    /// What staff may set an allocation to.
    static func allocations(of session: String) -> ClosedRange<Int> {
        switch session {
        case counted[0]: 15...40
        case counted[1]: 2...12
        default: 6...24
        }
    }

    /// Rows for catalog.
    public static var rows: String {
        let seats = (0..<24).map { number in
            """
            (\(900_000_000_001_001 + number), 900000000000002, '\(["A", "B", "C"][number / 8])', \(number % 8 + 1),
                \(number % 8), \(number / 8))
            """
        }
        return StackSession.rows(allocations: [30, 8]) + """

            INSERT INTO rooms (id, place_id, name, capacity, seated)
            VALUES (900000000000002, 900000000000001, 'Salle 2', 24, 1);
            INSERT INTO seats (id, room_id, row_label, number, x, y) VALUES \(seats.joined(separator: ", "));
            INSERT INTO sessions (id, movie_id, room_id, place_id, starts_at, allocation)
            VALUES (900000000000101, 900000000000001, 900000000000002, 900000000000001,
                    (unixepoch() + 86400) * 1000, 24),
                (900000000000102, 900000000000001, 900000000000002, 900000000000001,
                    (unixepoch() + 172800) * 1000, 12);
            """
    }
}
