import API
import JSON
import SQLite
import Time
import TypedID

/// A booking with what its session is called, and what its seats cost.
struct ListedBooking {
    let booking: Booking
    var names: SessionNames
    let namedAt: Timestamp
    /// Nil where they have no price.
    var bill: Bill?
}

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

    func costing(_ bill: Bill?) -> ListedBooking {
        var listed = self
        listed.bill = bill
        return listed
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
        bill?.write(to: &json)
    }
}

extension ListedBooking {
    /// Where it stands in every list of bookings.
    var sortKeys: [Int64] { [booking.createdAt.rawValue, booking.id.rawValue] }
}

extension Connection {
    /// A page of the bookings that meet a condition, newest first. One walk through the index of its columns and
    /// `created_at`; of several from one millisecond it finds its place by their ids.
    func bookings(
        _ condition: SQL, from first: Timestamp = Timestamp(rawValue: .min),
        to last: Timestamp = Timestamp(rawValue: .max), on page: Page
    ) throws -> [ListedBooking] {
        guard let after = page.after else { return try walk(condition, first, last, page.fetched) }
        let (moment, id) = (Timestamp(rawValue: after[0]), BookingID(rawValue: after[1]))
        let equals =
            (first...last).contains(moment)
            ? try walk("\(sql: condition) AND b.id < \(id)", moment, moment, page.fetched) : []
        let older = min(last, moment.advanced(byMilliseconds: -1))
        guard first <= older, equals.count < Int(page.fetched) else { return equals }
        return equals + (try walk(condition, first, older, page.fetched - Int64(equals.count)))
    }

    private func walk(
        _ condition: SQL, _ first: Timestamp, _ last: Timestamp, _ limit: Int64
    ) throws -> [ListedBooking] {
        let period: SQL =
            first == last ? "b.created_at = \(first)" : "b.created_at BETWEEN \(first) AND \(last)"
        let found = try rows(
            """
            \(sql: ListedBooking.columns) WHERE \(sql: condition) AND \(sql: period)
            ORDER BY b.created_at DESC, b.id DESC LIMIT \(limit)
            """
        ) { try ListedBooking($0) }
        let bills = try bills(of: found.map(\.booking.id))
        return found.map { $0.costing(bills[$0.booking.id]) }
    }
}
