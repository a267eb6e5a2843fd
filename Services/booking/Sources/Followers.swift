import API
import EventLoop
import JSON
import SQLite
import Telemetry
import Time

extension BookingService {
    private static let pollMilliseconds: Int64 = 250
    private static let firstBackoffMilliseconds: Int64 = 100
    /// What happened is to be known everywhere within seconds once a follower is back.
    private static let longestBackoffMilliseconds: Int64 = 4_000
    /// A hundred events of some 400 bytes fit into a body of 64 KiB.
    static let eventsAtOnce: Int64 = 100
    /// For a follower that is away; then what all have taken is deleted.
    static let eventsAreKeptMilliseconds: Int64 = 7 * 86_400_000

    /// Tells a follower what happens, for as long as the service runs.
    func relay(to follower: Follower) async {
        var failures = 0
        var batch = BatchSize()
        while !Task.isCancelled {
            var pause: Int64 = 0
            do {
                if try await !relayBatch(to: follower, &batch) { pause = Self.pollMilliseconds }
                if failures > 0 { log.info("follower_back", [("follower", .string(follower.name))]) }
                failures = 0
            } catch {
                if failures == 0 {
                    log.warning(
                        "follower_away", [("follower", .string(follower.name)), ("reason", .string("\(error)"))])
                }
                let limit = min(Self.longestBackoffMilliseconds, Self.firstBackoffMilliseconds << min(failures, 10))
                pause = Int64.random(in: 1...limit)
                failures += 1
            }
            if pause > 0, (try? await loop.sleep(milliseconds: pause)) == nil { return }
        }
    }

    /// - Returns: whether more may be waiting.
    package func relayBatch(to follower: Follower, _ batch: inout BatchSize) async throws -> Bool {
        follower.stuck.set(batch.isStuck ? 1 : 0)
        var next = try self.batch(for: follower, limit: batch.size)
        if next.isUnasked {
            try await askAtStart(follower, next)
            next = try self.batch(for: follower, limit: batch.size)
            // It was ahead, or another was: it is asked again, with what is lost.
            guard !next.isUnasked else { return true }
        }
        guard let first = next.events.first, let last = next.events.last else { return false }
        if next.isLacking { try await database.write { try $0.beginRetelling(to: follower.name) } }
        do {
            if batch.failures > 0 {
                let position = min(try await ask(follower, next), first.sequence)
                guard position == next.position else {
                    try await advance(follower, to: position)
                    batch.wasTaken()
                    return true
                }
            }
            let taken = try await follower.take(next.events, after: next.position, forgetting: next.lost)
            if taken > last.sequence, try await goOn(beyond: taken, of: follower) { return true }
            // Its own account counts: one that was restored from a copy goes back to where that was made.
            let place = min(taken, last.sequence)
            try await advance(follower, to: place)
            batch.wasTaken()
            return place == last.sequence && next.newest > place
        } catch let refusal as EventsRefused {
            try await relayLess(to: follower, next, &batch, refusal)
            return true
        } catch let error as NotAsked {
            throw error
        } catch {
            batch.wasAway()
            throw error
        }
    }

    private func advance(_ follower: Follower, to sequence: Int64) async throws {
        try await database.write { [clock] transaction in
            try transaction.advance(follower.name, to: sequence)
            try transaction.goOnRetelling(to: follower.name, at: clock.now())
            try transaction.trimEvents(at: clock.now())
        }
    }

    /// What a follower is told next, with its metrics set to that.
    private func batch(for follower: Follower, limit: Int64) throws -> Batch {
        let next = try database.read { try $0.batch(for: follower.name, limit: limit) }
        follower.backlog.show(next.waiting, since: next.events.first?.toldAt, at: clock.now())
        follower.setAside.set(next.setAside)
        return next
    }
}

