import Auth
import JSON
import SQLite
import Time
import TypedID

/// How each entry is tied to all that come before it.
enum JournalChain {
    /// Before the first entry.
    static let beginning = [UInt8](repeating: 0, count: SHA256.length)

    /// 0 stands for none: no session has that number, and a row that says it has is another than one that says nothing.
    static func hash(after previous: [UInt8], _ session: SessionID?, _ text: String) -> [UInt8] {
        let number = session.map { $0.rawValue == 0 ? "-0" : "\($0.rawValue)" } ?? "0"
        return SHA256.hash(previous + Array("\(number) \(text)".utf8))
    }
}

extension Transaction {
    /// Keeps what happened to a booking, and tells those who follow: in the transaction that made it happen.
    func record(_ entry: JournalEntry, of booking: Booking, at now: Timestamp) throws {
        try keep(entry, of: booking.sessionID, at: now)
        if let type = entry.event { try tell(type, booking, at: now) }
    }

    /// The same of a session.
    func record(_ entry: JournalEntry, of session: SessionID, at now: Timestamp) throws {
        try keep(entry, of: session, at: now)
        if entry.event != nil { try tellChange(of: session, at: now) }
    }

    /// The hash before it is read from the table, and so from what a savepoint that was undone has left.
    func keep(_ entry: JournalEntry, of session: SessionID?, at now: Timestamp) throws {
        let previous = try first("SELECT hash FROM journal ORDER BY number DESC LIMIT 1") { try $0.bytes(0) }
        let text = entry.text(at: now)
        let hash = JournalChain.hash(after: previous ?? JournalChain.beginning, session, text)
        try execute("INSERT INTO journal (session_id, entry, hash) VALUES (\(session), \(text), \(hash))")
    }
}

extension BookingService {
    /// Begins the journal where it has none: with everything that is there already, as it stands. Databases from before
    /// the journal have that, and those with sample data.
    package static func begin(_ transaction: Transaction, at now: Timestamp) throws {
        guard try transaction.first("SELECT 1 FROM journal LIMIT 1", { _ in true }) == nil else { return }
        for session in try transaction.auditedSessions() {
            let rows = try transaction.auditedRows(of: session)
            if let terms = rows[RowName(.sessions, session.rawValue)] {
                let met = JournalEntry.met(
                    allocation: try terms.integer("allocation"),
                    startsAt: Timestamp(rawValue: try terms.integer("starts_at")),
                    room: terms["room_id"]?.integerValue.map(RoomID.init(rawValue:)))
                try transaction.keep(met, of: session, at: now)
            }
            if let closed = rows[RowName(.closedSessions, session.rawValue)] {
                let closedAt = Timestamp(rawValue: try closed.integer("closed_at"))
                try transaction.keep(.closed, of: session, at: closedAt)
            }
            let ofBookings = Dictionary(grouping: rows.map(AuditedRow.init)) { $0.booking?.rawValue ?? 0 }
            for (booking, rows) in ofBookings.sorted(by: { $0.key < $1.key }) where booking != 0 {
                try transaction.keep(.standing(rows.sorted { $0.name < $1.name }), of: session, at: now)
            }
        }
    }
}
