import API
import JSON
import SQLite
import Time
import TypedID

extension CatalogService {
    /// `GET /v1/movies/{movie_id}?expand`: with its people, its ratings and its next sessions where they are asked for.
    func showMovie(_ request: Request) async throws -> Response {
        guard request.target.contains("expand") else {
            return try answers.answer(to: request.target) { try movie(request, with: []) }
        }
        var fields = Fields(try request.query())
        let details = fields.details()
        guard fields.faults.isEmpty else { throw fields.refusal }
        // What is still to come changes by itself.
        return details.contains(.sessions)
            ? try movie(request, with: details).tagged()
            : try answers.answer(to: request.target) { try movie(request, with: details) }
    }

    private func movie(_ request: Request, with details: Set<MovieDetail>) throws -> Response {
        let now = clock.now()
        return try database.read { connection in
            guard let id = MovieID(request.parameter("movie_id")) else { throw CatalogRefusal.movieNotFound }
            return try .json { json in
                try json.object("movie") { json in
                    try connection.write(id, to: &json)
                    for detail in MovieDetail.allCases where details.contains(detail) {
                        try detail.write(of: id, from: connection, at: now, to: &json)
                    }
                }
            }
        }
    }
}
