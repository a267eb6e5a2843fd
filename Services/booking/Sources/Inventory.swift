import API
import Auth
import JSON
import SQLite
import Time
import TypedID

/// How many seats of a session are on sale, and how many are taken.
struct Inventory: Equatable, Sendable {
    let startsAt: Timestamp
    let allocation: Int64
    /// Lapsed holds count until they are released.
    let held: Int64
    let sold: Int64

    var free: Int64 { allocation - held - sold }
}

extension Connection {
    func inventory(of session: SessionID) throws -> Inventory? {
        try first("SELECT starts_at, allocation, held, sold FROM sessions WHERE id = \(session)") { row in
            Inventory(
                startsAt: try row.value(0), allocation: try row.int(1), held: try row.int(2), sold: try row.int(3))
        }
    }

    /// The booking with that id.
    /// - Throws: `bookingNotFound` when there is none, or it is another user's.
    func booking(_ id: BookingID, of user: UserID) throws -> Booking {
        let booking = try first("\(sql: Booking.columns) WHERE b.id = \(id)") { try Booking($0) }
        guard let booking, booking.userID == user else { throw BookingRefusal.bookingNotFound }
        return booking
    }
}

extension Transaction {
    /// Gives back what lapsed bookings of a session still hold: done first wherever seats are taken, so that they are
    /// free from the very millisecond in which their booking closes.
    func releaseLapsedHolds(of session: SessionID, at now: Timestamp) throws {
        try execute(
            """
            UPDATE reservations SET state = 'released'
            WHERE session_id = \(session) AND state = 'held' AND held_until <= \(now)
            """)
    }
}

extension Booking {
    /// `SELECT … FROM`, in the order in which `init(_:)` reads it.
    static let columns: SQL = """
        SELECT b.id, b.user_id, b.session_id, b.created_at, b.closes_at, b.confirmed_at, b.cancelled_at, r.state, r.seats
        FROM bookings b LEFT JOIN reservations r ON r.booking_id = b.id
        """

    init(_ row: Row) throws {
        let seats: Seats =
            switch try row.textOrNil(7) {
            case "held": .held(try row.int(8))
            case "sold": .sold(try row.int(8))
            case "released": .released(try row.int(8))
            default: .none
            }
        self.init(
            id: try row.value(0), userID: try row.value(1), sessionID: try row.value(2), createdAt: try row.value(3),
            closesAt: try row.value(4), confirmedAt: try row.valueOrNil(5), cancelledAt: try row.valueOrNil(6),
            seats: seats)
    }

    /// The fields that every answer about a booking with seats begins with.
    func writeReserved(to json: inout JSONWriter) {
        json.field("id", id)
        json.field("session_id", sessionID)
        json.field("reserved_seats", reservedSeats)
        json.field("created_at", createdAt)
        json.field("closes_at", closesAt)
    }
}

extension BookingService {
    /// - Throws: 401 for a token of ours that names no user.
    func userID(of caller: Principal) throws -> UserID {
        guard let user = UserID(caller.subject) else { throw APIError.tokenInvalid }
        return user
    }
}
