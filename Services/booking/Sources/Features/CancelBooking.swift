import API
import Auth
import JSON
import SQLite
import Time
import TypedID

extension BookingService {
    /// `POST /v1/bookings/{booking_id}/cancel`: what the booking holds is free at once.
    func cancelBooking(_ request: Request, _ caller: Principal) async throws -> Response {
        let user = try userID(of: caller)
        guard let bookingID = BookingID(request.parameter("booking_id")) else { throw BookingRefusal.bookingNotFound }
        return try await request.decide(in: database) { [clock] transaction in
            let cancelled = try transaction.booking(bookingID, of: user).cancelling(at: clock.now())
            try transaction.execute(
                "UPDATE reservations SET state = 'released' WHERE booking_id = \(cancelled.id)")
            try transaction.execute(
                "UPDATE bookings SET cancelled_at = \(cancelled.cancelledAt) WHERE id = \(cancelled.id)")
            return .json { json in
                json.object("booking") { json in
                    cancelled.writeReserved(to: &json)
                    json.field("confirmed_at", cancelled.confirmedAt)
                    json.field("cancelled_at", cancelled.cancelledAt)
                }
            }
        }
    }
}
