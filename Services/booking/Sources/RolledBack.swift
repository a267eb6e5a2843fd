import API
import JSON
import SQLite
import Telemetry
import Time

/// A database that was put back to an older state without `restore`: a file copied back, a volume's snapshot, an empty
/// volume. It does not know; its followers do. One that has taken a number which was not given when booking began, and
/// was sent nothing since, has it from another life of the log.
extension BookingService {
    /// Nobody is believed to have taken a later one, so that there is always room for more. The clock, in microseconds,
    /// is there in 2112.
    static let mostNumber: Int64 = 1 << 52

    /// Asks a follower how far it is, which comes before it is sent any event.
    func askAtStart(_ follower: Follower, _ next: Batch) async throws {
        let taken = try await ask(follower, next)
        let known = try await database.write { [clock] transaction -> Int64? in
            // Another was ahead meanwhile, which this one has not heard of yet: it is asked again.
            guard try transaction.lostEvents(after: next.position) == next.lost else { return nil }
            if let known = try transaction.goOn(beyond: taken, of: follower.name, at: clock.now()) { return known }
            try transaction.advance(follower.name, to: taken)
            try transaction.execute("DELETE FROM unasked_followers WHERE name = \(follower.name)")
            return nil
        }
        if let known { try warn(of: follower, taken, known) }
    }

    /// Goes on as after a restore, where a follower has taken what was never told here.
    /// - Returns: whether it has.
    func goOn(beyond taken: Int64, of follower: Follower) async throws -> Bool {
        let known = try await database.write { [clock] in
            try $0.goOn(beyond: taken, of: follower.name, at: clock.now())
        }
        if let known { try warn(of: follower, taken, known) }
        return known != nil
    }

    private func warn(of follower: Follower, _ taken: Int64, _ known: Int64) throws {
        follower.ahead.increment()
        guard taken <= Self.mostNumber else {
            throw NeighbourError(follower.name, "it says that it has taken event \(taken), a number no log has given")
        }
        log.error(
            "follower_ahead",
            [("follower", .string(follower.name)), ("taken", .integer(taken)), ("known", .integer(known))])
    }
}

extension Connection {
    /// The last number that was given before a follower was asked how far it is; nil once it was.
    func unasked(_ follower: String) throws -> Int64? {
        try first("SELECT sequence FROM unasked_followers WHERE name = \(follower)") { try $0.int(0) }
    }
}

extension Transaction {
    /// Has followers asked how far they are. One that did not answer since an earlier start is measured by what was
    /// given before that one: numbers of this life may by now be those that it has from another. One whose place is beyond
    /// that was told more by an older program, which does not ask; this one moves no place before it has.
    func askAgain(_ followers: [String]) throws {
        let newest = try lastNumber()
        for name in followers {
            try execute(
                """
                INSERT INTO unasked_followers (name, sequence) VALUES (\(name), \(newest))
                ON CONFLICT (name) DO UPDATE SET sequence =
                    max(sequence, coalesce((SELECT f.sequence FROM followers f WHERE f.name = excluded.name), 0))
                """)
        }
    }

    /// - Returns: the last number that a follower can have taken, where it says that it has taken a later one. Then
    ///   what happens has numbers beyond that, unless there are none.
    fileprivate func goOn(beyond taken: Int64, of follower: String, at now: Timestamp) throws -> Int64? {
        let known = try unasked(follower) ?? lastNumber()
        guard taken > known else { return nil }
        if taken <= BookingService.mostNumber { try lose(after: known, through: taken, at: now) }
        return known
    }
}
