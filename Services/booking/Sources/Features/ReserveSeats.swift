import API
import Auth
import JSON
import SQLite
import Time
import TypedID

extension BookingService {
    /// `POST /v1/bookings/{booking_id}/reserve` `{seats}`: the number of seats that the booking shall have in all.
    func reserveSeats(_ request: Request, _ caller: Principal) async throws -> Response {
        let user = try userID(of: caller)
        var fields = Fields(request.body)
        // A count that no room has is no fault of form: there are not that many seats left.
        guard let wanted = fields.integer("seats", 1 ... .max) else { throw fields.refusal }
        guard let bookingID = BookingID(request.parameter("booking_id")) else { throw BookingRefusal.bookingNotFound }
        let reservationID: ReservationID = ids.next()
        return try await request.decide(in: database) { [clock] transaction in
            let now = clock.now()
            let booking = try transaction.booking(bookingID, of: user)
            try transaction.releaseLapsedHolds(of: booking.sessionID, at: now)
            let session = try transaction.inventory(of: booking.sessionID)
            let changed = try booking.reserving(wanted, free: session?.free ?? 0, at: now)
            try transaction.execute(
                """
                INSERT INTO reservations (id, booking_id, session_id, seats, state, held_until, reserved_at)
                VALUES (\(reservationID), \(changed.id), \(changed.sessionID), \(wanted), 'held', \(changed.closesAt),
                        \(now))
                ON CONFLICT (booking_id) DO UPDATE SET seats = excluded.seats, reserved_at = excluded.reserved_at
                """)
            return .json { json in json.object("booking") { changed.writeReserved(to: &$0) } }
        }
    }
}
