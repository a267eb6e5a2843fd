import BookingService
import SQLite

/// What booking's database holds, compared with what it should.
struct Books {
    private struct Account {
        var allocation: Int?
        var seats: [Int64: Int] = [:]
        var taken: Int { seats.values.reduce(0, +) }
    }

    /// Every event so far.
    private(set) var events: [Inbox.Event] = []
    private var told: [Int64: [Model.Told]] = [:]
    private var accounts: [String: Account] = [:]
    /// Whether a mail is noted for all that was confirmed.
    private(set) var isWhole = false

    /// What booking did of itself: it may note that a booking has run out, once it has. Then the counters of every
    /// session.
    /// - Parameter latest: the latest moment that the clock showed since the last time.
    func reconcile(_ model: inout Model, in database: Database, latest: Int64) throws {
        let (open, sessions) = try database.read { connection in
            (
                Set(
                    try connection.rows(
                        """
                        SELECT id FROM bookings
                        WHERE confirmed_at IS NULL AND cancelled_at IS NULL AND expired_at IS NULL
                        """
                    ) { try $0.int(0) }),
                try connection.rows("SELECT id, starts_at, allocation, held, sold FROM sessions ORDER BY id") {
                    try [$0.int(0), $0.int(1), $0.int(2), $0.int(3), $0.int(4)]
                }
            )
        }
        for booking in model.open where !open.contains(booking.id) {
            guard latest >= booking.closesAt else {
                throw Difference("booking \(booking.id) is no longer open, \(booking.closesAt - latest) ms too early")
            }
            model.expire(booking.id)
        }
        for id in open.sorted() where model.bookings[id]?.state != .open {
            throw Difference("booking \(id) is open, which was \(model.bookings[id]?.state.rawValue ?? "never made")")
        }
        let known = model.sessions.indices.filter { model.sessions[$0].isMet }.map { index in
            let (session, counters) = (model.sessions[index], model.counters(of: index))
            return [
                session.showing.number, session.startsAt, Int64(session.allocation), Int64(counters.held),
                Int64(counters.sold),
            ]
        }
        guard sessions == known else {
            throw Difference("sessions (id, starts_at, allocation, held, sold) are \(sessions), and should be \(known)")
        }
    }

    /// Everything there is.
    mutating func compare(_ model: Model, in database: Database, latest: Int64) throws {
        try database.read { connection in
            try compareBookings(model, connection)
            try compareSeats(model, connection)
            try compareKept(model, connection, latest)
            try takeEvents(connection)
            try compareMails(connection)
        }
        for booking in model.bookings.values where told[booking.id] != booking.told {
            throw Difference(
                "of booking \(booking.id) is told \(told[booking.id] ?? []), and should be \(booking.told)")
        }
    }

    private func compareBookings(_ model: Model, _ connection: Connection) throws {
        let rows = try connection.rows(
            """
            SELECT b.id, b.user_id, b.session_id, b.created_at, b.closes_at, b.confirmed_at,
                coalesce(b.cancelled_at, b.refunded_at), b.expired_at IS NOT NULL, coalesce(r.seats, 0),
                coalesce(r.state, 'none'), (SELECT count(*) FROM tickets t WHERE t.session_id = b.session_id
                    AND t.booking_id = b.id AND t.refunded_at IS NULL)
            FROM bookings b LEFT JOIN reservations r ON r.booking_id = b.id ORDER BY b.id
            """
        ) { row in
            let numbers = try [0, 1, 2, 3, 4, 5, 6, 7, 8, 10].map { try row.intOrNil($0) }
            return (numbers: numbers, state: try row.text(9))
        }
        let wanted = model.bookings.values.sorted { $0.id < $1.id }.map { booking in
            let state =
                switch booking.state {
                case .open: "held"
                case .confirmed: "sold"
                case .cancelled, .expired: "released"
                }
            let numbers: [Int64?] = [
                booking.id, booking.user, model.sessions[booking.session].showing.number, booking.createdAt,
                booking.closesAt, booking.confirmedAt, booking.calledOffAt, booking.state == .expired ? 1 : 0,
                Int64(booking.count), booking.state == .confirmed ? Int64(booking.count) : 0,
            ]
            return (numbers: numbers, state: booking.count == 0 ? "none" : state)
        }
        for (row, wanted) in zip(rows, wanted) where row != wanted {
            throw Difference("a booking is \(row), and should be \(wanted)")
        }
        guard rows.count == wanted.count else {
            throw Difference("there are \(rows.count) bookings, and should be \(wanted.count)")
        }
    }

