import EventLoop
import JSON
import SQLite
import Telemetry
import Time
import TypedID

/// Visits are made of tracking events after those were answered: counted as it is tracked, each would cost the busiest
/// write of the service several times as much. Ids grow in the order in which events are committed, so that what comes
/// after the last one taken is all that is new; how far it has come is written with what it has made.
extension AnalyticsService {
    static let eventsAtOnce: Int64 = 200
    private static let pollMilliseconds: Int64 = 250
    /// While more events come in, they are left this many times as long as a batch of visits took.
    private static let leftToOthers: Int64 = 4

    package func work() async {
        var newest: EventID?
        var isFailing = false
        while !Task.isCancelled {
            var pause = Self.pollMilliseconds
            do {
                let following = try database.read { try $0.following() }
                lag.set(following.lagMilliseconds(at: clock.now()) / 1000)
                let isBusy = newest != nil && newest != following.newest
                newest = following.newest
                if following.next != nil, let took = try await followBatch() {
                    pause = isBusy ? min(Self.pollMilliseconds, Self.leftToOthers * (took + 1)) : 1
                }
                isFailing = false
            } catch {
                if !isFailing { log.warning("visits_not_counted", [("reason", .string("\(error)"))]) }
                isFailing = true
            }
            guard (try? await loop.sleep(milliseconds: pause)) != nil else { return }
        }
    }

    /// - Returns: how many milliseconds it took, if more may be waiting.
    private func followBatch() async throws -> Int64? {
        let start = monotonicNanoseconds()
        let count = try await database.write { try $0.followEvents(limit: Self.eventsAtOnce) }
        return count == Self.eventsAtOnce ? Int64((monotonicNanoseconds() - start) / 1_000_000) : nil
    }
}

/// How far events have been made into visits.
struct Following: Sendable {
    let newest: EventID?
    /// When the first one that is still to be taken was received; nil where all are.
    let next: Timestamp?

    /// Every event that was received before is counted.
    func countedUntil(_ now: Timestamp) -> Timestamp { next ?? now }

    func lagMilliseconds(at now: Timestamp) -> Int64 { max(0, now.rawValue - countedUntil(now).rawValue) }
}

extension Connection {
    func following() throws -> Following {
        let position = try followedEvents()
        let next: Timestamp? = try first(
            "SELECT received_at FROM events WHERE id > \(position) ORDER BY id LIMIT 1"
        ) { try $0.value(0) }
        let newest: EventID? = try first("SELECT max(id) FROM events") { try $0.valueOrNil(0) } ?? nil
        return Following(newest: newest, next: next)
    }

    fileprivate func followedEvents() throws -> Int64 {
        try first("SELECT sequence FROM taken_events WHERE source = 'tracking'") { try $0.int(0) } ?? 0
    }
}

extension Transaction {
    /// Makes visits of the next events, each of which is taken once.
    /// - Returns: how many there were.
    fileprivate func followEvents(limit: Int64) throws -> Int64 {
        let events = try rows(
            """
            SELECT id, tracking_id, type, path, scheme, query, received_at FROM events
            WHERE id > \(try followedEvents()) ORDER BY id LIMIT \(limit)
            """
        ) { try TrackedPage($0) }
        guard let last = events.last else { return 0 }
        var batch = VisitBatch(self)
        for event in events { try batch.take(event) }
        try batch.write()
        try execute(
            """
            INSERT INTO taken_events (source, sequence) VALUES ('tracking', \(last.id))
            ON CONFLICT (source) DO UPDATE SET sequence = excluded.sequence
            """)
        return Int64(events.count)
    }
}

extension TrackedPage {
    fileprivate init(_ row: Row) throws {
        id = try row.value(0)
        trackingID = try row.text(1)
        kind = try row.value(2)
        path = try row.text(3)
        let query = (try? JSONValue(parsing: Array(row.text(5).utf8)))?.objectValue
        variant = PageEvent.variant(scheme: try row.text(4), query: query ?? [:])
        at = try row.int(6)
    }
}
