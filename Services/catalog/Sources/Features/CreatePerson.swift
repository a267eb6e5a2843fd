import API
import Auth
import SQLite
import TypedID

extension CatalogService {
    /// `POST /v1/people` `{name}`
    func createPerson(_ request: Request, _ caller: Principal) async throws -> Response {
        var fields = Fields(request.body)
        guard let name = fields.text("name", 1...200, trim: true) else { throw fields.refusal }
        let id: PersonID = ids.next()
        return try await request.decide(in: database) { transaction in
            try transaction.execute("INSERT INTO people (id, name) VALUES (\(id), \(name))")
            try transaction.execute("INSERT INTO people_names (rowid, name) VALUES (\(id), \(name))")
            return .person(status: 201, id, name)
        }
    }
}
