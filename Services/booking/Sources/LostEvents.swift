import SQLite
import Time

/// Numbers of events that may have been told and never happened: the database was put back to an older state.
struct LostEvents: Sendable, Equatable {
    let first: Int64
    let last: Int64
}

extension BookingService {
    /// What was told after the copy was made did not happen. No number is given again: what happens now has numbers from
    /// the clock on, in microseconds, which is beyond all that this log can have given, in any life of it. Followers
    /// hear which numbers to forget, and once more how every session stands.
    package static func restored(_ transaction: Transaction, at now: Timestamp) throws {
        let newest = try transaction.lastNumber()
        try transaction.lose(after: newest, through: newest, at: now)
    }
}

extension Transaction {
    /// Numbers after `known` may be those of another life of the log, which has told as far as `told`, or nobody knows
    /// how far. What happens from now on has later ones than any.
    func lose(after known: Int64, through told: Int64, at now: Timestamp) throws {
        try keep(.restored, of: nil, at: now)
        let newest = try lastNumber()
        let last = max(newest + 1, told, now.rawValue * 1_000)
        try execute("INSERT INTO lost_events (first, last) VALUES (\(known + 1), \(last))")
        // What this life has given such numbers to did happen.
        let shift = last - known
        try execute("UPDATE events SET sequence = sequence + \(shift) WHERE sequence > \(known)")
        try execute("UPDATE events_set_aside SET sequence = sequence + \(shift) WHERE sequence > \(known)")
        try execute("DELETE FROM sqlite_sequence WHERE name = 'events'")
        try execute("INSERT INTO sqlite_sequence (name, seq) VALUES ('events', \(newest + shift))")
        // Whatever others have taken up to there is lost too, and no news.
        try execute("UPDATE unasked_followers SET sequence = \(last)")
        try execute(
            """
            INSERT INTO events (type, session_id, booking_id, seats, free, occurred_at)
            SELECT \(EventType.sessionChanged), id, NULL, 0, allocation - held - sold, \(now) FROM sessions ORDER BY id
            """)
        try execute(
            """
            INSERT INTO unsure_sessions (id)
            SELECT id FROM sessions WHERE starts_at > \(now) AND id NOT IN (SELECT id FROM closed_sessions)
            ON CONFLICT (id) DO NOTHING
            """)
    }
}

extension Connection {
    /// The last number that was given, of events that are kept or were.
    func lastNumber() throws -> Int64 {
        try first("SELECT seq FROM sqlite_sequence WHERE name = 'events'") { try $0.int(0) } ?? 0
    }

    /// Numbers that a follower at that position has not heard of yet.
    func lostEvents(after position: Int64) throws -> [LostEvents] {
        try rows("SELECT first, last FROM lost_events WHERE last > \(position) ORDER BY last") {
            LostEvents(first: try $0.int(0), last: try $0.int(1))
        }
    }

    /// How many events a follower at that position has still to take. Numbers are told apart from events: those that
    /// are lost, or deleted, wait for nobody, nor does what is set aside.
    func waiting(
        for follower: String, after position: Int64, upTo newest: Int64, _ lost: [LostEvents]
    ) throws -> Int64 {
        let oldest = try first("SELECT min(sequence) FROM events") { try $0.intOrNil(0) } ?? nil
        guard let oldest else { return 0 }
        let before = max(position, oldest - 1)
        let aside = try first(
            "SELECT count(*) FROM events_set_aside WHERE follower = \(follower) AND sequence > \(before)"
        ) { try $0.int(0) }
        return lost.reduce(max(0, newest - before - (aside ?? 0))) { count, numbers in
            count - max(0, min(numbers.last, newest) - max(numbers.first - 1, before))
        }
    }

    /// Whether events after that position are deleted already. What is set aside stays, whether those after it do or not.
    func lacksEvents(after position: Int64, _ lost: [LostEvents]) throws -> Bool {
        let oldest = try first(
            """
            SELECT min(sequence) FROM events e
            WHERE NOT EXISTS (SELECT 1 FROM events_set_aside a WHERE a.sequence = e.sequence AND a.is_replayed = 0)
            """
        ) { try $0.intOrNil(0) }
        guard let oldest = oldest ?? nil, position < oldest - 1 else { return false }
        let aside = Set(
            try rows("SELECT sequence FROM events WHERE sequence > \(position) AND sequence < \(oldest)") {
                try $0.int(0)
            })
        var before = oldest - 1
        while position < before {
            if let gap = lost.last(where: { $0.last == before }) {
                before = gap.first - 1
            } else if aside.contains(before) {
                before -= 1
            } else {
                return true
            }
        }
        return false
    }
}
