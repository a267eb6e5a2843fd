import EventLoop
import JSON
import SQLite
import Telemetry
import Time

extension BookingService {
    private static let lookMilliseconds: Int64 = 250
    /// Those who buy commit in between.
    private static let pauseMilliseconds: Int64 = 20
    private static let mostEvents: Int64 = 500

    /// Follows what happens, as others do who are told it, and notes a mail for each booking that is confirmed.
    func noteMails() async {
        while !Task.isCancelled {
            var isBehind = false
            do {
                isBehind = try await noteMailBatch()
            } catch {
                if Task.isCancelled { return }
                log.error("mails_not_noted", [("reason", .string("\(error)"))], kind: "", within: logThrottle)
            }
            let pause = isBehind ? Self.pauseMilliseconds : Self.lookMilliseconds
            if (try? await loop.sleep(milliseconds: pause)) == nil { return }
        }
    }

    /// - Returns: whether more may have happened.
    package func noteMailBatch() async throws -> Bool {
        let (position, last, waiting, oldest) = try database.read { connection in
            let position = try connection.position(of: Mailer.follower)
            let oldest = try connection.first(
                "SELECT coalesce(retold_at, occurred_at) FROM events WHERE sequence > \(position) ORDER BY sequence LIMIT 1"
            ) { try $0.value(0, as: Timestamp.self) }
            let last = try connection.first(
                """
                SELECT max(sequence) FROM
                    (SELECT sequence FROM events WHERE sequence > \(position) ORDER BY sequence LIMIT \(Self.mostEvents))
                """
            ) { try $0.intOrNil(0) }
            let lost = try connection.lostEvents(after: position)
            let newest = try connection.newestEvent() ?? position
            let waiting = try connection.waiting(for: Mailer.follower, after: position, upTo: newest, lost)
            return (position, last ?? nil, waiting, oldest)
        }
        mailer.backlog.show(waiting, since: oldest, at: clock.now())
        guard let last else { return false }
        try await database.write { [clock, mailer] transaction in
            // With mails off, those of today are not sent tomorrow.
            if mailer.perSecond > 0 { try transaction.noteMails(after: position, upTo: last, at: clock.now()) }
            try transaction.advance(Mailer.follower, to: last)
        }
        return last - position >= Self.mostEvents
    }
}
