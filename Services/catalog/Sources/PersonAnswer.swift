import API
import JSON
import SQLite
import TypedID

extension Connection {
    /// The id in a path, and what the person is called.
    /// - Throws: `personNotFound`, for an id of another shape, too.
    func person(_ text: String) throws -> (id: PersonID, name: String) {
        guard let id = PersonID(text),
            let name = try first("SELECT name FROM people WHERE id = \(id)", { try $0.text(0) })
        else { throw CatalogRefusal.personNotFound }
        return (id, name)
    }
}

extension Response {
    static func person(status: Int = 200, _ id: PersonID, _ name: String) -> Response {
        .json(status) { json in
            json.object("person") { json in
                json.field("id", id)
                json.field("name", name)
            }
        }
    }
}
