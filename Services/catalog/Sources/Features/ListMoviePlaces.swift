import API
import JSON
import SQLite
import Time
import TypedID

extension CatalogService {
    /// `GET /v1/movies/{movie_id}/places?limit&cursor`: where the movie has a session still to come, by ascending id.
    func listMoviePlaces(_ request: Request) async throws -> Response {
        let query = try request.query()
        var fields = Fields(query)
        let limit = fields.limit()
        guard fields.faults.isEmpty else { throw fields.refusal }
        let movie = request.parameter("movie_id")
        let page = try Page(limit: limit, cursor: query["cursor"], of: "places of \(movie)", keys: 1, seal: cursors)
        let after = PlaceID(rawValue: page.after?[0] ?? 0)
        let now = clock.now()
        let places = try database.read { connection in
            let movieID = try connection.movieID(movie)
            return try connection.rows(
                """
                SELECT p.id, p.name, p.address FROM showings s JOIN places p ON p.id = s.place_id
                WHERE s.movie_id = \(movieID) AND s.place_id > \(after) AND s.last_starts_at > \(now)
                ORDER BY s.place_id LIMIT \(page.fetched)
                """
            ) { row in (id: try row.value(0, as: PlaceID.self), name: try row.text(1), address: try row.text(2)) }
        }
        return .json { json in
            page.write("places", places, to: &json, keys: { [$0.id.rawValue] }) { place, json in
                json.object { json in
                    json.field("id", place.id)
                    json.field("name", place.name)
                    json.field("address", place.address)
                }
            }
        }.tagged()
    }
}
