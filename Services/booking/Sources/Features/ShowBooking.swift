import API
import Auth
import JSON
import SQLite
import Time
import TypedID

extension BookingService {
    /// `GET /v1/bookings/{booking_id}`: one's own, or for staff anybody's; in a seated room with the seats that it has.
    func showBooking(_ request: Request, _ caller: Principal) async throws -> Response {
        let user = try userID(of: caller)
        guard let id = BookingID(request.parameter("booking_id")) else { throw BookingRefusal.bookingNotFound }
        let now = clock.now()
        let (found, seats) = try await show(at: now, { [$0.0] }) { connection in
            let found = try connection.first("\(sql: ListedBooking.columns) WHERE b.id = \(id)") {
                try ListedBooking($0).costing(connection.bill(of: id))
            }
            guard let found, found.booking.userID == user || caller.role >= .staff else {
                throw BookingRefusal.bookingNotFound
            }
            return (found, try connection.seats(of: id))
        }
        var bookings = [found]
        await refreshNames(of: &bookings, request.trace)
        return .json { json in
            json.object("booking") { json in
                bookings[0].write(to: &json, at: now)
                guard let seats else { return }
                // What it held last is somebody else's by now, or free.
                let has = found.booking.hasSeats(at: now) ? seats : []
                json.array("seats") { json in has.forEach { $0.write(to: &json) } }
            }
        }
    }
}

extension Connection {
    /// The seats that stand in a booking's name, front to back; nil where they are only counted.
    fileprivate func seats(of booking: BookingID) throws -> [Seat]? {
        let isSeated = try first(
            "SELECT s.room_id IS NOT NULL FROM bookings b JOIN sessions s ON s.id = b.session_id WHERE b.id = \(booking)"
        ) { try $0.bool(0) }
        guard isSeated == true else { return nil }
        return try rows(
            """
            SELECT p.id, p.row_label, p.number, p.kind, p.x, p.y
            FROM reservations r JOIN seat_holders h ON h.reservation_id = r.id JOIN seats p ON p.id = h.seat_id
            WHERE r.booking_id = \(booking)
            """
        ) { try Seat($0) }
        .sorted { ($0.y, $0.x, $0.id) < ($1.y, $1.x, $1.id) }
    }
}
