import API
import JSON
import SQLite
import TypedID

extension CatalogService {
    /// `GET /v1/movies/{movie_id}`
    func showMovie(_ request: Request) async throws -> Response {
        try answers.answer(to: request.target) {
            guard let id = MovieID(request.parameter("movie_id")) else { throw CatalogRefusal.movieNotFound }
            let movie = try database.read { connection in
                try connection.first("SELECT \(sql: Movie.columns) FROM movies m WHERE m.id = \(id)") { try Movie($0) }
            }
            guard let movie else { throw CatalogRefusal.movieNotFound }
            return .json { json in json.object("movie") { movie.write(to: &$0) } }
        }
    }
}
