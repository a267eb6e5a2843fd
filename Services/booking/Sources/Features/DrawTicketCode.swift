import API
import Auth
import SQLite
import TypedID

extension BookingService {
    /// `GET /v1/bookings/{booking_id}/tickets/{ticket_id}.svg`: the code of one ticket as a drawing, for the booking's owner
    /// or staff. 409 `ticket_used`, `ticket_refunded` for one that lets nobody in any more.
    func drawTicketCode(_ request: Request, _ caller: Principal) async throws -> Response {
        let booking = try ticketedBooking(request, caller)
        let id = TicketID(request.parameter("ticket_id"))
        guard let ticket = try database.read({ try $0.tickets(of: booking) }).first(where: { $0.id == id }) else {
            throw BookingRefusal.ticketNotFound
        }
        let session = try await ticketSession(booking.sessionID, request.trace)
        guard let code = code(of: ticket, session, try ticketKeys.signing()) else {
            throw ticket.status == .used ? BookingRefusal.ticketUsed : .ticketRefunded
        }
        return Response(
            status: 200, headers: [("Content-Type", "image/svg+xml")], body: try await printer.drawing(code))
    }
}
