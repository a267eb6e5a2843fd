import API
import Auth
import SQLite
import TypedID

extension CatalogService {
    /// `DELETE /v1/people/{person_id}`: once no movie credits them.
    func deletePerson(_ request: Request, _ caller: Principal) async throws -> Response {
        let path = request.parameter("person_id")
        return try await request.decide(in: database) { transaction in
            let person = try transaction.person(path)
            let movies = try transaction.rows(
                "SELECT DISTINCT movie_id FROM credits WHERE person_id = \(person.id) ORDER BY movie_id LIMIT 3"
            ) { try $0.value(0, as: MovieID.self) }
            guard movies.isEmpty else { throw CatalogRefusal.personHasCredits(movies) }
            try transaction.forgetName(of: person.id, person.name)
            try transaction.execute("DELETE FROM people WHERE id = \(person.id)")
            return .noContent
        }
    }
}
