import JSON
import Time
import TypedID

/// The rows of one session, as they follow from the journal.
struct SessionBooks {
    private let session: SessionID
    private var rows: [RowName: JSONObject] = [:]
    private(set) var held: Int64 = 0
    private(set) var sold: Int64 = 0
    /// What each booking has: its seats, and its tickets, those that were given back among them.
    private var seats: [BookingID: [SeatID]] = [:]
    private var tickets: [BookingID: [TicketID]] = [:]

    init(_ session: SessionID) { self.session = session }

    /// An entry that cannot be true after those before it.
    struct Contradiction: Error {
        let reason: String
    }

    /// As its tables should have them.
    var audited: [RowName: JSONObject] {
        var audited = rows
        audited[sessionRow]?["held"] = .integer(held)
        audited[sessionRow]?["sold"] = .integer(sold)
        return audited
    }

    var sessionRow: RowName { RowName(.sessions, session.rawValue) }
    private var closedRow: RowName { RowName(.closedSessions, session.rawValue) }

    var allocation: Int64? { rows[sessionRow]?["allocation"]?.integerValue }
    func row(of id: BookingID) -> JSONObject? { rows[id.row] }
    func reservedSeats(of id: BookingID) -> Int64 { rows[id.reservationRow]?["seats"]?.integerValue ?? 0 }

    /// Takes over what an entry says.
    /// - Throws: where that contradicts what was said before, or has a seat taken twice.
    mutating func apply(_ entry: JournalEntry, at time: Timestamp) throws(Contradiction) {
        let now = JSONValue.integer(time.rawValue)
        switch entry {
        case .met(let allocation, let startsAt, let room):
            try require(rows[sessionRow] == nil, "it was met already")
            try requireNotClosed()
            rows[sessionRow] = [
                "starts_at": .integer(startsAt.rawValue), "room_id": room.map { .integer($0.rawValue) } ?? .null,
                "allocation": .integer(allocation), "held": 0, "sold": 0,
            ]
        case .changed(let allocation, let startsAt):
            try require(rows[sessionRow] != nil, "it was never met")
            // Nothing of a session that is closed is on sale any more.
            if allocation != 0 { try requireNotClosed() }
            rows[sessionRow]?["allocation"] = .integer(allocation)
            rows[sessionRow]?["starts_at"] = .integer(startsAt.rawValue)
        case .closed:
            try requireNotClosed()
            rows[closedRow] = ["closed_at": now]
            try require(held == 0 && sold == 0, "it was closed with \(held) seats held and \(sold) sold")
        case .standing(let rows): for row in rows { try adopt(row) }
        case .opened(let id, let user, let closesAt):
            try requireNotClosed()
            try require(rows[id.row] == nil, "\(id) was opened already")
            try require(time < closesAt, "\(id) was opened after it closes")
            let startsAt = rows[sessionRow]?["starts_at"]?.integerValue
            try require(startsAt.map { time.rawValue < $0 } ?? false, "\(id) was opened after the session had begun")
            rows[id.row] = [
                "user_id": .integer(user.rawValue), "created_at": now, "closes_at": .integer(closesAt.rawValue),
                "confirmed_at": .null, "cancelled_at": .null, "expired_at": .null, "refunded_at": .null,
            ]
        case .reserved(let id, let count, let wanted): try reserve(count, wanted, for: id, time)
        case .confirmed(let id, let issued): try confirm(id, issued, time)
        case .cancelled(let id):
            try requireOpen(id, at: time)
            end(id, "cancelled_at", now)
        case .expired(let id):
            try requireUnended(id)
            let isOver = rows[closedRow] != nil || rows[id.row]?["closes_at"]?.integerValue ?? 0 <= time.rawValue
            end(id, "expired_at", now)
            try require(isOver, "\(id) ran out before it closes")
        case .refunded(let id): try refund(id, now)
        case .ticketsRefunded(let id, let refunded): try refund(refunded, of: id, now)
        case .reissued(let id, let ticket, let generation):
            try require(tickets[id]?.contains(ticket) == true, "\(ticket) was never issued")
            try require(rows[ticket.row]?["refunded_at"] == .null, "\(ticket) was given back already")
            let before = rows[ticket.row]?["generation"]?.integerValue ?? 0
            try require(generation == before &+ 1, "the code of \(ticket) after \(before) is \(generation)")
            rows[ticket.row]?["generation"] = .integer(generation)
        case .restored: break
        }
        if let allocation, held &+ sold > allocation {
            throw Contradiction(reason: "\(held) seats are held and \(sold) are sold, of \(allocation)")
        }
    }

    private mutating func adopt(_ row: AuditedRow) throws(Contradiction) {
        try require(rows[row.name] == nil, "\(row.name) was there already")
        rows[row.name] = row.cells
        guard let booking = row.booking else { return }
        switch row.name.table {
        case .sessions, .closedSessions, .bookings: break
        case .reservations: count(row.cells, +1)
        case .seatHolders: seats[booking, default: []].append(SeatID(rawValue: row.name.id))
        case .tickets: tickets[booking, default: []].append(TicketID(rawValue: row.name.id))
        }
    }

