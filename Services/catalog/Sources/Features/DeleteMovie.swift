import API
import Auth
import SQLite
import TypedID

extension CatalogService {
    /// `DELETE /v1/movies/{movie_id}`: with its credits and ratings, once it has no session.
    func deleteMovie(_ request: Request, _ caller: Principal) async throws -> Response {
        let path = request.parameter("movie_id")
        return try await request.decide(in: database) { transaction in
            let id = try transaction.movieID(path)
            let session = try transaction.first("SELECT id FROM sessions WHERE movie_id = \(id) LIMIT 1") {
                try $0.value(0, as: SessionID.self)
            }
            if let session { throw CatalogRefusal.movieHasSessions(session) }
            try transaction.execute("DELETE FROM movies WHERE id = \(id)")
            return .noContent
        }
    }
}