    private func compareSeats(_ model: Model, _ connection: Connection) throws {
        let rows = try connection.rows(
            """
            SELECT h.session_id, h.seat_id, r.booking_id
            FROM seat_holders h JOIN reservations r ON r.id = h.reservation_id ORDER BY h.session_id, h.seat_id
            """
        ) { try [$0.int(0), $0.int(1), $0.int(2)] }
        let wanted = model.bookings.values.filter { $0.state == .open || $0.state == .confirmed }.flatMap { booking in
            booking.seats.map { [model.sessions[booking.session].showing.number, $0, booking.id] }
        }
        guard rows == wanted.sorted(by: { $0.lexicographicallyPrecedes($1) }) else {
            throw Difference("seats (session, seat, booking) are \(rows), and should be \(wanted)")
        }
    }

    /// - Parameter latest: what was old by then may be deleted.
    private func compareKept(_ model: Model, _ connection: Connection, _ latest: Int64) throws {
        let rows = try connection.rows("SELECT scope || ' ' || key, status, body FROM idempotency_records") { row in
            (name: try row.text(0), status: Int(try row.int(1)), body: try row.bytes(2))
        }
        let byName = Dictionary(rows.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        for row in rows where model.kept[row.name] == nil {
            throw Difference("an answer is kept under \(row.name), \(row.status), that nobody was given")
        }
        for (name, kept) in model.kept where latest - kept.createdAt < Model.keptMilliseconds {
            guard let row = byName[name], row.status == kept.status, row.body == kept.answer else {
                throw Difference("the answer of \(name), \(kept.status), is not kept")
            }
        }
    }

    /// What whoever comes again with that key is answered; nil where nothing is kept since that moment.
    func answer(keptUnder name: String, at moment: Int64, in database: Database) throws -> Answer? {
        try database.read { connection in
            try connection.first(
                """
                SELECT status, body FROM idempotency_records
                WHERE scope || ' ' || key = \(name) AND created_at = \(moment)
                """
            ) { Answer(status: Int(try $0.int(0)), body: try $0.bytes(1)) }
        }
    }

    /// Each event says how many seats are free after it: that follows from those before.
    private mutating func takeEvents(_ connection: Connection) throws {
        let new = try connection.rows(
            """
            SELECT sequence, type, booking_id, seats, free, session_id FROM events
            WHERE sequence > \(events.last?.sequence ?? 0) ORDER BY sequence
            """
        ) { row in
            Inbox.Event(
                sequence: try row.int(0), type: try row.text(1), booking: try row.intOrNil(2),
                seats: Int(clamping: try row.int(3)), free: Int(clamping: try row.int(4)),
                session: "ses_\(try row.int(5))")
        }
        for event in new {
            var account = accounts[event.session] ?? Account()
            if let booking = event.booking {
                let isOver = ["booking.cancelled", "booking.expired", "booking.refunded"].contains(event.type)
                account.seats[booking] = isOver ? 0 : event.seats
                told[booking, default: []].append(Model.Told(type: event.type, seats: event.seats))
            } else {
                account.allocation = nil
            }
            let allocation = account.allocation ?? event.free + account.taken
            guard event.free == allocation - account.taken else {
                throw Difference("after \(event), \(allocation - account.taken) seats are free")
            }
            account.allocation = allocation
            accounts[event.session] = account
        }
        events += new
    }

    /// What a follower refuses is set aside, and nothing else is; it stays until it is told again.
    func compareSetAside(_ follower: String, _ refused: [Int64], in database: Database) throws {
        let aside = try database.read { connection in
            try connection.rows(
                """
                SELECT a.sequence FROM events_set_aside a JOIN events e ON e.sequence = a.sequence
                WHERE a.follower = \(follower) ORDER BY a.sequence
                """
            ) { try $0.int(0) }
        }
        guard aside == refused else {
            throw Difference("\(follower) refuses events \(refused), and \(aside) are set aside")
        }
    }

    /// The journal is whole, and says what the tables say, and the events.
    func audit(_ database: Database) throws {
        let differences = try database.read { try BookAudit($0).differences }
        guard let first = differences.first else { return }
        throw Difference("the books do not balance, in \(differences.count) places: \(first)")
    }

    private mutating func compareMails(_ connection: Connection) throws {
        let mails = Set(try connection.rows("SELECT booking_id FROM mails") { try $0.int(0) })
        let confirmed = Set(events.filter { $0.type == "booking.confirmed" }.compactMap(\.booking))
        guard mails.isSubset(of: confirmed) else {
            throw Difference("mails are noted for \(mails.subtracting(confirmed)), which nobody confirmed")
        }
        let position = try connection.first("SELECT sequence FROM followers WHERE name = 'mail'") { try $0.int(0) } ?? 0
        isWhole = mails == confirmed
        guard isWhole || position < events.last?.sequence ?? 0 else {
            throw Difference("no mails are noted for \(confirmed.subtracting(mails)), which were confirmed")
        }
    }
}
