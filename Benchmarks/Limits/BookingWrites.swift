import Auth

/// What the transactions of booking's three use cases execute where seats are only counted and cost nothing, in their
/// order. If it changes there, it follows here.
struct BookingWrites {
    private static let hold: Int64 = 600_000

    private let database: Bare
    private let findSession: OpaquePointer
    private let findBooking: OpaquePointer
    private let findLapsed: OpaquePointer
    private let findTariffs: OpaquePointer
    private let findLanguage: OpaquePointer
    private let findBill: OpaquePointer
    private let findSeats: OpaquePointer
    private let addBooking: OpaquePointer
    private let addReservation: OpaquePointer
    private let sell: OpaquePointer
    private let markConfirmed: OpaquePointer
    private let addTicket: OpaquePointer
    private let tell: OpaquePointer
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
        findTariffs = try database.prepare(
            "SELECT name, amount, currency, condition FROM session_tariffs WHERE session_id = ? ORDER BY position")
        findLanguage = try database.prepare("SELECT language FROM bookings WHERE id = ?")
        findBill = try database.prepare(
            """
            SELECT booking_id, tariff, amount, currency, seats FROM booking_lines
            WHERE booking_id IN (?) ORDER BY booking_id, position
            """)
        findSeats = try database.prepare(
            """
            SELECT h.seat_id FROM reservations r JOIN seat_holders h ON h.reservation_id = r.id
                JOIN seats s ON s.id = h.seat_id
            WHERE r.booking_id = ? ORDER BY s.y, s.x, s.id
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
        markConfirmed = try database.prepare(
            "UPDATE bookings SET confirmed_at = ?, language = 'en', paid_through = NULL WHERE id = ?")
        addTicket = try database.prepare(
            """
            INSERT INTO tickets (id, booking_id, session_id, seat_id, tariff, amount, currency)
            VALUES (?, ?, ?, NULL, NULL, NULL, NULL)
            """)
        tell = try database.prepare(
            """
            INSERT INTO events (type, session_id, booking_id, seats, free, occurred_at, retold_at)
            SELECT ?5, id, ?1, ?2, allocation - held - sold, ?3, NULL FROM sessions WHERE id = ?4
            """)
        findHash = try database.prepare("SELECT hash FROM journal ORDER BY number DESC LIMIT 1")
        addEntry = try database.prepare("INSERT INTO journal (session_id, entry, hash) VALUES (?, ?, ?)")
    }

    func book(_ booking: Int64, user: Int64, _ session: Int64, _ now: Int64) throws {
        try database.run(findSession, session)
        try database.run(addBooking, booking, user, session, now, now + Self.hold)
        try record(
            #"{"at":\#(now),"is":"opened","booking":"bkg_\#(booking)","user":"usr_\#(user)","closes_at":\#(now + Self.hold)}"#,
            "booking.opened", booking, seats: 0, session, now)
    }

    func reserve(_ booking: Int64, reservation: Int64, _ session: Int64, _ now: Int64) throws {
        try database.run(findBooking, booking)
        try database.run(findLapsed, session, now)
        try database.run(findSession, session)
        try database.run(findTariffs, session)
        try database.run(addReservation, reservation, booking, session, now + Self.hold, now)
        try record(
            #"{"at":\#(now),"is":"reserved","booking":"bkg_\#(booking)","count":2}"#, "seats.reserved", booking,
            seats: 2, session, now)
    }

    func confirm(_ booking: Int64, _ session: Int64, tickets: ClosedRange<Int64>, _ now: Int64) throws {
        try database.run(findBooking, booking)
        try database.run(findLanguage, booking)
        try database.run(findBill, booking)
        try database.run(sell, booking)
        try database.run(markConfirmed, now, booking)
        try database.run(findSeats, booking)
        for ticket in tickets { try database.run(addTicket, ticket, booking, session) }
        let sold = tickets.map { #"{"id":"tkt_\#($0)"}"# }.joined(separator: ",")
        try record(
            #"{"at":\#(now),"is":"confirmed","booking":"bkg_\#(booking)","tickets":[\#(sold)]}"#, "booking.confirmed",
            booking, seats: 2, session, now)
    }

    private func record(
        _ entry: String, _ type: String, _ booking: Int64, seats: Int64, _ session: Int64, _ now: Int64
    ) throws {
        let previous = try database.bytes(findHash) ?? [UInt8](repeating: 0, count: SHA256.length)
        bind(addEntry, 2, entry)
        bind(addEntry, 3, SHA256.hash(previous + Array("\(session) \(entry)".utf8)))
        try database.run(addEntry, session)
        bind(tell, 5, type)
        try database.run(tell, booking, seats, now, session)
    }
}
