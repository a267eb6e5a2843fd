import SQLite
import TypedID

/// What visits are counted by.
struct Subject: RawRepresentable, Hashable, Sendable {
    /// Of `subjects`; pages and films in the order in which they were first seen.
    let rawValue: Int64

    /// As the migration made them.
    static let everything = Subject(rawValue: 1)
    static let anyMovie = Subject(rawValue: 2)
}

/// A page, and the films it belongs to.
struct PageSubjects: Sendable {
    let page: Subject
    let movies: [Subject]

    /// All that a visit of the page counts for.
    var all: [Subject] { [.everything, page] + (movies.isEmpty ? [] : [.anyMovie] + movies) }
}

extension Connection {
    func subject(page path: String) throws -> Subject? {
        try first("SELECT id FROM subjects WHERE kind = 'page' AND name = \(path)") { try $0.value(0) }
    }

    func subject(_ movie: MovieID) throws -> Subject? {
        try first("SELECT id FROM subjects WHERE kind = 'movie' AND name = \(movie.description)") { try $0.value(0) }
    }
}

extension Transaction {
    /// Those of a page, made where there are none yet.
    func subjects(ofPage path: String) throws -> PageSubjects {
        let page = try subject(page: path) ?? newSubject("page", path)
        let movies = try PageEvent.movies(inPath: path).map { try subject($0) ?? newSubject("movie", $0.description) }
        return PageSubjects(page: page, movies: movies)
    }

    private func newSubject(_ kind: String, _ name: String) throws -> Subject {
        let made: Subject? = try first(
            "INSERT INTO subjects (kind, name) VALUES (\(kind), \(name)) RETURNING id"
        ) { try $0.value(0) }
        guard let made else { throw DatabaseError.corrupt("no subject was made") }
        return made
    }
}
