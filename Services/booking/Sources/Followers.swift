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

    /// Tells a follower what happens, for as long as the service runs.
    func relay(to follower: Follower) async {
        var failures = 0
        while !Task.isCancelled {
            var pause: Int64 = 0
            do {
                if try await !relayBatch(to: follower) { pause = Self.pollMilliseconds }
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
    private func relayBatch(to follower: Follower) async throws -> Bool {
        let (position, newest, events) = try database.read { connection in
            let position = try connection.position(of: follower.name)
            return (position, try connection.newestEvent() ?? position, try connection.events(after: position))
        }
        follower.waiting.set(max(0, newest - position))
        guard let first = events.first, let last = events.last else {
            follower.lag.set(0)
            return false
        }
        follower.lag.set(max(0, (clock.now().rawValue - first.occurredAt.rawValue) / 1000))
        // Its own account counts: one that was restored from a copy goes back to where that was made.
        let taken = min(try await follower.take(events, after: position), last.sequence)
        try await database.write { [clock] transaction in
            try transaction.advance(follower.name, to: taken)
            try transaction.trimEvents(at: clock.now())
        }
        return taken == last.sequence && newest > taken
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

    fileprivate func events(after position: Int64) throws -> [RecordedEvent] {
        try rows(
            """
            \(sql: RecordedEvent.columns) WHERE e.sequence > \(position)
            ORDER BY e.sequence LIMIT \(BookingService.eventsAtOnce)
            """
        ) { try RecordedEvent($0) }
    }
}

extension Transaction {
    private static let eventsAreKeptMilliseconds: Int64 = 7 * 86_400_000

    func advance(_ follower: String, to sequence: Int64) throws {
        try execute(
            """
            INSERT INTO followers (name, sequence) VALUES (\(follower), \(sequence))
            ON CONFLICT (name) DO UPDATE SET sequence = excluded.sequence
            """)
    }

    /// Deletes old events that every follower has taken: a few each time, yet more than come in between.
    fileprivate func trimEvents(at now: Timestamp) throws {
        let old = now.advanced(byMilliseconds: -Self.eventsAreKeptMilliseconds)
        try execute(
            """
            DELETE FROM events
            WHERE sequence < (SELECT min(sequence) + \(2 * BookingService.eventsAtOnce) FROM events)
                AND sequence <= (SELECT min(sequence) FROM followers) AND occurred_at < \(old)
            """)
    }
}
