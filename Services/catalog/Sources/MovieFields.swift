import API
import JSON
import SQLite
import Text
import TypedID

/// The fields of a movie, in a body that makes one and in a body that changes one.
enum MovieFields {
    static func title(_ fields: inout Fields, _ name: String) -> String? { fields.text(name, 1...200, trim: true) }

    static func description(_ fields: inout Fields, _ name: String) -> String? {
        fields.text(name, 0...5000, multiline: true, required: false)
    }

    /// An http(s) URL.
    static func poster(_ fields: inout Fields, _ name: String) -> String? {
        guard let text = fields.text(name, 1...2048, required: false) else { return nil }
        if isWebAddress(text) { return text }
        fields.refuse("\(name)_invalid", "The \(name) must be a URL that begins with http:// or https://.")
        return nil
    }

    /// Minutes.
    static func duration(_ fields: inout Fields, _ name: String) -> Int64? { fields.integer(name, 1...1000) }

    /// People in the order of the poster, each an ID or `{id, part}`.
    static func credits(_ fields: inout Fields, _ name: String) -> [Credit]? {
        fields.list(name, 0...100, of: "IDs that begin with psn_, or objects {id, part}", required: false) { element in
            if let text = element.stringValue { return PersonID(text).map { Credit(person: $0) } }
            guard let person = element["id"]?.stringValue.flatMap(PersonID.init) else { return nil }
            switch element["part"] {
            case nil, .null?: return Credit(person: person)
            case .string(let given)?:
                let part = given.nfc.trimmed
                guard (1...200).contains(part.codePointCount), !part.hasControlCharacters() else { return nil }
                return Credit(person: person, part: part)
            case _?: return nil
            }
        }
    }
}

extension Connection {
    /// - Throws: `unknown` where a list names somebody who does not exist.
    func checkPeople(directors: [Credit], stars: [Credit]) throws {
        let unknown = try [("directors", directors), ("stars", stars)].filter { _, credits in
            let ids = Set(credits.map(\.person))
            guard !ids.isEmpty else { return false }
            return try first("SELECT count(*) FROM people WHERE id IN (\(list: Array(ids)))", { try $0.int(0) })
                != Int64(ids.count)
        }
        guard unknown.isEmpty else { throw CatalogRefusal.unknown(unknown.map(\.0)) }
    }

    func movie(_ id: MovieID) throws -> Movie? {
        try first("SELECT title, description, poster, duration FROM movies WHERE id = \(id)") { row in
            Movie(
                title: try row.text(0), description: try row.text(1), poster: try row.textOrNil(2),
                duration: try row.int(3))
        }
    }
}

extension Transaction {
    func setCredits(_ credits: [Credit], as role: CreditRole, of movie: MovieID) throws {
        try execute("DELETE FROM credits WHERE movie_id = \(movie) AND role = \(role)")
        for (position, credit) in credits.enumerated() {
            try execute(
                """
                INSERT INTO credits (movie_id, role, position, person_id, part)
                VALUES (\(movie), \(role), \(Int64(position)), \(credit.person), \(credit.part))
                """)
        }
    }
}
