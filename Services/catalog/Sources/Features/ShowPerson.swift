import API
import JSON
import SQLite
import TypedID

extension CatalogService {
    /// `GET /v1/people/{person_id}`
    func showPerson(_ request: Request) async throws -> Response {
        try answers.answer(to: request.target) {
            guard let id = PersonID(request.parameter("person_id")) else { throw CatalogRefusal.personNotFound }
            let name = try database.read { connection in
                try connection.first("SELECT name FROM people WHERE id = \(id)") { try $0.text(0) }
            }
            guard let name else { throw CatalogRefusal.personNotFound }
            return .json { json in
                json.object("person") { json in
                    json.field("id", id)
                    json.field("name", name)
                }
            }
        }
    }
}
