import API
import Auth
import JSON
import SQLite
import Time
import TypedID

extension BookingService {
    /// `POST /v1/bookings/{booking_id}/refund` `{reason}` or `{reason, ticket_ids}`: an admin gives back what was sold,
    /// all of it or these tickets, before the session begins. What was paid through a provider goes back from there.
    /// Tickets that are named must not have let anybody in; with all of it those that have go back too, as when the projector
    /// breaks after the doors have opened, and the trail says how many.
    func refundBooking(_ request: Request, _ caller: Principal) async throws -> Response {
        let admin = try userID(of: caller)
        let reason = try Reason(request.body)
        let named = try TicketChoice(request.body)
        guard let bookingID = BookingID(request.parameter("booking_id")) else { throw BookingRefusal.bookingNotFound }
        return try await request.decide(in: database) { [clock, finisher] transaction in
            let now = clock.now()
            let booking = try transaction.booking(bookingID, of: nil)
            guard let session = try transaction.inventory(of: booking.sessionID) else {
                throw BookingRefusal.sessionNotFound
            }
            let tickets = try transaction.tickets(of: booking)
            let chosen = try named.map { try $0.chosen(of: tickets) }
            let refunded =
                try chosen.map {
                    try booking.refunding(Int64($0.count), startingAt: session.startsAt, at: now)
                } ?? booking.refunding(startingAt: session.startsAt, at: now)
            // Nobody would give the money back.
            if finisher == nil, try transaction.paidThrough(booking.id) == .stripe {
                throw PaymentRefusal.providerMissing
            }
            let bill = try transaction.bill(of: refunded.id)
            try transaction.audit(
                .refund, by: admin, reason: reason.text, booking, refunded,
                givingBack: chosen ?? tickets.filter { $0.status != .refunded }, at: now)
            guard let chosen, refunded.refundedAt == nil else {
                try transaction.release(refunded)
                try transaction.execute("UPDATE bookings SET refunded_at = \(now) WHERE id = \(refunded.id)")
                try transaction.refundTickets(of: refunded, at: now)
                try transaction.giveBack(for: refunded.id, at: now)
                try transaction.record(.refunded(refunded.id), of: refunded, at: now)
                return .json { json in json.object("booking") { refunded.writeCalledOff(bill, to: &$0) } }
            }
            try transaction.giveUp(chosen, of: refunded, at: now)
            try transaction.giveBack(chosen.reduce(0) { $0 + ($1.price?.amount ?? 0) }, for: refunded.id, at: now)
            try transaction.record(.ticketsRefunded(refunded.id, chosen.map(\.id)), of: refunded, at: now)
            return .json { json in json.object("booking") { refunded.writeCalledOff(bill, to: &$0) } }
        }
    }
}

extension Transaction {
    /// Frees the seats of some of a booking's tickets. The schema sees to it that seats go with their tickets.
    fileprivate func giveUp(_ tickets: [Ticket], of booking: Booking, at now: Timestamp) throws {
        for ticket in tickets {
            try execute("UPDATE tickets SET refunded_at = \(now) WHERE id = \(ticket.id)")
            if let seat = ticket.seat {
                try execute(
                    "DELETE FROM seat_holders WHERE session_id = \(booking.sessionID) AND seat_id = \(seat.id)")
            }
        }
        try execute("UPDATE reservations SET seats = \(booking.seatsHad) WHERE booking_id = \(booking.id)")
    }
}

/// The tickets that are given back, where not all are.
private struct TicketChoice: Sendable {
    private static let mostTickets = 1_000
    private let ids: [TicketID]

    /// Nil without `ticket_ids`.
    /// - Throws: 422 unless they name tickets, none of them twice.
    init?(_ body: JSONValue) throws(APIError) {
        guard let given = body["ticket_ids"], given != .null else { return nil }
        var fields = Fields(body)
        let ids = fields.list("ticket_ids", 1...Self.mostTickets, of: "IDs that begin with tkt_") {
            $0.stringValue.flatMap(TicketID.init)
        }
        if let ids, Set(ids).count < ids.count {
            fields.refuse("ticket_ids_invalid", "The ticket_ids name a ticket twice.")
        }
        guard let ids, fields.faults.isEmpty else { throw fields.refusal }
        self.ids = ids
    }

    /// - Throws: for a ticket that the booking does not have, has no more, or was used.
    func chosen(of tickets: [Ticket]) throws(BookingRefusal) -> [Ticket] {
        var chosen: [Ticket] = []
        for id in ids {
            guard let ticket = tickets.first(where: { $0.id == id }) else { throw .ticketNotFound }
            switch ticket.status {
            case .refunded: throw .ticketRefunded
            case .used: throw .ticketUsed
            case .valid: chosen.append(ticket)
            }
        }
        return chosen
    }
}
