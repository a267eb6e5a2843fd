import API
import Auth
import JSON
import SQLite
import TypedID

extension CatalogService {
    /// `POST /v1/movies` `{title, description, poster, duration, directors, stars}`
    func createMovie(_ request: Request, _ caller: Principal) async throws -> Response {
        var fields = Fields(request.body)
        let title = MovieFields.title(&fields, "title")
        let description = MovieFields.description(&fields, "description") ?? ""
        let poster = MovieFields.poster(&fields, "poster")
        let duration = MovieFields.duration(&fields, "duration")
        let directors = MovieFields.credits(&fields, "directors") ?? []
        let stars = MovieFields.credits(&fields, "stars") ?? []
        guard let title, let duration, fields.faults.isEmpty else { throw fields.refusal }
        let id: MovieID = ids.next()
        return try await request.decide(in: database) { transaction in
            try transaction.checkPeople(directors: directors, stars: stars)
            try transaction.execute(
                """
                INSERT INTO movies (id, title, description, poster, duration)
                VALUES (\(id), \(title), \(description), \(poster), \(duration))
                """)
            try transaction.setCredits(directors, as: .director, of: id)
            try transaction.setCredits(stars, as: .star, of: id)
            try transaction.readWords(of: id)
            return try .json(201) { json in try json.object("movie") { try transaction.write(id, to: &$0) } }
        }
    }
}