extension Transaction {
    /// Gives those a place that were never told anything: what happens waits for them, too.
    func enlist(_ followers: [String]) throws {
        for name in followers {
            try execute("INSERT INTO followers (name, sequence) VALUES (\(name), 0) ON CONFLICT (name) DO NOTHING")
        }
    }
}

extension Connection {
    /// The last event that a follower has taken.
    func position(of follower: String) throws -> Int64 {
        try first("SELECT sequence FROM followers WHERE name = \(follower)") { try $0.int(0) } ?? 0
    }

    /// The number of the last thing that happened, of those that are kept.
    func newestEvent() throws -> Int64? {
        try first("SELECT max(sequence) FROM events") { try $0.intOrNil(0) } ?? nil
    }

    /// What a follower is told next.
    fileprivate func batch(for follower: String, limit: Int64) throws -> Batch {
        let position = try position(of: follower)
        let lost = try lostEvents(after: position)
        let events = try rows(
            """
            \(sql: RecordedEvent.columns) WHERE e.sequence > \(position) AND NOT EXISTS (
                SELECT 1 FROM events_set_aside a WHERE a.sequence = e.sequence AND a.follower = \(follower))
            ORDER BY e.sequence LIMIT \(limit)
            """
        ) { try RecordedEvent($0) }
        let newest = try newestEvent() ?? position
        return Batch(
            position: position, newest: newest, events: events, lost: lost,
            isLacking: try lacksEvents(after: position, lost), setAside: try setAside(for: follower),
            waiting: try waiting(for: follower, after: position, upTo: newest, lost),
            isUnasked: try unasked(follower) != nil)
    }
}

/// Events of one request, with what there is to know of a follower meanwhile.
struct Batch: Sendable {
    let position: Int64
    let newest: Int64
    let events: [RecordedEvent]
    let lost: [LostEvents]
    /// Some before these are deleted, and were never taken.
    let isLacking: Bool
    let setAside: Int64
    let waiting: Int64
    /// It has not said how far it is since booking began.
    let isUnasked: Bool
}

extension Transaction {
    func advance(_ follower: String, to sequence: Int64) throws {
        try execute(
            """
            INSERT INTO followers (name, sequence) VALUES (\(follower), \(sequence))
            ON CONFLICT (name) DO UPDATE SET sequence = excluded.sequence
            """)
    }

    /// Deletes old events that every follower has taken: a few each time, yet more than come in between. What is set
    /// aside stays. How far it went is noted, as the clock may say something else later.
    fileprivate func trimEvents(at now: Timestamp) throws {
        let old = now.advanced(byMilliseconds: -BookingService.eventsAreKeptMilliseconds)
        // They were written in their order: while the first is young, so are the others.
        let oldest = try first(
            """
            SELECT sequence, coalesce(retold_at, occurred_at) FROM events
            WHERE sequence = (
                SELECT min(sequence) FROM events e
                WHERE NOT EXISTS (
                    SELECT 1 FROM events_set_aside a WHERE a.sequence = e.sequence AND a.is_replayed = 0))
            """
        ) { (sequence: try $0.int(0), writtenAt: try $0.value(1, as: Timestamp.self)) }
        guard let oldest, oldest.writtenAt < old else { return }
        let trimmed = try rows(
            """
            DELETE FROM events
            WHERE sequence < \(oldest.sequence + 2 * BookingService.eventsAtOnce)
                AND sequence <= (SELECT min(sequence) FROM followers) AND coalesce(retold_at, occurred_at) < \(old)
                AND NOT EXISTS (
                    SELECT 1 FROM events_set_aside a WHERE a.sequence = events.sequence AND a.is_replayed = 0)
            RETURNING occurred_at
            """
        ) { try $0.int(0) }
        guard let last = trimmed.max() else { return }
        try execute(
            """
            INSERT INTO trimmed_events (id, until) VALUES (1, \(last))
            ON CONFLICT (id) DO UPDATE SET until = max(until, excluded.until)
            """)
    }
}
