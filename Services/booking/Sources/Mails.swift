import SQLite
import Time
import TypedID

/// A mail that is to go.
struct WaitingMail: Sendable, Equatable {
    let bookingID: BookingID
    let language: Language
    /// This one included.
    let attempt: Int64
}

/// What became of an attempt.
enum MailOutcome: Sendable, Equatable {
    case sent
    /// There is nothing to say any more.
    case dropped
    /// It would fail in the same way again.
    case failed(String)
    case deferred(String)
}

extension Transaction {
    /// Notes a mail for each booking that was confirmed in those events.
    func noteMails(after position: Int64, upTo last: Int64, at now: Timestamp) throws {
        try execute(
            """
            INSERT INTO mails (booking_id, language, next_at)
            SELECT b.id, coalesce(b.language, \(Language.usual)), \(now)
            FROM events e JOIN bookings b ON b.id = e.booking_id
            WHERE e.sequence > \(position) AND e.sequence <= \(last) AND e.type = \(EventType.confirmed)
                -- What followers are told once more is of a later time.
                AND e.occurred_at = b.confirmed_at
            ON CONFLICT (booking_id) DO NOTHING
            """)
    }

    /// Takes mails whose time has come, and notes that they are tried before they are: should the process end meanwhile,
    /// that counts, and they are tried again.
    func beginMails(limit: Int64, at now: Timestamp) throws -> [WaitingMail] {
        let mails = try rows(
            """
            SELECT booking_id, language, attempts + 1 FROM mails
            WHERE state = 'waiting' AND next_at <= \(now) ORDER BY next_at LIMIT \(limit)
            """
        ) { row in
            WaitingMail(bookingID: try row.value(0), language: try row.value(1), attempt: try row.int(2))
        }
        for mail in mails {
            try execute(
                """
                UPDATE mails SET attempts = \(mail.attempt), next_at = \(MailRetries.next(after: mail.attempt, at: now))
                WHERE booking_id = \(mail.bookingID)
                """)
        }
        return mails
    }

    func endMail(_ mail: WaitingMail, _ outcome: MailOutcome) throws {
        let (state, reason): (String, String?) =
            switch outcome {
            case .sent: ("sent", nil)
            case .dropped: ("dropped", nil)
            case .failed(let reason): ("failed", reason)
            case .deferred(let reason): (mail.attempt < MailRetries.most ? "waiting" : "failed", reason)
            }
        try execute(
            "UPDATE mails SET state = \(state), last_error = \(reason) WHERE booking_id = \(mail.bookingID)")
    }
}

extension Connection {
    /// How many mails wait, and how many were given up: of many 10,000, which are counted in no time.
    func mailCounts() throws -> (waiting: Int64, failed: Int64) {
        (
            try first("SELECT count(*) FROM (SELECT 1 FROM mails WHERE state = 'waiting' LIMIT 10000)") {
                try $0.int(0)
            } ?? 0,
            try first("SELECT count(*) FROM (SELECT 1 FROM mails WHERE state = 'failed' LIMIT 10000)") {
                try $0.int(0)
            } ?? 0
        )
    }
}

/// When a mail that did not go is tried again: after half a minute, a minute, two, and so on up to an hour, for six hours.
enum MailRetries {
    static let most: Int64 = 12
    private static let firstMilliseconds: Int64 = 30_000
    private static let longestMilliseconds: Int64 = 3_600_000

    static func next(after attempt: Int64, at now: Timestamp) -> Timestamp {
        let pause = min(longestMilliseconds, firstMilliseconds << min(max(attempt - 1, 0), 20))
        // What failed together does not come back together.
        return now.advanced(byMilliseconds: pause - Int64.random(in: 0...pause / 4))
    }
}
