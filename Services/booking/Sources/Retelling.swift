import EventLoop
import SQLite
import Time
import TypedID

/// A follower that lacks events which are deleted by now is told, with new ones, how everything stands: each event says
/// how its booking and its session are after it, so the last one is all that counts. The others hear it too, and it
/// changes nothing for them.
extension Transaction {
    private static let sessionsAtOnce: Int64 = 100
    private static let bookingsAtOnce: Int64 = 50

    func beginRetelling(to follower: String) throws {
        try execute("INSERT INTO retellings (follower) VALUES (\(follower)) ON CONFLICT (follower) DO NOTHING")
    }

    /// Tells the next of all sessions and, after them, of all bookings.
    func goOnRetelling(to follower: String, at now: Timestamp) throws {
        let told = try first("SELECT session_id, booking_id FROM retellings WHERE follower = \(follower)") {
            (session: try $0.int(0), booking: try $0.int(1))
        }
        guard let told else { return }
        let sessions = try rows(
            "SELECT id FROM sessions WHERE id > \(told.session) ORDER BY id LIMIT \(Self.sessionsAtOnce)"
        ) { try $0.value(0, as: SessionID.self) }
        for session in sessions { try tellChange(of: session, at: now) }
        if let last = sessions.last {
            try execute("UPDATE retellings SET session_id = \(last) WHERE follower = \(follower)")
        } else if let last = try retellBookings(after: told.booking, at: now) {
            try execute("UPDATE retellings SET booking_id = \(last) WHERE follower = \(follower)")
        } else {
            try execute("DELETE FROM retellings WHERE follower = \(follower)")
        }
    }

    private func retellBookings(after id: Int64, at now: Timestamp) throws -> BookingID? {
        let bookings = try rows(
            "\(sql: Booking.columns) WHERE b.id > \(id) ORDER BY b.id LIMIT \(Self.bookingsAtOnce)"
        ) { try Booking($0) }
        for booking in bookings { try retell(booking, at: now) }
        return bookings.last?.id
    }

    /// When it was opened, and what it is now.
    private func retell(_ booking: Booking, at now: Timestamp) throws {
        try tell(.opened, booking, at: booking.createdAt, retoldAt: now)
        let state: EventType =
            if booking.refundedAt != nil {
                .refunded
            } else if booking.cancelledAt != nil {
                .cancelled
            } else if booking.confirmedAt != nil {
                .confirmed
            } else {
                booking.expiredAt != nil ? .expired : .reserved
            }
        try tell(state, booking, at: now)
    }

    /// Tells what an event was about, as it is now.
    func tellAgain(of sequence: Int64, at now: Timestamp) throws {
        let about = try first("SELECT session_id, booking_id FROM events WHERE sequence = \(sequence)") {
            (session: try $0.value(0, as: SessionID.self), booking: try $0.valueOrNil(1, as: BookingID.self))
        }
        guard let about else { return }
        if let id = about.booking { try retell(try booking(id, of: nil), at: now) }
        try tellChange(of: about.session, at: now)
    }
}
