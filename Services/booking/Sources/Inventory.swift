import API
import Auth
import JSON
import SQLite
import Time
import TypedID

/// How many seats of a session are on sale, and how many are taken.
struct Inventory: Equatable, Sendable {
    let startsAt: Timestamp
    /// The room whose plan the seats are of; nil where they are only counted.
    let roomID: RoomID?
    let allocation: Int64
    /// Lapsed holds count until they are released.
    let held: Int64
    let sold: Int64
    /// Catalog deletes it, or has: it takes no more bookings.
    let isClosed: Bool

    var taken: Int64 { held + sold }
    var free: Int64 { allocation - taken }
}

extension Connection {
    func inventory(of session: SessionID) throws -> Inventory? {
        try first(
            """
            SELECT starts_at, room_id, allocation, held, sold, EXISTS (SELECT 1 FROM closed_sessions c WHERE c.id = s.id)
            FROM sessions s WHERE id = \(session)
            """
        ) { row in
            Inventory(
                startsAt: try row.value(0), roomID: try row.valueOrNil(1), allocation: try row.int(2),
                held: try row.int(3), sold: try row.int(4), isClosed: try row.bool(5))
        }
    }

    /// The booking with that id, of that user or, without one, anybody's.
    /// - Throws: `bookingNotFound` when there is none, or it is another user's.
    func booking(_ id: BookingID, of user: UserID?) throws -> Booking {
        let booking = try first("\(sql: Booking.columns) WHERE b.id = \(id)") { try Booking($0) }
        guard let booking, user == nil || booking.userID == user else { throw BookingRefusal.bookingNotFound }
        return booking
    }
}

extension Booking {
    /// `SELECT … FROM`, in the order in which `init(_:)` reads it.
    static let columns: SQL = """
        SELECT b.id, b.user_id, b.session_id, b.created_at, b.closes_at, b.confirmed_at, b.cancelled_at, b.expired_at,
            b.refunded_at, r.state, r.seats
        FROM bookings b LEFT JOIN reservations r ON r.booking_id = b.id
        """

    init(_ row: Row) throws {
        let seats: Seats =
            switch try row.textOrNil(9) {
            case "held": .held(try row.int(10))
            case "sold": .sold(try row.int(10))
            case "released": .released(try row.int(10))
            default: .none
            }
        self.init(
            id: try row.value(0), userID: try row.value(1), sessionID: try row.value(2), createdAt: try row.value(3),
            closesAt: try row.value(4), confirmedAt: try row.valueOrNil(5), cancelledAt: try row.valueOrNil(6),
            expiredAt: try row.valueOrNil(7), refundedAt: try row.valueOrNil(8), seats: seats)
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
    func userID(of caller: Principal) throws -> UserID { try caller.id() }
}
