import API
import Auth
import JSON
import SQLite
import Time
import TypedID

extension BookingService {
    /// `POST /v1/bookings/{booking_id}/refund` `{reason}`: an admin gives back what was sold, before the session begins.
    func refundBooking(_ request: Request, _ caller: Principal) async throws -> Response {
        let admin = try userID(of: caller)
        let reason = try Reason(request.body)
        guard let bookingID = BookingID(request.parameter("booking_id")) else { throw BookingRefusal.bookingNotFound }
        return try await request.decide(in: database) { [clock] transaction in
            let now = clock.now()
            let booking = try transaction.booking(bookingID, of: nil)
            guard let session = try transaction.inventory(of: booking.sessionID) else {
                throw BookingRefusal.sessionNotFound
            }
            let refunded = try booking.refunding(startingAt: session.startsAt, at: now)
            try transaction.release(refunded)
            try transaction.execute("UPDATE bookings SET refunded_at = \(now) WHERE id = \(refunded.id)")
            try transaction.refundTickets(of: refunded, at: now)
            try transaction.audit(.refund, by: admin, reason: reason.text, booking, refunded, at: now)
            try transaction.record(.refunded, refunded, at: now)
            let bill = try transaction.bill(of: refunded.id)
            return .json { json in json.object("booking") { refunded.writeCalledOff(bill, to: &$0) } }
        }
    }
}
