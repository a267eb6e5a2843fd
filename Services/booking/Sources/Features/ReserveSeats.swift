import API
import Auth
import JSON
import SQLite
import Time
import TypedID

extension BookingService {
    /// `POST /v1/bookings/{booking_id}/reserve` `{seats}` or `{seat_ids}`, and `tariffs` beside or instead of a count:
    /// what the booking shall have in all. In a seated room a count is given the best seats there are, and the answer
    /// says which; in a session with prices it says what they cost.
    func reserveSeats(_ request: Request, _ caller: Principal) async throws -> Response {
        let user = try userID(of: caller)
        let order = try Order(request.body)
        let wish = order.seats
        guard let bookingID = BookingID(request.parameter("booking_id")) else { throw BookingRefusal.bookingNotFound }
        let reservationID: ReservationID = ids.next()
        return try await request.decide(in: database) { [clock, plans, hoarding, provider] transaction in
            let now = clock.now()
            let booking = try transaction.booking(bookingID, of: user)
            try transaction.expireBookings(of: booking.sessionID, at: now)
            guard let session = try transaction.inventory(of: booking.sessionID), !session.isClosed else {
                // What was open in it ended when it closed.
                try booking.requireOpen(at: now)
                throw BookingRefusal.sessionNotFound
            }
            let plan = try session.roomID.map { try plans.plan(of: $0, in: transaction) }
            let tariffs = try transaction.tariffs(of: booking.sessionID)
            try wish.requireSeats(of: plan)
            try order.requireTariffs(among: tariffs)
            // Thrown, it would undo what was just noted.
            if booking.hasLapsedUnnoted(at: now) { return BookingRefusal.bookingExpired.apiError.response }
            try booking.requireOpen(at: now)
            if provider != nil { try transaction.requireNoLivePayment(of: booking, at: now) }
            let seats = try plan.map { plan in
                try wish.fulfilled(in: plan, taken: transaction.seatsTaken(in: booking.sessionID, besides: booking.id))
            }
            let changed = try booking.reserving(wish.count, free: session.free, at: now)
            if let hoarding { try transaction.limitSeats(of: changed, hoarding) }
            try transaction.execute(
                """
                INSERT INTO reservations (id, booking_id, session_id, seats, state, held_until, reserved_at)
                VALUES (\(reservationID), \(changed.id), \(changed.sessionID), \(wish.count), 'held',
                        \(changed.closesAt), \(now))
                ON CONFLICT (booking_id) DO UPDATE SET seats = excluded.seats, reserved_at = excluded.reserved_at
                """)
            if let seats, let room = session.roomID { try transaction.hold(seats, of: room, for: changed) }
            let bill = try order.bill(at: tariffs)
            // What had no seats yet has no bill to be replaced.
            if bill != nil || booking.seats != .none { try transaction.setBill(bill, of: changed.id) }
            try transaction.record(
                .reserved(changed.id, changed.reservedSeats, seats?.map(\.id)), of: changed, at: now)
            return .json { json in
                json.object("booking") { json in
                    changed.writeReserved(to: &json)
                    if let seats { json.array("seats") { json in seats.forEach { $0.write(to: &json) } } }
                    bill?.write(to: &json)
                }
            }
        }
    }
}

extension Transaction {
    fileprivate func limitSeats(of booking: Booking, _ limits: HoardingLimits) throws {
        guard booking.reservedSeats <= limits.seatsPerBooking else {
            throw BookingRefusal.tooManySeats(most: limits.seatsPerBooking)
        }
        let others = try first(
            """
            SELECT coalesce(sum(r.seats), 0) FROM bookings b JOIN reservations r ON r.booking_id = b.id
            WHERE b.user_id = \(booking.userID) AND b.session_id = \(booking.sessionID) AND b.id <> \(booking.id)
                AND r.state <> 'released'
            """
        ) { try $0.int(0) }
        guard (others ?? 0) + booking.reservedSeats <= limits.seatsPerSession else {
            throw BookingRefusal.tooManySeats(most: limits.seatsPerSession)
        }
    }
}
