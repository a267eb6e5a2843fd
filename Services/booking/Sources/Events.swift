import API
import JSON
import SQLite
import Time
import TypedID

/// What happens to bookings and sessions, for those who follow it.
enum EventType: String, Sendable {
    case opened = "booking.opened"
    case reserved = "seats.reserved"
    case confirmed = "booking.confirmed"
    case cancelled = "booking.cancelled"
    case expired = "booking.expired"
    case refunded = "booking.refunded"
    /// Some of a confirmed booking's seats are given back.
    case seatsRefunded = "seats.refunded"
    /// Its allocation or its time is another.
    case sessionChanged = "session.changed"
}

extension Transaction {
    /// Tells what became of a booking, or how it stands, with the session's free seats. What happens is told by `record`.
    /// - Parameter retoldAt: now, where it happened at another time.
    func tell(_ type: EventType, _ booking: Booking, at now: Timestamp, retoldAt: Timestamp? = nil) throws {
        try execute(
            """
            INSERT INTO events (type, session_id, booking_id, seats, free, occurred_at, retold_at)
            SELECT \(type), id, \(booking.id), \(booking.reservedSeats), allocation - held - sold, \(now), \(retoldAt)
            FROM sessions WHERE id = \(booking.sessionID)
            """)
    }

    func tellChange(of session: SessionID, at now: Timestamp) throws {
        try execute(
            """
            INSERT INTO events (type, session_id, booking_id, seats, free, occurred_at)
            SELECT \(EventType.sessionChanged), id, NULL, 0, allocation - held - sold, \(now)
            FROM sessions WHERE id = \(session)
            """)
    }
}

/// An event with what its followers need to know of its session, which is as it is now: where that changed since, an
/// event that follows says so too.
struct RecordedEvent: Sendable {
    let sequence: Int64
    private let type: EventType
    let occurredAt: Timestamp
    /// When it was written.
    let toldAt: Timestamp
    private let bookingID: BookingID?
    private let seats: Int64
    private let free: Int64
    private let sessionID: SessionID
    private let startsAt: Timestamp
    private let allocation: Int64
    private let movieID: MovieID
    private let placeID: PlaceID
    private let timeZone: String

    /// `SELECT … FROM`, in the order in which `init(_:)` reads it.
    static let columns: SQL = """
        SELECT e.sequence, e.type, e.occurred_at, e.booking_id, e.seats, e.free, s.id, s.starts_at, s.allocation,
            s.movie_id, s.place_id, s.time_zone, coalesce(e.retold_at, e.occurred_at)
        FROM events e JOIN sessions s ON s.id = e.session_id
        """

    init(_ row: Row) throws {
        sequence = try row.int(0)
        type = try row.value(1)
        occurredAt = try row.value(2)
        bookingID = try row.valueOrNil(3)
        seats = try row.int(4)
        free = try row.int(5)
        sessionID = try row.value(6)
        startsAt = try row.value(7)
        allocation = try row.int(8)
        movieID = try row.value(9)
        placeID = try row.value(10)
        timeZone = try row.text(11)
        toldAt = try row.value(12)
    }

    func write(to json: inout JSONWriter) {
        json.field("sequence", sequence)
        json.field("type", type.rawValue)
        json.field("occurred_at", occurredAt)
        if let bookingID {
            json.object("booking") { json in
                json.field("id", bookingID)
                json.field("seats", seats)
            }
        } else {
            json.field("booking", JSONValue.null)
        }
        json.object("session") { json in
            json.field("id", sessionID)
            json.field("starts_at", startsAt)
            json.field("allocation", allocation)
            json.field("free", free)
            json.field("movie_id", movieID)
            json.field("place_id", placeID)
            json.field("time_zone", timeZone)
        }
    }
}
