import SQLite
import TypedID

/// Triggers note which movies' texts have changed; what a request changes is read in its own transaction, what came from
/// elsewhere, or is too much at once, soon after.
extension Transaction {
    /// Brings the words of a movie up to date, if its texts have changed.
    func readWords(of movie: MovieID) throws {
        guard try execute("DELETE FROM movies_to_read WHERE movie_id = \(movie)") > 0 else { return }
        let known = Set(try rows("SELECT word FROM movie_words WHERE movie_id = \(movie)") { try $0.text(0) })
        let words = try texts(of: movie).reduce(into: Set<String>()) { $0.formUnion(FoldedWords.of($1)) }
        for word in known.subtracting(words) {
            try execute("DELETE FROM movie_words WHERE movie_id = \(movie) AND word = \(word)")
        }
        for word in words.subtracting(known) {
            try execute("INSERT INTO movie_words (movie_id, word) VALUES (\(movie), \(word))")
        }
    }

    /// The same for so many of those whose texts have changed, or for so many of a person's movies.
    package func readWords(atMost limit: Int64, of person: PersonID? = nil) throws {
        let movies = try rows(
            person.map {
                """
                SELECT DISTINCT movie_id FROM credits WHERE person_id = \($0) ORDER BY movie_id LIMIT \(limit)
                """
            } ?? "SELECT movie_id FROM movies_to_read WHERE movie_id > 0 ORDER BY movie_id LIMIT \(limit)"
        ) { try $0.value(0, as: MovieID.self) }
        for movie in movies { try readWords(of: movie) }
    }

    private func texts(of movie: MovieID) throws -> [String] {
        let own = try rows("SELECT title, description FROM movies WHERE id = \(movie)") { row in
            [try row.text(0), try row.text(1)]
        }
        let people = try rows(
            """
            SELECT p.name FROM credits c CROSS JOIN people p ON p.id = c.person_id WHERE c.movie_id = \(movie)
            """
        ) { try $0.text(0) }
        return own.flatMap(\.self) + people
    }
}

extension CatalogService {
    /// Reads what has come otherwise than by a request: sample data, and the movies of somebody with very many.
    func readWords() async {
        await workOff("SELECT 1 FROM movies_to_read WHERE movie_id > 0 LIMIT 1") { try $0.readWords(atMost: 200) }
    }
}
