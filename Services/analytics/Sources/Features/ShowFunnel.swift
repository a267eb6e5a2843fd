import API
import Auth
import JSON
import SQLite
import Time
import TypedID

/// How far bookings came.
private struct BookedFunnel {
    var opened: Int64 = 0
    var reserved: Int64 = 0
    var confirmed: Int64 = 0
}

extension AnalyticsService {
    /// `GET /v1/analytics/funnel?from&to&movie_id`: visitors who entered a film's page in a period, and the bookings that
    /// were opened in it: all of them, those that ever had seats, those that were ever confirmed. What became of a
    /// booking later counts for the moment it was opened, so that no step has more than the one before; one that was
    /// cancelled or refunded had come as far all the same. An id of another shape is no film's.
    func showFunnel(_ request: Request, _ caller: Principal) async throws -> Response {
        let query = try request.query()
        var fields = Fields(query)
        let period = fields.period()
        guard let period, fields.faults.isEmpty else { throw fields.refusal }
        let movie = query["movie_id"].map { MovieID($0) ?? MovieID(rawValue: -1) }
        let (seen, booked, following) = try database.read { connection in
            let subject = try movie.map { try connection.subject($0) } ?? .anyMovie
            let seen = try subject.map { try connection.visits(of: $0, in: period).visitors } ?? 0
            return (seen, try connection.bookings(of: movie, in: period), try connection.following())
        }
        var response = Response.json { json in
            json.object("funnel") { json in
                json.field("movie_seen", seen)
                json.field("booking_opened", booked.opened)
                json.field("seats_reserved", booked.reserved)
                json.field("confirmed", booked.confirmed)
            }
        }
        response.headers.append(countedUntil(following))
        return response
    }
}

extension Connection {
    fileprivate func bookings(of movie: MovieID?, in period: Period) throws -> BookedFunnel {
        var funnel = BookedFunnel()
        func add(_ sql: SQL) throws {
            try forEach(sql) { row in
                funnel.opened += try row.int(0)
                funnel.reserved += try row.int(1)
                funnel.confirmed += try row.int(2)
            }
        }
        if let days = period.days {
            try add(
                """
                SELECT opened, reserved, confirmed FROM funnel_days
                WHERE movie_id = \(movie ?? MovieID(rawValue: 0))
                    AND day BETWEEN \(days.lowerBound) AND \(days.upperBound)
                """)
        }
        for moments in period.edges {
            let filter: SQL = movie.map { "movie_id = \($0) AND" } ?? ""
            try add(
                """
                SELECT 1, was_reserved, was_confirmed FROM bookings
                WHERE \(sql: filter) opened_at BETWEEN \(moments.lowerBound) AND \(moments.upperBound)
                """)
        }
        return funnel
    }
}
