import Auth
import Glibc

/// Book, reserve, confirm on booking's own schema, by the statements of its three use cases.
/// - Returns: flows a second, as JSON.
func bookingFlows(database path: String, clients: Int, milliseconds: Int) throws -> String {
    let database = try Bare(path)
    let write = try BookingWrites(database)
    let now = microseconds(CLOCK_REALTIME) / 1000
    var last = now << 22
    var steps = [Int](repeating: 0, count: clients)
    var bookings = [Int64](repeating: 0, count: clients)
    let perSecond = try groupCommits(on: database, submitters: clients, milliseconds: milliseconds) { client in
        last += 1
        if steps[client] == 0 { bookings[client] = last }
        let session = bookings[client] % 1000 + 1
        switch steps[client] {
        case 0: try write.book(bookings[client], user: Int64(client) + 1, session, now)
        case 1: try write.reserve(bookings[client], reservation: last, session, now)
        default: try write.confirm(bookings[client], session, now)
        }
        steps[client] = (steps[client] + 1) % 3
    }
    return #"{"per_second": \#(perSecond / 3)}"#
}

private struct BookingWrites {
    private static let hold: Int64 = 600_000

    private let database: Bare
    private let findSession: OpaquePointer
    private let findBooking: OpaquePointer
    private let findLapsed: OpaquePointer
    private let addBooking: OpaquePointer
    private let addReservation: OpaquePointer
    private let sell: OpaquePointer
    private let markConfirmed: OpaquePointer
    private let record: OpaquePointer
    private let findHash: OpaquePointer
    private let addEntry: OpaquePointer

    init(_ database: Bare) throws {
        self.database = database
        let columns = """
            SELECT b.id, b.user_id, b.session_id, b.created_at, b.closes_at, b.confirmed_at, b.cancelled_at,
                b.expired_at, b.refunded_at, r.state, r.seats
            FROM bookings b LEFT JOIN reservations r ON r.booking_id = b.id
            """
        findBooking = try database.prepare("\(columns) WHERE b.id = ?")
        findLapsed = try database.prepare(
            """
            \(columns) WHERE b.session_id = ? AND b.closes_at <= ?
                AND b.confirmed_at IS NULL AND b.cancelled_at IS NULL AND b.expired_at IS NULL
            """)
        findSession = try database.prepare(
            """
            SELECT starts_at, room_id, allocation, held, sold, EXISTS (SELECT 1 FROM closed_sessions c WHERE c.id = s.id)
            FROM sessions s WHERE id = ?
            """)
        addBooking = try database.prepare(
            """
            INSERT INTO bookings (id, user_id, session_id, created_at, closes_at, movie_id, place_id)
            SELECT ?1, ?2, id, ?4, ?5, movie_id, place_id FROM sessions WHERE id = ?3
            """)
        addReservation = try database.prepare(
            """
            INSERT INTO reservations (id, booking_id, session_id, seats, state, held_until, reserved_at)
            VALUES (?, ?, ?, 2, 'held', ?, ?)
            ON CONFLICT (booking_id) DO UPDATE SET seats = excluded.seats, reserved_at = excluded.reserved_at
            """)
        sell = try database.prepare("UPDATE reservations SET state = 'sold' WHERE booking_id = ?")
        markConfirmed = try database.prepare("UPDATE bookings SET confirmed_at = ?, language = 'fr' WHERE id = ?")
        record = try database.prepare(
            """
            INSERT INTO events (type, session_id, booking_id, seats, free, occurred_at)
            SELECT iif(?1 = 0, 'booking.opened', iif(?1 = 1, 'seats.reserved', 'booking.confirmed')), id, ?2, 2,
                allocation - held - sold, ?3
            FROM sessions WHERE id = ?4
            """)
        findHash = try database.prepare("SELECT hash FROM journal ORDER BY number DESC LIMIT 1")
        addEntry = try database.prepare("INSERT INTO journal (session_id, entry, hash) VALUES (?, ?, ?)")
    }

    func book(_ booking: Int64, user: Int64, _ session: Int64, _ now: Int64) throws {
        try database.run(findSession, session)
        try database.run(addBooking, booking, user, session, now, now + Self.hold)
        try keep(
            #"{"at":\#(now),"is":"opened","booking":"bkg_\#(booking)","user":"usr_\#(user)","closes_at":\#(now + Self.hold)}"#,
            session)
        try database.run(record, 0, booking, now, session)
    }

    func reserve(_ booking: Int64, reservation: Int64, _ session: Int64, _ now: Int64) throws {
        try database.run(findBooking, booking)
        try database.run(findLapsed, session, now)
        try database.run(findSession, session)
        try database.run(addReservation, reservation, booking, session, now + Self.hold, now)
        try keep(#"{"at":\#(now),"is":"reserved","booking":"bkg_\#(booking)","count":2}"#, session)
        try database.run(record, 1, booking, now, session)
    }

    func confirm(_ booking: Int64, _ session: Int64, _ now: Int64) throws {
        try database.run(findBooking, booking)
        try database.run(sell, booking)
        try database.run(markConfirmed, now, booking)
        try keep(#"{"at":\#(now),"is":"confirmed","booking":"bkg_\#(booking)","tickets":[]}"#, session)
        try database.run(record, 2, booking, now, session)
    }

    private func keep(_ entry: String, _ session: Int64) throws {
        let previous = try database.bytes(findHash) ?? [UInt8](repeating: 0, count: SHA256.length)
        bind(addEntry, 2, entry)
        bind(addEntry, 3, SHA256.hash(previous + Array("\(session) \(entry)".utf8)))
        try database.run(addEntry, session)
    }
}
