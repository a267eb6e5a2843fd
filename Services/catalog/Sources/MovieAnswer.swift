import API
import JSON
import SQLite
import Time
import TypedID

extension Movie {
    /// Of `movies m`, in the order in which `write(_:to:)` reads them.
    static let columns: SQL = """
        m.id, m.title, m.description, m.poster, m.duration, m.airs_from, m.airs_to, m.rating_sum, m.rating_count
        """
    static let columnCount = 9

    static func write(_ row: Row, to json: inout JSONWriter) throws {
        json.field("id", try row.value(0, as: MovieID.self))
        try json.field("title", textOf: 1, in: row)
        try json.field("description", textOf: 2, in: row)
        try json.field("poster", textOf: 3, in: row)
        json.field("duration", try row.int(4))
        try json.object("airing_dates") { json in
            json.field("from", try row.valueOrNil(5, as: Timestamp.self))
            json.field("to", try row.valueOrNil(6, as: Timestamp.self))
        }
        json.field("rating", RatingMean(sum: try row.int(7), count: try row.int(8))?.rounded)
    }
}

extension Connection {
    /// Writes a movie's members into an object.
    /// - Throws: `movieNotFound`.
    func write(_ id: MovieID, to json: inout JSONWriter) throws {
        let found: Void? = try first("SELECT \(sql: Movie.columns) FROM movies m WHERE m.id = \(id)") { row in
            try Movie.write(row, to: &json)
        }
        if found == nil { throw CatalogRefusal.movieNotFound }
    }
}
