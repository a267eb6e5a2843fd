import API
import JSON
import SQLite
import TypedID

extension CatalogService {
    /// `GET /v1/people?q&limit&cursor`: those whose name has all words of `q`, or their beginnings, by ascending id.
    func listPeople(_ request: Request) async throws -> Response {
        try answers.answer(to: request.target) {
            let query = try request.query()
            var fields = Fields(query)
            let search = SearchWords((query["q"] ?? "").isEmpty ? nil : fields.text("q", 0...200))
            let limit = fields.limit()
            guard fields.faults.isEmpty else { throw fields.refusal }
            let page = try Page(
                limit: limit, cursor: query["cursor"], of: "people with \(search.match ?? "any name")", keys: 1,
                seal: cursors)
            let after = PersonID(rawValue: page.after?[0] ?? 0)
            let people = try database.read { connection in
                try connection.rows(
                    search.match.map { match in
                        """
                        SELECT p.id, p.name FROM people_names n JOIN people p ON p.id = n.rowid
                        WHERE n.people_names MATCH \(match) AND n.rowid > \(after)
                        ORDER BY n.rowid LIMIT \(page.fetched)
                        """
                    } ?? "SELECT id, name FROM people WHERE id > \(after) ORDER BY id LIMIT \(page.fetched)"
                ) { row in (id: try row.value(0, as: PersonID.self), name: try row.text(1)) }
            }
            return .json { json in
                page.write("people", people, to: &json, keys: { [$0.id.rawValue] }) { person, json in
                    json.object { json in
                        json.field("id", person.id)
                        json.field("name", person.name)
                    }
                }
            }
        }
    }
}
