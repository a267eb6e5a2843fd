import API
import Auth
import JSON
import SQLite
import Time
import TypedID

/// By what sessions are put together.
enum Grouping: String, CaseIterable, Sendable {
    case weekday, movie, place, day
    case timeSlot = "time_slot"

    /// What of `sessions` a group has in common.
    var column: StaticString {
        switch self {
        case .weekday: "weekday"
        case .timeSlot: "time_slot"
        case .movie: "movie_id"
        case .place: "place_id"
        case .day: "day"
        }
    }

    /// How a client reads it.
    func key(_ value: Int64) -> String? {
        switch self {
        case .weekday: LocalTime.Weekday(rawValue: value)?.name
        case .timeSlot: LocalTime.Slot(rawValue: value)?.name
        case .movie: MovieID(rawValue: value).description
        case .place: PlaceID(rawValue: value).description
        case .day: CalendarDate(daysSinceEpoch: Int(value))?.text
        }
    }
}

/// What became of the bookings of some sessions.
private struct ReservationCounts {
    let key: Int64
    let opened, confirmed, expired, cancelled: Int64
    /// Of confirmed bookings.
    let seats: Int64
    let allocation: Int64
}

extension AnalyticsService {
    /// `GET /v1/analytics/reservations?group_by&from&to&limit&cursor`: the bookings of the sessions that begin in a
    /// period, by what those have in common, in its natural order.
    func countReservations(_ request: Request, _ caller: Principal) async throws -> Response {
        let query = try request.query()
        var fields = Fields(query)
        let grouping = fields.choice("group_by", of: Grouping.self)
        let (from, to) = (fields.bound("from"), fields.bound("to"))
        if let from, let to, from.isAfter(to) { fields.refuse("range_invalid", "The from is after the to.") }
        let limit = fields.limit()
        guard let grouping, fields.faults.isEmpty else { throw fields.refusal }
        let list = "reservations by \(grouping.rawValue) from \(query["from"] ?? "") to \(query["to"] ?? "")"
        let page = try Page(limit: limit, cursor: query["cursor"], of: list, keys: 1, seal: cursors)
        let sql = SQL.groups(of: grouping, from: from, to: to, on: page)
        let groups = try database.read { try $0.rows(sql) { try ReservationCounts($0) } }
        return .json { json in
            page.write("groups", groups, to: &json, keys: { [$0.key] }) { group, json in
                json.object { group.write(to: &$0, by: grouping) }
            }
        }
    }
}

extension SQL {
    fileprivate static func groups(of grouping: Grouping, from: DateBound?, to: DateBound?, on page: Page) -> SQL {
        let key: SQL = "\(raw: grouping.column)"
        var sql: SQL = """
            SELECT \(sql: key), sum(opened), sum(confirmed), sum(expired), sum(cancelled), sum(seats), sum(allocation)
            FROM sessions WHERE \(sql: key) > \(page.after?[0] ?? .min)
            """
        switch from {
        case .moment(let moment)?: sql += " AND starts_at >= \(moment)"
        case .day(let day)?: sql += " AND +day >= \(day.daysSinceEpoch)"
        case nil: break
        }
        switch to {
        case .moment(let moment)?: sql += " AND starts_at <= \(moment)"
        case .day(let day)?: sql += " AND +day <= \(day.daysSinceEpoch)"
        case nil: break
        }
        return sql + " GROUP BY \(sql: key) ORDER BY \(sql: key) LIMIT \(page.fetched)"
    }
}

extension ReservationCounts {
    init(_ row: Row) throws {
        key = try row.int(0)
        opened = try row.int(1)
        confirmed = try row.int(2)
        expired = try row.int(3)
        cancelled = try row.int(4)
        seats = try row.int(5)
        allocation = try row.int(6)
    }

    func write(to json: inout JSONWriter, by grouping: Grouping) {
        json.field("key", grouping.key(key))
        json.field("opened", opened)
        json.field("confirmed", confirmed)
        json.field("expired", expired)
        json.field("cancelled", cancelled)
        json.field("seats", seats)
        json.field("fill_rate", fillRate)
    }

    /// Four decimals; nil where nothing was on sale.
    private var fillRate: Double? {
        guard allocation > 0 else { return nil }
        return (Double(seats) / Double(allocation) * 10_000).rounded() / 10_000
    }
}

extension DateBound {
    /// Between a day, which is each place's own, and a moment there is no order.
    fileprivate func isAfter(_ other: DateBound) -> Bool {
        switch (self, other) {
        case (.moment(let moment), .moment(let later)): moment > later
        case (.day(let day), .day(let later)): day > later
        case (.moment, .day), (.day, .moment): false
        }
    }
}
