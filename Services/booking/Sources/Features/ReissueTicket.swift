import API
import Auth
import JSON
import SQLite
import Time
import TypedID

extension BookingService {
    /// `POST /v1/bookings/{booking_id}/tickets/{ticket_id}/reissue`: a new code for a ticket, its owner's own or, for
    /// staff, anybody's. Those from before are refused at the door.
    func reissueTicket(_ request: Request, _ caller: Principal) async throws -> Response {
        let booking = try ticketedBooking(request, caller)
        guard let id = TicketID(request.parameter("ticket_id")) else { throw BookingRefusal.ticketNotFound }
        let session = try await ticketSession(booking.sessionID, request.trace)
        let key = try ticketKeys.signing()
        return try await request.decide(in: database) { [self] transaction in
            let ticket = try transaction.first("\(sql: Ticket.columns) WHERE t.id = \(id)") { try Ticket($0) }
            guard let ticket, ticket.bookingID == booking.id else { throw BookingRefusal.ticketNotFound }
            let reissued = try ticket.reissuing()
            try transaction.execute("UPDATE tickets SET generation = \(reissued.generation) WHERE id = \(id)")
            try transaction.record(
                .reissued(booking.id, id, generation: reissued.generation), of: booking.sessionID, at: clock.now())
            let channel = try transaction.paidThrough(booking.id)
            return .json { json in
                json.object("ticket") { reissued.write(to: &$0, code: code(of: reissued, session, key), channel) }
            }
        }
    }
}
