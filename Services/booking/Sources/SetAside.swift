import API
import JSON
import Lifecycle
import SQLite
import Telemetry
import Time
import TypedID

/// Events that a follower refuses. The ones behind them go on, those of the same session too: each says how its booking
/// and its session are after it, so what is missing is caught up by the next, or by telling it again.
extension Transaction {
    func setAside(
        _ sequence: Int64, _ follower: String, _ reason: String, attempts: Int64, at now: Timestamp
    ) throws {
        try execute(
            """
            INSERT INTO events_set_aside (sequence, follower, reason, attempts, set_aside_at)
            VALUES (\(sequence), \(follower), \(reason), \(attempts), \(now))
            ON CONFLICT (sequence, follower) DO NOTHING
            """)
    }
}

extension Connection {
    func setAside(for follower: String) throws -> Int64 {
        try first("SELECT count(*) FROM events_set_aside WHERE follower = \(follower) AND is_replayed = 0") {
            try $0.int(0)
        } ?? 0
    }
}

extension BookingService {
    /// More than these are not set aside.
    package static let mostSetAside: Int64 = 100

    /// How far a follower has come that failed on an event: asked without any, with all the rest of that request. What
    /// answers this and not the other does not fail on everything, and one that has taken the event after all says so.
    func ask(_ follower: Follower, _ next: Batch) async throws -> Int64 {
        do {
            return try await follower.take([], after: next.position, forgetting: next.lost)
        } catch let refusal as EventsRefused {
            throw NeighbourError(follower.name, "it answered \(refusal) to no events at all")
        }
    }

    /// Looks for the one event that a follower does not take, among fewer and fewer; alone, and not taken again and again,
    /// that is set aside, and what comes after it goes on. Where it takes next to nothing it is the follower that is
    /// broken, and events wait for it.
    /// - Throws: the refusal, where the next attempt is to wait.
    func relayLess(
        to follower: Follower, _ next: Batch, _ batch: inout BatchSize, _ refusal: EventsRefused
    ) async throws {
        let count = next.events.count
        let isEnough = refusal.isForGood ? batch.wasRefused(count) : batch.hasFailed(count)
        let attempts = refusal.isForGood ? batch.refusals : batch.failures
        let isFull = isEnough && next.setAside >= Self.mostSetAside
        if isFull { batch.cannotBeSetAside() }
        if batch.isStuck { logStuck(follower, next, refusal) }
        guard isEnough, !isFull, let event = next.events.first else {
            // What fails may be overloaded, so that is not asked again at once for fewer either.
            if attempts > 0 || !refusal.isForGood { throw refusal }
            return
        }
        try await database.write { [clock] transaction in
            try transaction.setAside(
                event.sequence, follower.name, "\(refusal)", attempts: attempts, at: clock.now())
        }
        log.warning(
            "event_set_aside",
            [
                ("follower", .string(follower.name)), ("sequence", .integer(event.sequence)),
                ("reason", .string("\(refusal)")),
            ])
        batch.wasSetAside()
    }

    /// Until somebody has looked, nothing goes to this follower.
    private func logStuck(_ follower: Follower, _ next: Batch, _ refusal: EventsRefused) {
        log.error(
            "outbox_stuck",
            [
                ("follower", .string(follower.name)), ("sequence", .integer(next.events.first?.sequence ?? 0)),
                ("reason", .string("\(refusal)")), ("set_aside", .integer(next.setAside)),
                ("hint", "No more is set aside for it. See what 'booking outbox' says, and mend that follower."),
            ], kind: follower.name, within: logThrottle)
    }

    /// `booking outbox` shows how far each follower has come and what is set aside; `booking outbox replay [SEQUENCE]`
    /// tells that again, or all of it, as it is now: under a new number, as followers take no number twice.
    static let outbox = Command(
        "outbox", ["[replay [SEQUENCE]]"], takesOptions: true, looks: { $0.isEmpty }
    ) { arguments, context in
        switch (arguments.first, Array(arguments.dropFirst())) {
        case (nil, _): return try context.database.read { try $0.outbox(at: context.clock.now()) }
        case ("replay", let rest) where rest.isEmpty: return try await replay(nil, context)
        case ("replay", let rest) where rest.count == 1:
            guard let sequence = Int64(rest[0]) else { throw UsageError("'\(rest[0])' is no event's number.") }
            return try await replay(sequence, context)
        default: throw UsageError("There is 'outbox', and 'outbox replay [SEQUENCE]'.")
        }
    }

    private static func replay(_ sequence: Int64?, _ context: ServiceContext) async throws -> String {
        let told = try await context.database.write { [clock = context.clock] transaction in
            let chosen = try transaction.rows(
                "SELECT DISTINCT sequence FROM events_set_aside WHERE is_replayed = 0 ORDER BY sequence"
            ) {
                try $0.int(0)
            }.filter { sequence == nil || $0 == sequence }
            for number in chosen {
                try transaction.tellAgain(of: number, at: clock.now())
                try transaction.execute("UPDATE events_set_aside SET is_replayed = 1 WHERE sequence = \(number)")
            }
            return chosen
        }
        if let sequence, told.isEmpty { throw SettingError("Event \(sequence) is not set aside.") }
        return told.isEmpty ? "Nothing is set aside." : "Told again: \(told.map(String.init).joined(separator: ", "))."
    }
}

extension Connection {
    fileprivate func outbox(at now: Timestamp) throws -> String {
        let newest = try newestEvent() ?? 0
        let next: SQL = """
            FROM events e WHERE e.sequence > f.sequence AND NOT EXISTS (
                SELECT 1 FROM events_set_aside a WHERE a.sequence = e.sequence AND a.follower = f.name)
            """
        let kept = try first("SELECT count(*) FROM events") { try $0.int(0) } ?? 0
        let followers = try rows(
            """
            SELECT f.name, f.sequence, (SELECT count(*) \(sql: next)),
                (SELECT coalesce(e.retold_at, e.occurred_at) \(sql: next) ORDER BY e.sequence LIMIT 1),
                EXISTS (SELECT 1 FROM retellings WHERE follower = f.name)
            FROM followers f ORDER BY f.name
            """
        ) { row in
            let waits = try row.valueOrNil(3, as: Timestamp.self).map { max(0, now.rawValue - $0.rawValue) / 1000 } ?? 0
            let retold = try row.bool(4) ? ", and is told everything anew" : ""
            return """
                \(try row.text(0)) has taken \(try row.int(1)), \(try row.int(2)) wait, the oldest for \(waits) s\(retold)
                """
        }
        let aside = try rows(
            """
            SELECT a.sequence, a.follower, a.reason, a.attempts, a.set_aside_at, e.type, e.session_id, e.booking_id
            FROM events_set_aside a JOIN events e ON e.sequence = a.sequence
            WHERE a.is_replayed = 0 ORDER BY a.sequence, a.follower
            """
        ) { row in
            let booking = try row.valueOrNil(7, as: BookingID.self).map { " \($0)" } ?? ""
            return """
                \(try row.int(0)) \(try row.text(5))\(booking) of \(try row.value(6, as: SessionID.self)), set aside \
                \(try row.value(4, as: Timestamp.self).rfc3339) after \(try row.int(3)) attempts: \
                \(try row.text(1)) answered \(try row.text(2))
                """
        }
        return
            (["The newest event is \(newest); \(kept) are kept."] + followers
            + (aside.isEmpty ? ["Nothing is set aside."] : ["\(aside.count) are set aside:"] + aside))
            .joined(separator: "\n")
    }
}
