import API
import Auth
import JSON
import SQLite
import Telemetry
import Time
import TypedID

extension BookingService {
    /// `GET /v1/bookings?scope=all&user_id&session_id&movie_id&place_id&status&from&to&limit&cursor`, for admins:
    /// everybody's, newest first, each with its `user_id`. `from` and `to` are about `created_at`; a date alone is a
    /// whole day in UTC.
    func listAllBookings(_ query: Query, _ caller: Principal, _ trace: TraceContext) async throws -> Response {
        guard caller.role >= .admin else { throw APIError.forbidden(needing: .admin) }
        var fields = Fields(query)
        let filter = BookingFilter(&fields, query)
        let limit = fields.limit()
        guard fields.faults.isEmpty else { throw fields.refusal }
        let page = try Page(
            limit: limit, cursor: query["cursor"], of: "all bookings of \(filter.name)", keys: 2, seal: cursors)
        // What is open is decided once: an item is what the filter took it for.
        let now = clock.now()
        var bookings = try await show(at: now, { $0 }) { try $0.bookings(filter, at: now, on: page) }
        await refreshNames(of: &bookings, trace)
        return .json { json in
            page.write("bookings", bookings, to: &json, keys: \.sortKeys) { listed, json in
                json.object { json in
                    listed.write(to: &json, at: now)
                    json.field("user_id", listed.booking.userID)
                }
            }
        }
    }
}

private struct BookingFilter {
    /// What is no id is 0, which nothing has.
    let user: UserID?
    let session: SessionID?
    let movie: MovieID?
    let place: PlaceID?
    let status: Booking.Status?
    let first: Timestamp
    let last: Timestamp

    init(_ fields: inout Fields, _ query: Query) {
        user = query["user_id"].map { UserID($0) ?? UserID(rawValue: 0) }
        session = query["session_id"].map { SessionID($0) ?? SessionID(rawValue: 0) }
        movie = query["movie_id"].map { MovieID($0) ?? MovieID(rawValue: 0) }
        place = query["place_id"].map { PlaceID($0) ?? PlaceID(rawValue: 0) }
        status = fields.choice("status", of: Booking.Status.self, required: false)
        first = fields.bound("from")?.momentsInUTC.lowerBound ?? Timestamp(rawValue: .min)
        last = fields.bound("to")?.momentsInUTC.upperBound ?? Timestamp(rawValue: .max)
        if first > last { fields.refuse("range_invalid", "The from is after the to.") }
    }

    /// The same for the same filter, and for no other.
    var name: String {
        let ids = [user?.rawValue, session?.rawValue, movie?.rawValue, place?.rawValue]
        return (ids + [first.rawValue, last.rawValue]).map { $0.map(String.init) ?? "-" }.joined(separator: " ")
            + " \(status?.rawValue ?? "-")"
    }

    /// The index to walk is the narrowest of those that there are; a `+` keeps a column from being taken for one.
    var condition: SQL {
        switch (user, session, movie, place) {
        case (let user?, let session?, _, _):
            "b.user_id = \(user) AND b.session_id = \(session)\(sql: ofMovie)\(sql: inPlace)"
        case (let user?, nil, _, _): "b.user_id = \(user)\(sql: ofMovie)\(sql: inPlace)"
        case (nil, let session?, _, _): "b.session_id = \(session)\(sql: ofMovie)\(sql: inPlace)"
        case (nil, nil, let movie?, _): "b.movie_id = \(movie)\(sql: inPlace)"
        case (nil, nil, nil, let place?): "b.place_id = \(place)"
        case (nil, nil, nil, nil): "TRUE"
        }
    }

    private var ofMovie: SQL { movie.map { " AND +b.movie_id = \($0)" } ?? "" }
    private var inPlace: SQL { place.map { " AND +b.place_id = \($0)" } ?? "" }

    /// Otherwise the state is looked at row by row, among the bookings of one user, session, film or place: an index for
    /// each would be another page to write with every sale.
    var isUnfiltered: Bool { user == nil && session == nil && movie == nil && place == nil }
}

extension Connection {
    fileprivate func bookings(_ filter: BookingFilter, at now: Timestamp, on page: Page) throws -> [ListedBooking] {
        switch filter.status {
        case nil: try bookings(filter.condition, from: filter.first, to: filter.last, on: page)
        case .confirmed?: try settled(filter, .confirmed, page)
        case .cancelled?: try settled(filter, .cancelled, page)
        case .open?: try unsettled(filter, "b.closes_at > \(now)", page)
        case .expired?:
            // Those that ran out unnoted are among the others in time.
            Array(
                (try settled(filter, .expired, page) + unsettled(filter, "b.closes_at <= \(now)", page))
                    .sorted { ($0.booking.createdAt, $0.booking.id) > ($1.booking.createdAt, $1.booking.id) }
                    .prefix(Int(page.fetched)))
        }
    }

    private func settled(
        _ filter: BookingFilter, _ outcome: Booking.Status, _ page: Page
    ) throws -> [ListedBooking] {
        let ofOutcome: SQL = filter.isUnfiltered ? "b.outcome = \(outcome)" : "b.outcome || '' = \(outcome)"
        return try bookings(
            "\(sql: filter.condition) AND \(sql: ofOutcome)", from: filter.first, to: filter.last, on: page)
    }

    /// Those of which nothing is noted yet: none is older than the oldest of them all, so a walk ends there.
    private func unsettled(_ filter: BookingFilter, _ condition: SQL, _ page: Page) throws -> [ListedBooking] {
        let oldest = try first("SELECT min(created_at) FROM bookings WHERE outcome IS NULL") {
            try $0.valueOrNil(0, as: Timestamp.self)
        }
        guard let oldest = oldest ?? nil else { return [] }
        let unsettled: SQL = filter.isUnfiltered ? "b.outcome IS NULL" : "b.outcome || '' IS NULL"
        return try bookings(
            "\(sql: filter.condition) AND \(sql: unsettled) AND \(sql: condition)", from: max(filter.first, oldest),
            to: filter.last, on: page)
    }
}
