import API
import JSON
import SQLite
import Time
import TimeZone
import TypedID

extension CatalogService {
    /// `GET /v1/movies/{movie_id}/places/{place_id}/sessions?from&to&limit&cursor`: latest first.
    func listMoviePlaceSessions(_ request: Request) async throws -> Response {
        try answers.answer(to: request.target) {
            let query = try request.query()
            var fields = Fields(query)
            let (from, to) = (fields.bound("from"), fields.bound("to"))
            let limit = fields.limit()
            guard fields.faults.isEmpty else { throw fields.refusal }
            let (movie, place) = (request.parameter("movie_id"), request.parameter("place_id"))
            let list = "sessions of \(movie) in \(place) from \(query["from"] ?? "") to \(query["to"] ?? "")"
            let page = try Page(limit: limit, cursor: query["cursor"], of: list, keys: 2, seal: cursors)
            return try database.read { connection in
                let movieID = try connection.movieID(movie)
                let (placeID, zone) = try connection.placeAndZone(place)
                let period = try Period(from: from, to: to, in: zone)
                let after = page.after ?? [-period.last.rawValue, 0]
                return try .json { json in
                    try page.write(
                        "sessions",
                        """
                        SELECT id, starts_at FROM sessions
                        WHERE movie_id = \(movieID) AND place_id = \(placeID)
                            AND (by_recency, id) > (\(after[0]), \(after[1]))
                            AND by_recency <= \(-period.first.rawValue)
                        ORDER BY by_recency, id LIMIT \(page.fetched)
                        """,
                        from: connection, to: &json
                    ) { row, json in
                        let (id, start) = (try row.value(0, as: SessionID.self), try row.value(1, as: Timestamp.self))
                        json.field("id", id)
                        json.field("starts_at", start)
                        return (-start.rawValue, id.rawValue)
                    }
                }
            }
        }
    }
}

extension Connection {
    /// - Throws: where the system's time zone database is older than the place, or not there.
    func zone(_ name: String) throws -> TimeZone {
        guard let zone = TimeZone.named(name) else { throw UnknownTimeZone(name: name) }
        return zone
    }

    fileprivate func placeAndZone(_ text: String) throws -> (PlaceID, TimeZone) {
        guard let id = PlaceID(text),
            let name = try first("SELECT time_zone FROM places WHERE id = \(id)", { try $0.text(0) })
        else { throw CatalogRefusal.placeNotFound }
        return (id, try zone(name))
    }
}

private struct UnknownTimeZone: Error {
    let name: String
}
