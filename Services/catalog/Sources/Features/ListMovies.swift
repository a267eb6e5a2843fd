import API
import JSON
import SQLite
import TypedID

extension CatalogService {
    /// `GET /v1/movies?sort&limit&cursor&q&city&from&to&ids&airing&bookable`: all movies, or those that all filters let
    /// through; those without a value to sort by last.
    func listMovies(_ request: Request) async throws -> Response {
        try answers.answer(to: request.target) {
            let query = try request.query()
            var fields = Fields(query)
            let sort = fields.choice("sort", of: MovieSort.self, required: false) ?? .rating
            let limit = fields.limit()
            let filter = MovieFilter(&fields, query)
            guard fields.faults.isEmpty else { throw fields.refusal }
            guard let filter else { return .lasting(try allMovies(sort, limit: limit, cursor: query["cursor"])) }
            let answer = try search(filter, sort, limit: limit, cursor: query["cursor"])
            return filter.dependsOnTime ? .passing(answer) : .lasting(answer)
        }
    }

    private func allMovies(_ sort: MovieSort, limit: Int64, cursor: String?) throws -> Response {
        let page = try Page(limit: limit, cursor: cursor, of: "movies by \(sort.rawValue)", keys: 2, seal: cursors)
        let after = page.after ?? [sort.beforeAll, 0]
        return try database.read { connection in
            try .json { json in
                try page.write(
                    "movies",
                    """
                    SELECT \(sql: Movie.columns), m.\(raw: sort.column) FROM movies m
                    WHERE (m.\(raw: sort.column), m.by_id) > (\(sql: sort.argument(after[0])), \(after[1]))
                    ORDER BY m.\(raw: sort.column), m.by_id LIMIT \(page.fetched)
                    """,
                    from: connection, to: &json
                ) { row, json in
                    try Movie.write(row, to: &json)
                    return (try sort.key(row, Movie.columnCount), try row.int(0))
                }
            }
        }
    }
}
