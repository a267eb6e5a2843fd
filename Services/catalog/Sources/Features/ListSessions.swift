import API
import JSON
import SQLite
import Time
import TimeZone
import TypedID

extension CatalogService {
    /// `GET /v1/sessions?movie_id&place_id&city&from&to&bookable&limit&cursor`: earliest first. A date alone is a whole
    /// day in the session's own time zone where a place or a city is named, otherwise in UTC.
    func listSessions(_ request: Request) async throws -> Response {
        let query = try request.query()
        var fields = Fields(query)
        let (from, to) = (fields.bound("from"), fields.bound("to"))
        let city = fields.city(query)
        let bookable = fields.bool("bookable", required: false)
        let limit = fields.limit()
        guard fields.faults.isEmpty else { throw fields.refusal }
        let kind = bookable.map { $0 ? "bookable sessions" : "sessions not bookable" } ?? "sessions"
        let names = ["movie_id", "place_id", "from", "to"].map { query[$0] ?? "" } + [city?.rawValue ?? ""]
        let page = try Page(
            limit: limit, cursor: query["cursor"], of: "\(kind) of \(names.joined(separator: " "))", keys: 2,
            seal: cursors)
        let now = clock.now()
        let filter = SessionFilter(
            movie: query["movie_id"], place: query["place_id"], city: city, from: from, to: to, bookable: bookable,
            now: now)
        let sessions = try database.read { try $0.sessions(filter, page) }
        return .json { json in
            page.write("sessions", sessions, to: &json, keys: { [$0.startsAt.rawValue, $0.id.rawValue] }) {
                session, json in
                json.object { session.write(to: &$0, at: now) }
            }
        }.tagged()
    }
}

private struct SessionFilter {
    /// As they were sent: what is no id matches nothing.
    let movie: String?
    let place: String?
    let city: FoldedCity?
    let from: DateBound?
    let to: DateBound?
    let bookable: Bool?
    let now: Timestamp
}

/// Sessions that one index has in order.
private struct Walk {
    let first: Timestamp
    let last: Timestamp
    /// Nil for sessions with seats left and without.
    let hasSeats: Bool?
}

extension SessionFilter {
    /// One after the other: what has begun is not bookable, whatever is left of it.
    func walks(through period: Period) -> [Walk] {
        let next = max(period.first, now.advanced(byMilliseconds: 1))
        return switch bookable {
        case nil: [Walk(first: period.first, last: period.last, hasSeats: nil)]
        case true?: [Walk(first: next, last: period.last, hasSeats: true)]
        case false?:
            [
                Walk(first: period.first, last: min(period.last, now), hasSeats: nil),
                Walk(first: next, last: period.last, hasSeats: false),
            ]
        }
    }
}

extension Connection {
    fileprivate func sessions(_ filter: SessionFilter, _ page: Page) throws -> [Session] {
        let anywhere = try Period(from: filter.from, to: filter.to, in: try zone("Etc/UTC"))
        let movie = filter.movie.map { MovieID($0) ?? MovieID(rawValue: 0) }
        guard filter.place != nil || filter.city != nil else {
            return try sessions(movie, nil, filter.walks(through: anywhere), page)
        }
        // One walk through the index for each place, put together here: as many rows as a page has, and no more.
        let found = try places(filter.place, filter.city).flatMap { place in
            let period = try Period(from: filter.from, to: filter.to, in: try zone(place.zone))
            return try sessions(movie, place.id, filter.walks(through: period), page)
        }
        return Array(found.sorted { ($0.startsAt, $0.id) < ($1.startsAt, $1.id) }.prefix(Int(page.fetched)))
    }

    private func sessions(_ movie: MovieID?, _ place: PlaceID?, _ walks: [Walk], _ page: Page) throws -> [Session] {
        let after = page.after ?? [.min, 0]
        let ofMovie: SQL = movie.map { "s.movie_id = \($0) AND" } ?? ""
        let inPlace: SQL = place.map { "s.place_id = \($0) AND" } ?? ""
        var found: [Session] = []
        for walk in walks where found.count < page.fetched {
            let first = max(walk.first, Timestamp(rawValue: after[0]))
            let withSeats: SQL = walk.hasSeats.map { "s.has_seats = \($0) AND" } ?? ""
            found += try sessions(
                """
                \(sql: ofMovie) \(sql: inPlace) \(sql: withSeats) s.starts_at BETWEEN \(first) AND \(walk.last)
                    AND (s.starts_at, s.id) > (\(after[0]), \(after[1]))
                ORDER BY s.starts_at, s.id LIMIT \(page.fetched - Int64(found.count))
                """)
        }
        return found
    }

    private func places(_ place: String?, _ city: FoldedCity?) throws -> [(id: PlaceID, zone: String)] {
        let ofCity: SQL = city.map { "city_folded = \($0)" } ?? "TRUE"
        let ofPlace: SQL = place.map { "id = \(PlaceID($0) ?? PlaceID(rawValue: 0))" } ?? "TRUE"
        return try rows("SELECT id, time_zone FROM places WHERE \(sql: ofPlace) AND \(sql: ofCity)") { row in
            (try row.value(0), try row.text(1))
        }
    }
}
