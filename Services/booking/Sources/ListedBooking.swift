import JSON
import SQLite
import Time

extension ListedBooking {
    /// `SELECT … FROM`, in the order in which `init(_:)` reads it: what a booking has, then its session's names.
    static let columns: SQL = """
        SELECT b.id, b.user_id, b.session_id, b.created_at, b.closes_at, b.confirmed_at, b.cancelled_at, b.expired_at,
            b.refunded_at, r.state, r.seats, s.movie_id, s.movie_title, s.place_id, s.place_name, s.named_at
        FROM bookings b JOIN sessions s ON s.id = b.session_id LEFT JOIN reservations r ON r.booking_id = b.id
        """

    init(_ row: Row) throws {
        booking = try Booking(row)
        names = SessionNames(
            movieID: try row.value(11), movieTitle: try row.text(12), placeID: try row.value(13),
            placeName: try row.text(14))
        namedAt = try row.value(15)
    }

    func write(to json: inout JSONWriter, at now: Timestamp) {
        booking.writeReserved(to: &json)
        json.field("confirmed_at", booking.confirmedAt)
        json.field("cancelled_at", booking.calledOffAt)
        json.field("status", booking.status(at: now).rawValue)
        json.object("movie") { json in
            json.field("id", names.movieID)
            json.field("title", names.movieTitle)
        }
        json.object("place") { json in
            json.field("id", names.placeID)
            json.field("name", names.placeName)
        }
    }
}
