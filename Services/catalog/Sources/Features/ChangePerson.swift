import API
import Auth
import SQLite
import TypedID

extension CatalogService {
    /// `PATCH /v1/people/{person_id}` `{name}`: what is not named stays.
    func changePerson(_ request: Request, _ caller: Principal) async throws -> Response {
        var fields = Fields(request.body)
        let name = fields.change("name") { $0.text($1, 1...200, trim: true) }
        guard fields.faults.isEmpty else { throw fields.refusal }
        let path = request.parameter("person_id")
        return try await request.decide(in: database) { transaction in
            let person = try transaction.person(path)
            let changed = name.applied(to: person.name)
            try transaction.forgetName(of: person.id, person.name)
            try transaction.execute("UPDATE people SET name = \(changed) WHERE id = \(person.id)")
            try transaction.execute("INSERT INTO people_names (rowid, name) VALUES (\(person.id), \(changed))")
            try transaction.readWords(atMost: 100, of: person.id)
            return .person(person.id, changed)
        }
    }
}

extension Transaction {
    /// Takes a name out of the index, which holds no copy of it.
    func forgetName(of person: PersonID, _ name: String) throws {
        try execute("INSERT INTO people_names (people_names, rowid, name) VALUES ('delete', \(person), \(name))")
    }
}
