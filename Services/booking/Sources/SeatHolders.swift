import JSON
import SQLite
import Synchronization

/// The plans of seated rooms, which do not change while a room has sessions: each is read once.
package final class SeatPlans: Sendable {
    /// In all of them together: some 35 MB. A room has up to 10,000.
    package static let mostSeats = 100_000
    private let plans = Mutex<(byRoom: [RoomID: Kept], seats: Int)>(([:], 0))

    private struct Kept: Sendable {
        let plan: SeatPlan
        let texts: SeatTexts
    }

    package init() {}

    /// How many are kept.
    package var seats: Int { plans.withLock { $0.seats } }

    package func plan(of room: RoomID, in connection: Connection) throws -> SeatPlan {
        try kept(of: room, in: connection).plan
    }

    func texts(of room: RoomID, in connection: Connection) throws -> SeatTexts {
        try kept(of: room, in: connection).texts
    }

    private func kept(of room: RoomID, in connection: Connection) throws -> Kept {
        if let known = plans.withLock({ $0.byRoom[room] }) { return known }
        let seats = try connection.rows(
            "SELECT id, row_label, number, kind, x, y FROM seats WHERE room_id = \(room)"
        ) { try Seat($0) }
        let plan = SeatPlan(seats)
        let kept = Kept(plan: plan, texts: SeatTexts(plan))
        plans.withLock { plans in
            if plans.seats + seats.count > Self.mostSeats { plans = ([:], 0) }
            if plans.byRoom.updateValue(kept, forKey: room) == nil { plans.seats += seats.count }
        }
        return kept
    }
}

extension Seat {
    /// From `id, row_label, number, kind, x, y`.
    init(_ row: Row) throws {
        self.init(
            id: try row.value(0), row: try row.text(1), number: try row.int(2), kind: try row.value(3),
            x: try row.double(4), y: try row.double(5))
    }

    /// As an answer about a booking lists it.
    func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("id", id)
            json.field("row", row)
            json.field("number", number)
        }
    }
}

extension Connection {
    /// Seats of a session that others than this booking hold or have bought. A lapsed hold counts until it is
    /// released.
    func seatsTaken(in session: SessionID, besides booking: BookingID) throws -> Set<SeatID> {
        Set(
            try rows(
                """
                SELECT h.seat_id FROM seat_holders h JOIN reservations r ON r.id = h.reservation_id
                WHERE h.session_id = \(session) AND r.booking_id <> \(booking)
                """
            ) { try $0.value(0, as: SeatID.self) })
    }
}

extension Transaction {
    /// Holds exactly these seats of the session's room for a booking, instead of those that it had.
    func hold(_ seats: [Seat], of room: RoomID, for booking: Booking) throws {
        let reservation = try first("SELECT id FROM reservations WHERE booking_id = \(booking.id)") {
            try $0.value(0, as: ReservationID.self)
        }
        try execute("DELETE FROM seat_holders WHERE reservation_id = \(reservation)")
        for seat in seats {
            try execute(
                """
                INSERT INTO seat_holders (session_id, seat_id, reservation_id, room_id)
                VALUES (\(booking.sessionID), \(seat.id), \(reservation), \(room))
                """)
        }
    }
}
