import API
import Auth
import JSON
import SQLite
import TypedID

extension CatalogService {
    /// `POST /v1/movies/{movie_id}/rate` `{value}`: 201 the first time, 200 when it overrides, under the same id.
    func rateMovie(_ request: Request, _ caller: Principal) async throws -> Response {
        let user: UserID = try caller.id()
        var fields = Fields(request.body)
        guard let value = fields.number("value", 0...5) else { throw fields.refusal }
        let movie = request.parameter("movie_id")
        let newID: RatingID = ids.next()
        return try await request.decide(in: database) { transaction in
            let movieID = try transaction.movieID(movie)
            let id = try transaction.first(
                """
                INSERT INTO ratings (id, movie_id, user_id, value) VALUES (\(newID), \(movieID), \(user), \(value))
                ON CONFLICT (movie_id, user_id) DO UPDATE SET value = excluded.value
                RETURNING id
                """
            ) { try $0.value(0, as: RatingID.self) }
            return .json(id == newID ? 201 : 200) { json in
                json.object("rating") { json in
                    json.field("id", id)
                    json.field("value", value)
                }
            }
        }
    }
}
