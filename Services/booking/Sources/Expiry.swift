import API
import EventLoop
import SQLite
import Time

extension Transaction {
    /// Notes which bookings of a session have run out, and gives back what they held: done first wherever seats are
    /// taken, so that they are free from the very millisecond in which their booking closes.
    func expireBookings(of session: SessionID, at now: Timestamp) throws {
        try expire(
            try rows(
                """
                \(sql: Booking.columns) WHERE b.session_id = \(session) AND b.closes_at <= \(now)
                    AND b.confirmed_at IS NULL AND b.cancelled_at IS NULL AND b.expired_at IS NULL
                """
            ) { try Booking($0) }, at: now)
    }

    /// Ends every open booking of a session that closes, before its time.
    func expireOpenBookings(of session: SessionID, at now: Timestamp) throws {
        try expire(
            try rows(
                """
                \(sql: Booking.columns) WHERE b.session_id = \(session)
                    AND b.confirmed_at IS NULL AND b.cancelled_at IS NULL AND b.expired_at IS NULL
                """
            ) { try Booking($0) }, at: now)
    }

    /// Notes up to `limit` bookings that have run out, whatever their session.
    /// - Returns: how many there were.
    func expireBookings(limit: Int64, at now: Timestamp) throws -> Int {
        let lapsed = try rows(
            """
            \(sql: Booking.columns) WHERE b.closes_at <= \(now)
                AND b.confirmed_at IS NULL AND b.cancelled_at IS NULL AND b.expired_at IS NULL
            ORDER BY b.closes_at LIMIT \(limit)
            """
        ) { try Booking($0) }
        try expire(lapsed, at: now)
        return lapsed.count
    }

    /// Notes that a booking has run out, if it has: whoever is told so must never find it open again, and the clock may
    /// step back.
    /// - Returns: that refusal, as an answer: thrown, it would undo the note.
    func refusalOfLapsed(_ booking: Booking, at now: Timestamp) throws -> Response? {
        guard booking.hasLapsedUnnoted(at: now) else { return nil }
        try expire([booking], at: now)
        return BookingRefusal.bookingExpired.apiError.response
    }

    private func expire(_ lapsed: [Booking], at now: Timestamp) throws {
        for booking in lapsed {
            let expired = booking.expiring(at: now)
            if expired.seats != booking.seats { try release(expired) }
            try execute("UPDATE bookings SET expired_at = \(now) WHERE id = \(expired.id)")
            try record(.expired(expired.id), of: expired, at: now)
        }
    }

    /// Gives back what a booking has.
    func release(_ booking: Booking) throws {
        try execute("UPDATE reservations SET state = 'released' WHERE booking_id = \(booking.id)")
    }
}

extension BookingService {
    /// Reads bookings that are to be shown. Where one has run out unnoted, that is noted first, and all are read again in
    /// that transaction: whoever is told so never finds it open again, whatever the clock says by then. Few are: within a
    /// second of their end, or while nothing can be written, and then nobody is told.
    func show<Shown: Sendable>(
        at now: Timestamp, _ bookings: @escaping @Sendable (Shown) -> [ListedBooking],
        _ read: @escaping @Sendable (Connection) throws -> Shown
    ) async throws -> Shown {
        let found = try database.read(read)
        guard bookings(found).contains(where: { $0.booking.hasLapsedUnnoted(at: now) }) else { return found }
        return try await database.write { transaction in
            for listed in bookings(try read(transaction)) {
                _ = try transaction.refusalOfLapsed(listed.booking, at: now)
            }
            return try read(transaction)
        }
    }

    private static let tidyingMilliseconds: Int64 = 1_000
    private static let tidiedAtOnce: Int64 = 200

    /// Notes bookings that ran out and were never touched again, so that those who follow events hear of them. Nothing
    /// waits for it: who takes seats of a session notes its lapsed bookings first.
    func tidy() async {
        while !Task.isCancelled {
            if ((try? await tidyBatch()) ?? 0) < Int(Self.tidiedAtOnce),
                (try? await loop.sleep(milliseconds: Self.tidyingMilliseconds)) == nil
            {
                return
            }
        }
    }

    /// - Returns: how many bookings had run out, of the first few.
    package func tidyBatch() async throws -> Int {
        try await database.write { [clock] in
            try $0.expireBookings(limit: Self.tidiedAtOnce, at: clock.now())
        }
    }
}
