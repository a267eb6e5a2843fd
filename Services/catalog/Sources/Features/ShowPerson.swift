import API
import SQLite
import TypedID

extension CatalogService {
    /// `GET /v1/people/{person_id}`
    func showPerson(_ request: Request) async throws -> Response {
        try answers.answer(to: request.target) {
            let person = try database.read { try $0.person(request.parameter("person_id")) }
            return .person(person.id, person.name)
        }
    }
}
