import API
import JSON
import SQLite
import Time
import TypedID

extension BookingService {
    /// `GET /v1/sessions/{session_id}/seats`: the seat map and its live state, whole; counts alone where seats are only
    /// counted.
    func showSeats(_ request: Request) async throws -> Response {
        guard let id = SessionID(request.parameter("session_id")) else { throw BookingRefusal.sessionNotFound }
        var map = try seatMap(of: id)
        if map == nil {
            let (news, now) = (try await catalog.session(id, request.trace), clock.now())
            try await database.write { try $0.meet(news, at: now) }
            map = try seatMap(of: id)
        }
        guard let map else { throw BookingRefusal.sessionNotFound }
        return .json { map.write(to: &$0) }
    }

    /// Nil for a session that is not known here.
    private func seatMap(of id: SessionID) throws -> SeatMap? {
        let now = clock.now()
        return try database.read { [plans] connection in
            guard let session = try connection.inventory(of: id) else { return nil }
            guard !session.isClosed else { throw BookingRefusal.sessionNotFound }
            return SeatMap(
                session: session, lapsed: try connection.seatsLapsed(in: id, at: now),
                seats: try session.roomID.map { try plans.texts(of: $0, in: connection) },
                holders: try connection.seatStates(in: id, at: now))
        }
    }
}

private struct SeatMap {
    let session: Inventory
    /// Seats whose holds have lapsed, but were not released yet.
    let lapsed: Int64
    let seats: SeatTexts?
    /// Of the seats that somebody has, `held` or `sold`.
    let holders: [SeatID: String]

    func write(to json: inout JSONWriter) {
        if let seats {
            json.array("seats") { json in seats.write(to: &json) { holders[$0] ?? "free" } }
        }
        json.object("counts") { json in
            json.field("allocation", session.allocation)
            json.field("free", session.free + lapsed)
            json.field("held", session.held - lapsed)
            json.field("sold", session.sold)
        }
    }
}

extension Connection {
    /// Found by their bookings, which are in order of when they close: a rush has thousands of holds, and few that lapsed.
    fileprivate func seatsLapsed(in session: SessionID, at now: Timestamp) throws -> Int64 {
        try first(
            """
            SELECT coalesce(sum(r.seats), 0) FROM bookings b JOIN reservations r ON r.booking_id = b.id
            WHERE b.session_id = \(session) AND b.closes_at <= \(now)
                AND b.confirmed_at IS NULL AND b.cancelled_at IS NULL AND b.expired_at IS NULL AND r.state = 'held'
            """
        ) { try $0.int(0) } ?? 0
    }

    fileprivate func seatStates(in session: SessionID, at now: Timestamp) throws -> [SeatID: String] {
        let states = try rows(
            """
            SELECT h.seat_id, r.state FROM seat_holders h JOIN reservations r ON r.id = h.reservation_id
            WHERE h.session_id = \(session) AND (r.state = 'sold' OR r.held_until > \(now))
            """
        ) { (try $0.value(0, as: SeatID.self), try $0.text(1)) }
        return Dictionary(states, uniquingKeysWith: { first, _ in first })
    }
}
