import API
import Auth
import JSON
import SQLite
import Time
import TypedID

extension BookingService {
    /// `POST /v1/bookings/{booking_id}/cancel`: what the booking holds is free at once. An admin may cancel anybody's,
    /// and says why: `{reason}`.
    func cancelBooking(_ request: Request, _ caller: Principal) async throws -> Response {
        let user = try userID(of: caller)
        guard let bookingID = BookingID(request.parameter("booking_id")) else { throw BookingRefusal.bookingNotFound }
        let isAdmin = caller.role >= .admin
        let reason = try isAdmin ? Reason(ifGivenIn: request.body) : nil
        return try await request.decide(in: database) { [clock, provider] transaction in
            let now = clock.now()
            let booking = try transaction.booking(bookingID, of: isAdmin ? nil : user)
            let isOwn = booking.userID == user
            if !isOwn, reason == nil { throw Reason.missing }
            if let refusal = try transaction.refusalOfLapsed(booking, at: now) { return refusal }
            let cancelled = try booking.cancelling(at: now)
            if provider != nil { try transaction.requireNoLivePayment(of: booking, at: now) }
            if !isOwn, let reason {
                try transaction.audit(.cancel, by: user, reason: reason.text, booking, cancelled, at: now)
            }
            try transaction.release(cancelled)
            try transaction.execute(
                "UPDATE bookings SET cancelled_at = \(cancelled.cancelledAt) WHERE id = \(cancelled.id)")
            try transaction.record(.cancelled(cancelled.id), of: cancelled, at: now)
            let bill = try transaction.bill(of: cancelled.id)
            return .json { json in json.object("booking") { cancelled.writeCalledOff(bill, to: &$0) } }
        }
    }
}

extension Booking {
    /// The fields of a booking that was cancelled or given back.
    /// - Parameter bill: what its seats cost.
    func writeCalledOff(_ bill: Bill?, to json: inout JSONWriter) {
        writeReserved(to: &json)
        json.field("confirmed_at", confirmedAt)
        json.field("cancelled_at", calledOffAt)
        bill?.write(to: &json)
    }
}
