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
        return try database.read { connection in
            let keys = try connection.keys(filter, sort, at: now, after: after, page.fetched)
            return try .json { json in
                try page.write("movies", keys, to: &json, keys: { [$0.value, $0.id.rawValue] }) { key, json in
                    try json.object { try connection.write(key.id, to: &$0) }
                }
            }
        }
    }

    /// In the order of the ids; a cursor is the number of ids that have been looked at.
    private func search(
        _ filter: MovieFilter, among ids: [MovieID], limit: Int64, cursor: String?
    ) throws -> Response {
        let page = try Page(limit: limit, cursor: cursor, of: "movies\n\(filter.spelling)", keys: 1, seal: cursors)
        let now = clock.now()
        return try database.read { connection in
            let matching = try connection.conditions(filter, at: now).map { try connection.matching(ids, $0) } ?? []
            let left = ids.enumerated().dropFirst(Int(page.after?[0] ?? 0)).filter { matching.contains($0.element) }
            return try .json { json in
                try page.write("movies", left, to: &json, keys: { [Int64($0.offset) + 1] }) { found, json in
                    try json.object { try connection.write(found.element, to: &$0) }
                }
            }
        }
    }
}

extension Connection {
    private static let most: Int64 = 2_000

    /// The next movies that the filter lets through, at most so many.
    fileprivate func keys(
        _ filter: MovieFilter, _ sort: MovieSort, at now: Timestamp, after: MovieKey?, _ count: Int64
    ) throws -> [MovieKey] {
        guard let conditions = try conditions(filter, at: now) else { return [] }
        let source = try conditions.sources.first { try isNarrow($0) }
        return try source.map { try gather($0, conditions, sort, after: after, count) }
            ?? walk(conditions, sort, after: after, count)
    }

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

    /// Those of the movies that meet the conditions.
    fileprivate func matching(_ ids: [MovieID], _ conditions: MovieConditions) throws -> Set<MovieID> {
        guard !ids.isEmpty else { return [] }
        return Set(
            try rows("SELECT m.id FROM movies m WHERE m.id IN (\(list: ids)) AND \(sql: conditions.predicate())") {
                try $0.value(0, as: MovieID.self)
            })
    }
}
