import API
import JSON
import SQLite
import TypedID

extension CatalogService {
    /// `GET /v1/movies?sort&limit&cursor`: all movies, those without a value to sort by last.
    func listMovies(_ request: Request) async throws -> Response {
        try answers.answer(to: request.target) {
            let query = try request.query()
            var fields = Fields(query)
            let sort = fields.choice("sort", of: MovieSort.self, required: false) ?? .rating
            let limit = fields.limit()
            guard fields.faults.isEmpty else { throw fields.refusal }
            let page = try Page(
                limit: limit, cursor: query["cursor"], of: "movies by \(sort.rawValue)", keys: 2, seal: cursors)
            let after = page.after ?? [sort.beforeAll, 0]
            let movies = try database.read { connection in
                try connection.rows(
                    """
                    SELECT \(sql: Movie.columns), m.\(raw: sort.column) FROM movies m
                    WHERE (m.\(raw: sort.column), m.by_id) > (\(sql: sort.argument(after[0])), \(after[1]))
                    ORDER BY m.\(raw: sort.column), m.by_id LIMIT \(page.fetched)
                    """
                ) { row in (movie: try Movie(row), key: try sort.key(row, Movie.columnCount)) }
            }
            return .json { json in
                page.write("movies", movies, to: &json, keys: { [$0.key, $0.movie.id.rawValue] }) { listed, json in
                    json.object { listed.movie.write(to: &$0) }
                }
            }
        }
    }
}

extension MovieSort {
    /// Sorts this way when it ascends.
    fileprivate var column: StaticString {
        switch self {
        case .rating: "by_rating"
        case .new: "by_newest"
        case .leavingSoon: "by_leaving"
        }
    }

    /// The column's value as a cursor carries it, which is integers: a mean by its bits.
    fileprivate func key(_ row: Row, _ column: Int) throws -> Int64 {
        switch self {
        case .rating: Int64(bitPattern: try row.double(column).bitPattern)
        case .new, .leavingSoon: try row.int(column)
        }
    }

    /// The value that `key` read, bound.
    fileprivate func argument(_ key: Int64) -> SQL {
        switch self {
        case .rating: "\(Double(bitPattern: UInt64(bitPattern: key)))"
        case .new, .leavingSoon: "\(key)"
        }
    }

    /// The key of no movie, below those of all.
    fileprivate var beforeAll: Int64 {
        switch self {
        case .rating: Int64(bitPattern: (-Double.infinity).bitPattern)
        case .new, .leavingSoon: .min
        }
    }
}
