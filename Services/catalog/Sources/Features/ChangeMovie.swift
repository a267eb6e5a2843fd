import API
import Auth
import JSON
import SQLite
import Time
import TypedID

extension CatalogService {
    /// `PATCH /v1/movies/{movie_id}`: what is not named stays; null is what the field has when it is not given at first.
    func changeMovie(_ request: Request, _ caller: Principal) async throws -> Response {
        var fields = Fields(request.body)
        let title = fields.change("title", MovieFields.title)
        let description = fields.change("description", clearable: true, MovieFields.description)
        let poster = fields.change("poster", clearable: true, MovieFields.poster)
        let duration = fields.change("duration", MovieFields.duration)
        let directors = fields.change("directors", clearable: true, MovieFields.credits)
        let stars = fields.change("stars", clearable: true, MovieFields.credits)
        guard fields.faults.isEmpty else { throw fields.refusal }
        let path = request.parameter("movie_id")
        return try await request.decide(in: database) { [clock, turnaround] transaction in
            let id = try transaction.movieID(path)
            guard let movie = try transaction.movie(id) else { throw CatalogRefusal.movieNotFound }
            try transaction.checkPeople(
                directors: directors.applied(to: nil) ?? [], stars: stars.applied(to: nil) ?? [])
            if case .set(let minutes) = duration, minutes > movie.duration {
                try transaction.checkSessions(of: id, canLast: minutes, turnaround: turnaround, from: clock.now())
            }
            try transaction.execute(
                """
                UPDATE movies SET title = \(title.applied(to: movie.title)),
                    description = \(description.applied(to: Optional(movie.description)) ?? ""),
                    poster = \(poster.applied(to: movie.poster)), duration = \(duration.applied(to: movie.duration))
                WHERE id = \(id)
                """)
            try transaction.change(directors, as: .director, of: id)
            try transaction.change(stars, as: .star, of: id)
            try transaction.readWords(of: id)
            return try .json { json in try json.object("movie") { try transaction.write(id, to: &$0) } }
        }
    }
}

extension Transaction {
    fileprivate func change(_ credits: Change<[Credit]>, as role: CreditRole, of movie: MovieID) throws {
        switch credits {
        case .keep: break
        case .clear: try setCredits([], as: role, of: movie)
        case .set(let credits): try setCredits(credits, as: role, of: movie)
        }
    }
}
