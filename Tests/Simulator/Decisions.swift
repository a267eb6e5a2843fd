/// What the contract answers, and what is so after it.
struct Refusal: Equatable {
    let status: Int
    let code: String

    init(_ status: Int, _ code: String) {
        self.status = status
        self.code = code
    }

    static let bookingNotFound = Refusal(404, "booking_not_found")
    static let sessionNotFound = Refusal(404, "session_not_found")
    static let notEnoughSeats = Refusal(409, "not_enough_seats")
}

extension Model {
    /// Why a write is refused at a moment; nil where it is not.
    func refusal(of sent: SentRequest, at now: Int64) -> Refusal? {
        switch sent.meaning {
        case .open(let session):
            if sessions[session].isClosed { return .sessionNotFound }
            return now < sessions[session].startsAt ? nil : Refusal(409, "session_started")
        case .terms(let session, let allocation, _, let startsAt):
            return refusal(ofTerms: session, allocation, startsAt, at: now)
        case .close(let session):
            return taken(in: session, at: now) == 0 ? nil : Refusal(409, "session_has_bookings")
        case .refund: return refusal(ofRefund: bookings[sent.booking], [], at: now)
        case .refundTickets(let tickets): return refusal(ofRefund: bookings[sent.booking], tickets, at: now)
        default:
            // Staff cancel anybody's.
            guard let booking = bookings[sent.booking], sent.user == booking.user || sent.user == World.admin else {
                return .bookingNotFound
            }
            return refusal(of: sent.meaning, of: booking, at: now)
        }
    }

    private func refusal(of meaning: SentRequest.Meaning, of booking: Booking, at now: Int64) -> Refusal? {
        let session = sessions[booking.session]
        if case .pick(let seats) = meaning, !session.isClosed, !Set(seats).isSubset(of: session.showing.seats) {
            return Refusal(422, "seat_not_in_room")
        }
        let state = booking.state(at: now)
        guard state == .open else { return Refusal(409, "booking_\(state)") }
        switch meaning {
        case .confirm: return booking.count > 0 ? nil : Refusal(409, "no_seats_reserved")
        case .reserve(let count): return lack(of: count, for: booking, at: now) ? .notEnoughSeats : nil
        case .pick(let seats):
            let others = seatsTaken(in: booking.session, besides: booking.id, at: now)
            if !others.isDisjoint(with: seats) { return Refusal(409, "seat_taken") }
            return lack(of: seats.count, for: booking, at: now) ? .notEnoughSeats : nil
        default: return nil
        }
    }

    private func lack(of count: Int, for booking: Booking, at now: Int64) -> Bool {
        let session = sessions[booking.session]
        if count - booking.count > session.allocation - taken(in: booking.session, at: now) { return true }
        guard !session.showing.seats.isEmpty else { return false }
        let others = seatsTaken(in: booking.session, besides: booking.id, at: now)
        return count > session.showing.seats.count - others.count
    }

    private func refusal(ofTerms session: Int, _ allocation: Int, _ startsAt: Int64, at now: Int64) -> Refusal? {
        if sessions[session].isClosed { return .sessionNotFound }
        if allocation < taken(in: session, at: now) { return Refusal(409, "allocation_below_reserved") }
        let isBooked = live[session].contains { bookings[$0]?.holds(at: now) == true }
        let isMoved = sessions[session].isMet && startsAt != sessions[session].startsAt
        return isMoved && isBooked ? Refusal(409, "session_has_bookings") : nil
    }

    private func refusal(ofRefund booking: Booking?, _ tickets: [SoldTicket], at now: Int64) -> Refusal? {
        guard let booking else { return .bookingNotFound }
        if tickets.contains(where: { booking.refunded.contains($0.id) || booking.state == .cancelled }) {
            return Refusal(409, "ticket_refunded")
        }
        guard booking.state == .confirmed else { return Refusal(409, "booking_not_confirmed") }
        return now < sessions[booking.session].startsAt ? nil : Refusal(409, "session_started")
    }

    // MARK: What is so after it

    /// - Parameters:
    ///   - seats: those that were chosen for a count.
    mutating func apply(_ sent: SentRequest, seats: Set<Int64>, at now: Int64) {
        let id = sent.booking
        switch sent.meaning {
        case .open(let session): sessions[session].isMet = true
        case .reserve(let count): reserve(id, count, seats)
        case .pick(let named): reserve(id, named.count, Set(named))
        case .confirm:
            change(id, "booking.confirmed") {
                $0.state = .confirmed
                $0.confirmedAt = now
            }
        case .cancel: callOff(id, "booking.cancelled", at: now)
        case .refund: callOff(id, "booking.refunded", at: now)
        case .refundTickets(let tickets):
            guard let had = bookings[id]?.count, tickets.count < had else {
                return callOff(id, "booking.refunded", at: now)
            }
            change(id, "seats.refunded") { booking in
                booking.count -= tickets.count
                booking.seats.subtract(tickets.compactMap(\.seat))
                booking.refunded.formUnion(tickets.map(\.id))
            }
        case .terms(let session, let allocation, let price, let startsAt):
            sessions[session].allocation = allocation
            sessions[session].price = price
            sessions[session].startsAt = startsAt
            sessions[session].isMet = true
        case .close(let session):
            sessions[session].isClosed = true
            sessions[session].allocation = 0
            live[session].forEach { expire($0) }
        case .show, .seats: break
        }
    }

    private mutating func reserve(_ id: Int64, _ count: Int, _ seats: Set<Int64>) {
        let price = bookings[id].flatMap { sessions[$0.session].price }
        change(id, "seats.reserved") { booking in
            booking.count = count
            booking.seats = seats
            booking.total = price.map { $0 * Int64(count) }
        }
    }

    private mutating func callOff(_ id: Int64, _ type: String, at now: Int64) {
        change(id, type) { booking in
            booking.state = .cancelled
            booking.calledOffAt = now
        }
    }
}
