import EventLoop
import SQLite
import Time

extension BookingService {
    private static let lookMilliseconds: Int64 = 250

    /// Follows what happens, as others do who are told it, and notes a mail for each booking that is confirmed.
    func noteMails() async {
        while !Task.isCancelled {
            let isBehind = (try? await noteMailBatch()) ?? false
            if !isBehind, (try? await loop.sleep(milliseconds: Self.lookMilliseconds)) == nil { return }
        }
    }

    /// - Returns: whether more may have happened.
    private func noteMailBatch() async throws -> Bool {
        let (position, last) = try database.read { connection in
            let position = try connection.position(of: Mailer.follower)
            let last = try connection.first(
                """
                SELECT max(sequence) FROM
                    (SELECT sequence FROM events WHERE sequence > \(position) ORDER BY sequence LIMIT \(Self.eventsAtOnce))
                """
            ) { try $0.intOrNil(0) }
            return (position, last ?? nil)
        }
        guard let last else { return false }
        try await database.write { [clock, mailer] transaction in
            // With mails off, those of today are not sent tomorrow.
            if mailer.perSecond > 0 { try transaction.noteMails(after: position, upTo: last, at: clock.now()) }
            try transaction.advance(Mailer.follower, to: last)
        }
        return last - position >= Self.eventsAtOnce
    }
}
