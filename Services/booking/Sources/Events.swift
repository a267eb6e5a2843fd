import SQLite
import Time

/// What happens to bookings and sessions, for those who follow it.
enum EventType: String, Sendable {
    case opened = "booking.opened"
    case reserved = "seats.reserved"
    case confirmed = "booking.confirmed"
    case cancelled = "booking.cancelled"
    case expired = "booking.expired"
    case refunded = "booking.refunded"
    /// Its allocation or its time is another.
    case sessionChanged = "session.changed"
}

extension Transaction {
    /// Says in the same transaction what it made happen, with the session's free seats after it.
    func record(_ type: EventType, _ booking: Booking, at now: Timestamp) throws {
        try execute(
            """
            INSERT INTO events (type, session_id, booking_id, seats, free, occurred_at)
            SELECT \(type), id, \(booking.id), \(booking.reservedSeats), allocation - held - sold, \(now)
            FROM sessions WHERE id = \(booking.sessionID)
            """)
    }

    func recordChange(of session: SessionID, at now: Timestamp) throws {
        try execute(
            """
            INSERT INTO events (type, session_id, booking_id, seats, free, occurred_at)
            SELECT \(EventType.sessionChanged), id, NULL, 0, allocation - held - sold, \(now)
            FROM sessions WHERE id = \(session)
            """)
    }
}
