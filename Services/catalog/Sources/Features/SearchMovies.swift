import API
import JSON
import SQLite
import Time
import TypedID

/// `GET /v1/movies` with filters.
///
/// What a page costs must not grow with its number. A filter is narrow or broad, which is found out first, at little cost:
/// each of its conditions has an index that lists the movies which may meet it, and one that lists no more than `most`
/// makes it narrow. Then these are all looked at, and sorted here: so many steps at most, on every page. Where each of
/// them lists more, many movies meet the filter, and the index of the sort is walked from the cursor on until a page is
/// full: few steps for each movie that is shown. Docs/decisions/0011-narrow-and-broad-filters.md
extension CatalogService {
    func search(_ filter: MovieFilter, _ sort: MovieSort, limit: Int64, cursor: String?) throws -> Response {
        if let ids = filter.ids { return try search(filter, among: ids, limit: limit, cursor: cursor) }
        let page = try Page(
            limit: limit, cursor: cursor, of: "movies by \(sort.rawValue)\n\(filter.spelling)", keys: 2, seal: cursors)
        let after = page.after.map { MovieKey(value: $0[0], id: MovieID(rawValue: $0[1])) }
        let now = clock.now()
        let movies = try database.read { connection -> [(key: MovieKey, movie: Movie)] in
            guard let conditions = try connection.conditions(filter, at: now) else { return [] }
            let source = try conditions.sources.first { try connection.isNarrow($0) }
            let keys =
                try source.map { try connection.gather($0, conditions, sort, after: after, page.fetched) }
                ?? connection.walk(conditions, sort, after: after, page.fetched)
            let movies = try connection.movies(keys.map(\.id))
            return keys.compactMap { key in movies[key.id].map { (key, $0) } }
        }
        return .json { json in
            page.write("movies", movies, to: &json, keys: { [$0.key.value, $0.key.id.rawValue] }) { found, json in
                json.object { found.movie.write(to: &$0) }
            }
        }
    }

    /// In the order of the ids; a cursor is the number of ids that have been looked at.
    private func search(
        _ filter: MovieFilter, among ids: [MovieID], limit: Int64, cursor: String?
    ) throws -> Response {
        let page = try Page(limit: limit, cursor: cursor, of: "movies\n\(filter.spelling)", keys: 1, seal: cursors)
        let now = clock.now()
        let movies = try database.read { connection -> [(position: Int, movie: Movie)] in
            guard let conditions = try connection.conditions(filter, at: now) else { return [] }
            let movies = try connection.movies(ids, conditions.predicate())
            return ids.enumerated().dropFirst(Int(page.after?[0] ?? 0)).compactMap { position, id in
                movies[id].map { (position + 1, $0) }
            }
        }
        return .json { json in
            page.write("movies", Array(movies.prefix(Int(page.fetched))), to: &json, keys: { [Int64($0.position)] }) {
                found, json in
                json.object { found.movie.write(to: &$0) }
            }
        }
    }
}

extension Connection {
    private static let most: Int64 = 2_000

    /// Whether a source ends within `most` movies, some of which it may list more than once.
    fileprivate func isNarrow(_ source: MovieConditions.Source) throws -> Bool {
        try first(
            "SELECT 1 FROM \(sql: source.tables) WHERE \(sql: source.filter) LIMIT 1 OFFSET \(Self.most)", { _ in true }
        ) == nil
    }

    /// The next ones that meet the conditions, of all that a source lists.
    fileprivate func gather(
        _ source: MovieConditions.Source, _ conditions: MovieConditions, _ sort: MovieSort, after: MovieKey?,
        _ count: Int64
    ) throws -> [MovieKey] {
        let join: SQL = source.movie.map { " CROSS JOIN movies m ON m.id = \(sql: $0)" } ?? ""
        var seen: Set<MovieID> = []
        var keys: [MovieKey] = []
        try forEach(
            """
            SELECT m.id, m.\(raw: sort.column) FROM \(sql: source.tables)\(sql: join)
            WHERE \(sql: source.filter) AND \(sql: conditions.predicate())
            """
        ) { row in
            let key = MovieKey(value: try sort.key(row, 1), id: try row.value(0))
            guard after.map({ sort.isInOrder($0, key) }) ?? true, seen.insert(key.id).inserted else { return }
            keys.append(key)
        }
        return Array(keys.sorted(by: sort.isInOrder).prefix(Int(count)))
    }

    /// The next ones that meet the conditions, along the index of the sort.
    fileprivate func walk(
        _ conditions: MovieConditions, _ sort: MovieSort, after: MovieKey?, _ count: Int64
    ) throws -> [MovieKey] {
        let range = conditions.range(of: sort)
        var start = after ?? MovieKey(value: sort.beforeAll, id: MovieID(rawValue: 0))
        if let range, range.lowerBound > start.value {
            start = MovieKey(value: range.lowerBound, id: MovieID(rawValue: 0))
        }
        let end: SQL = range.map { "AND m.\(raw: sort.column) <= \($0.upperBound)" } ?? ""
        return try rows(
            """
            SELECT m.id, m.\(raw: sort.column) FROM movies m INDEXED BY movies_\(raw: sort.column)
            WHERE (m.\(raw: sort.column), m.by_id) > (\(sql: sort.argument(start.value)), \(start.id))
                \(sql: end) AND \(sql: conditions.predicate(but: sort))
            ORDER BY m.\(raw: sort.column), m.by_id LIMIT \(count)
            """
        ) { row in MovieKey(value: try sort.key(row, 1), id: try row.value(0)) }
    }

    fileprivate func movies(_ ids: [MovieID], _ predicate: SQL = "TRUE") throws -> [MovieID: Movie] {
        guard !ids.isEmpty else { return [:] }
        let found = try rows(
            "SELECT \(sql: Movie.columns) FROM movies m WHERE m.id IN (\(list: ids)) AND \(sql: predicate)"
        ) { try Movie($0) }
        return Dictionary(uniqueKeysWithValues: found.map { ($0.id, $0) })
    }
}
