import JSON
import SQLite
import TypedID

/// The tables that say who has which seats.
enum AuditedTable: String, CaseIterable, Comparable, Sendable {
    case sessions
    case closedSessions = "closed_sessions"
    case bookings, reservations
    case seatHolders = "seat_holders"
    case tickets

    static func < (left: AuditedTable, right: AuditedTable) -> Bool { left.order < right.order }

    private var order: Int { Self.allCases.firstIndex(of: self) ?? 0 }

    /// How a row is called in a report, before its number.
    fileprivate var prefix: StaticString {
        switch self {
        case .sessions, .closedSessions: SessionTag.prefix
        case .bookings, .reservations: BookingTag.prefix
        case .seatHolders: SeatTag.prefix
        case .tickets: TicketTag.prefix
        }
    }

    /// A number that no other row of the session has in this table, and what is audited of the row as a JSON object.
    fileprivate func rows(of session: SessionID) -> SQL {
        switch self {
        case .sessions:
            """
            SELECT id, json_object('starts_at', starts_at, 'room_id', room_id, 'allocation', allocation, 'held', held,
                'sold', sold)
            FROM sessions WHERE id = \(session)
            """
        case .closedSessions:
            "SELECT id, json_object('closed_at', closed_at) FROM closed_sessions WHERE id = \(session)"
        case .bookings:
            """
            SELECT id, json_object('user_id', user_id, 'created_at', created_at, 'closes_at', closes_at,
                'confirmed_at', confirmed_at, 'cancelled_at', cancelled_at, 'expired_at', expired_at,
                'refunded_at', refunded_at)
            FROM bookings WHERE session_id = \(session)
            """
        case .reservations:
            """
            SELECT r.booking_id, json_object('session_id', r.session_id, 'seats', r.seats, 'state', r.state,
                'held_until', r.held_until, 'reserved_at', r.reserved_at)
            FROM bookings b JOIN reservations r ON r.booking_id = b.id WHERE b.session_id = \(session)
            """
        case .seatHolders:
            """
            SELECT h.seat_id, json_object('booking_id', r.booking_id, 'room_id', h.room_id)
            FROM seat_holders h LEFT JOIN reservations r ON r.id = h.reservation_id WHERE h.session_id = \(session)
            """
        case .tickets:
            """
            SELECT id, json_object('booking_id', booking_id, 'seat_id', seat_id, 'tariff', tariff, 'amount', amount,
                'currency', currency, 'generation', generation, 'refunded_at', refunded_at)
            FROM tickets WHERE session_id = \(session)
            """
        }
    }

    /// Rows that belong to a session or a booking that there is not.
    fileprivate var strays: SQL {
        switch self {
        case .sessions: "PRAGMA foreign_key_check(sessions)"
        case .closedSessions: "PRAGMA foreign_key_check(closed_sessions)"
        case .bookings: "PRAGMA foreign_key_check(bookings)"
        case .reservations: "PRAGMA foreign_key_check(reservations)"
        case .seatHolders: "PRAGMA foreign_key_check(seat_holders)"
        case .tickets: "PRAGMA foreign_key_check(tickets)"
        }
    }
}

/// What a row is called within its session.
struct RowName: Hashable, Comparable, Sendable, CustomStringConvertible {
    let table: AuditedTable
    let id: Int64

    init(_ table: AuditedTable, _ id: Int64) {
        self.table = table
        self.id = id
    }

    static func < (left: RowName, right: RowName) -> Bool { (left.table, left.id) < (right.table, right.id) }

    var description: String {
        table == .reservations ? "reservations of \(table.prefix)_\(id)" : "\(table.rawValue) \(table.prefix)_\(id)"
    }
}

/// What is audited of a row.
struct AuditedRow: Sendable {
    let name: RowName
    let cells: JSONObject

    init(name: RowName, cells: JSONObject) {
        self.name = name
        self.cells = cells
    }

    /// Nil for a row of the session's own.
    var booking: BookingID? {
        switch name.table {
        case .sessions, .closedSessions: nil
        case .bookings, .reservations: BookingID(rawValue: name.id)
        case .seatHolders, .tickets: cells["booking_id"]?.integerValue.map(BookingID.init(rawValue:))
        }
    }

    func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("table", name.table.rawValue)
            json.field("id", name.id)
            json.field("row", JSONValue.object(cells))
        }
    }

    init(_ json: JSONValue) throws(Unreadable) {
        guard let table = json["table"]?.stringValue.flatMap(AuditedTable.init), let cells = json["row"]?.objectValue
        else { throw Unreadable() }
        self.init(name: RowName(table, try json.integer("id")), cells: cells)
    }
}

extension Connection {
    /// Every session that there is anything of.
    func auditedSessions() throws -> [SessionID] {
        try rows(
            """
            SELECT id FROM sessions UNION SELECT id FROM closed_sessions UNION SELECT session_id FROM journal
                WHERE session_id IS NOT NULL
            ORDER BY 1
            """
        ) { try $0.value(0) }
    }

    func auditedRows(of session: SessionID) throws -> [RowName: JSONObject] {
        var found: [RowName: JSONObject] = [:]
        for table in AuditedTable.allCases {
            try forEach(table.rows(of: session)) { row in
                guard let cells = try JSONValue(parsing: Array(row.text(1).utf8)).objectValue else { return }
                found[RowName(table, try row.int(0))] = cells
            }
        }
        return found
    }

    /// A sentence for each row that belongs to nothing that there is.
    func strayRows() throws -> [String] {
        try AuditedTable.allCases.flatMap { table in
            try rows(table.strays) { row in
                let number = try row.intOrNil(1).map { " (rowid \($0))" } ?? ""
                return "a row of \(table.rawValue)\(number) belongs to none of \(try row.text(2))"
            }
        }
    }
}
