import SQLite
import TypedID

extension Connection {
    /// The id in a path, when it is that of a movie.
    /// - Throws: `movieNotFound` for an id of another shape, too.
    func movieID(_ text: String) throws -> MovieID {
        guard let id = MovieID(text), try first("SELECT 1 FROM movies WHERE id = \(id)", { _ in true }) != nil else {
            throw CatalogRefusal.movieNotFound
        }
        return id
    }

    /// The id in a path, when it is that of a place.
    /// - Throws: `placeNotFound` for an id of another shape, too.
    func placeID(_ text: String) throws -> PlaceID {
        guard let id = PlaceID(text), try first("SELECT 1 FROM places WHERE id = \(id)", { _ in true }) != nil else {
            throw CatalogRefusal.placeNotFound
        }
        return id
    }
}