    private mutating func reserve(
        _ count: Int64, _ wanted: [SeatID]?, for id: BookingID, _ time: Timestamp
    ) throws(Contradiction) {
        try requireOpen(id, at: time)
        setReservation(id, seats: count, state: "held")
        rows[id.reservationRow]?["reserved_at"] = .integer(time.rawValue)
        free(seats[id] ?? [], of: id)
        guard let wanted else { return }
        guard Int64(wanted.count) == count else { throw Contradiction(reason: "\(count) seats are \(wanted)") }
        for seat in wanted {
            if let other = rows[seat.row]?["booking_id"]?.integerValue {
                throw Contradiction(reason: "\(seat) was \(BookingID(rawValue: other))'s already")
            }
            rows[seat.row] = [
                "booking_id": .integer(id.rawValue), "room_id": rows[sessionRow]?["room_id"] ?? .null,
            ]
        }
        seats[id] = wanted
    }

    private mutating func confirm(
        _ id: BookingID, _ issued: [SoldTicket], _ time: Timestamp
    ) throws(Contradiction) {
        try requireOpen(id, at: time)
        guard let held = rows[id.reservationRow]?["seats"]?.integerValue, held == issued.count,
            Set(issued.compactMap(\.seat)) == Set(seats[id] ?? [])
        else { throw Contradiction(reason: "\(id) has other tickets than seats") }
        rows[id.row]?["confirmed_at"] = .integer(time.rawValue)
        setReservation(id, seats: held, state: "sold")
        for ticket in issued {
            rows[ticket.id.row] = [
                "booking_id": .integer(id.rawValue), "seat_id": ticket.seat.map { .integer($0.rawValue) } ?? .null,
                "tariff": ticket.price.map { .string($0.tariff) } ?? .null,
                "amount": ticket.price.map { .integer($0.amount) } ?? .null,
                "currency": ticket.price.map { .string($0.currency) } ?? .null, "generation": 1, "refunded_at": .null,
            ]
        }
        tickets[id] = issued.map(\.id)
    }

    private mutating func end(_ id: BookingID, _ how: String, _ now: JSONValue) {
        rows[id.row]?[how] = now
        release(id)
    }

    private mutating func refund(_ id: BookingID, _ now: JSONValue) throws(Contradiction) {
        guard let row = rows[id.row], row["confirmed_at"] != .null, row["refunded_at"] == .null else {
            throw Contradiction(reason: "\(id) was not sold")
        }
        rows[id.row]?["refunded_at"] = now
        for ticket in tickets[id] ?? [] where rows[ticket.row]?["refunded_at"] == .null {
            rows[ticket.row]?["refunded_at"] = now
        }
        release(id)
    }

    private mutating func refund(
        _ refunded: [TicketID], of id: BookingID, _ now: JSONValue
    ) throws(Contradiction) {
        for ticket in refunded {
            guard tickets[id]?.contains(ticket) == true, rows[ticket.row]?["refunded_at"] == .null else {
                throw Contradiction(reason: "\(id) has no ticket \(ticket) to give back")
            }
            rows[ticket.row]?["refunded_at"] = now
            if let seat = rows[ticket.row]?["seat_id"]?.integerValue { free([SeatID(rawValue: seat)], of: id) }
        }
        let left = (tickets[id] ?? []).count { rows[$0.row]?["refunded_at"] == .null }
        setReservation(id, seats: Int64(left), state: "sold")
    }

    private func requireOpen(_ id: BookingID, at time: Timestamp) throws(Contradiction) {
        try requireUnended(id)
        try requireNotClosed()
        let closesAt = rows[id.row]?["closes_at"]?.integerValue ?? 0
        try require(time.rawValue < closesAt, "\(id) had run out already")
    }

    private func requireUnended(_ id: BookingID) throws(Contradiction) {
        guard let row = rows[id.row] else { throw Contradiction(reason: "\(id) was never opened") }
        let isOpen = ["confirmed_at", "cancelled_at", "expired_at"].allSatisfy { row[$0] == .null }
        try require(isOpen, "\(id) had ended already")
    }

    private func requireNotClosed() throws(Contradiction) {
        try require(rows[closedRow] == nil, "it was closed already")
    }

    private func require(_ isTrue: Bool, _ otherwise: @autoclosure () -> String) throws(Contradiction) {
        if !isTrue { throw Contradiction(reason: otherwise()) }
    }

    /// What a booking had is free; how much it was stays with it.
    private mutating func release(_ id: BookingID) {
        if let had = rows[id.reservationRow]?["seats"]?.integerValue {
            setReservation(id, seats: had, state: "released")
        }
        free(seats[id] ?? [], of: id)
    }

    private mutating func free(_ freed: [SeatID], of id: BookingID) {
        for seat in freed { rows[seat.row] = nil }
        seats[id]?.removeAll { freed.contains($0) }
    }

    private mutating func setReservation(_ id: BookingID, seats: Int64, state: String) {
        var row: JSONObject =
            rows[id.reservationRow] ?? [
                "session_id": .integer(session.rawValue), "held_until": rows[id.row]?["closes_at"] ?? .null,
            ]
        count(row, -1)
        row["seats"] = .integer(seats)
        row["state"] = .string(state)
        count(row, +1)
        rows[id.reservationRow] = row
    }

    private mutating func count(_ reservation: JSONObject, _ sign: Int64) {
        // Whatever numbers somebody has put there.
        let seats = sign &* (reservation["seats"]?.integerValue ?? 0)
        switch reservation["state"]?.stringValue {
        case "held": held &+= seats
        case "sold": sold &+= seats
        default: break
        }
    }
}

extension BookingID {
    fileprivate var row: RowName { RowName(.bookings, rawValue) }
    fileprivate var reservationRow: RowName { RowName(.reservations, rawValue) }
}

extension SeatID {
    fileprivate var row: RowName { RowName(.seatHolders, rawValue) }
}

extension TicketID {
    fileprivate var row: RowName { RowName(.tickets, rawValue) }
}
