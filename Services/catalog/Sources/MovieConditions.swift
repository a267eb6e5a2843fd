import SQLite
import Time
import TimeZone
import TypedID

/// A filter as conditions on `movies m`, and the ways to find the movies that meet them.
struct MovieConditions {
    /// A way to list, through an index, movies of which those that meet all conditions are some.
    struct Source {
        let tables: SQL
        let filter: SQL
        /// The movie's id in `tables`; nil where they are `movies m` themselves.
        let movie: SQL?
    }

    /// What `by_leaving` and `by_newest` are of these movies; nil for anything.
    let leaving: ClosedRange<Int64>?
    let newest: ClosedRange<Int64>?
    /// All else, what costs least first.
    let lookups: [SQL]
    let sources: [Source]

    /// What the sorted column is of these movies.
    func range(of sort: MovieSort) -> ClosedRange<Int64>? {
        switch sort {
        case .rating: nil
        case .new: newest
        case .leavingSoon: leaving
        }
    }

    /// Everything but the range of a column that the caller seeks by. The plus keeps it from being sought by otherwise.
    func predicate(but sort: MovieSort? = nil) -> SQL {
        var all: SQL = "TRUE"
        if let leaving, sort != .leavingSoon {
            all += " AND +m.by_leaving BETWEEN \(leaving.lowerBound) AND \(leaving.upperBound)"
        }
        if let newest, sort != .new {
            all += " AND +m.by_newest BETWEEN \(newest.lowerBound) AND \(newest.upperBound)"
        }
        for lookup in lookups { all += " AND \(sql: lookup)" }
        return all
    }
}

extension Connection {
    /// Nil where no movie can meet them.
    /// - Throws: `periodBackwards`.
    func conditions(_ filter: MovieFilter, at now: Timestamp) throws -> MovieConditions? {
        var (leaving, newest) = (Self.any, Self.any)
        var isEmpty = false
        // Of ranges that have nothing in common, `clamped` makes one of a single value.
        func narrow(_ range: inout ClosedRange<Int64>, to bounds: ClosedRange<Int64>) {
            if !range.overlaps(bounds) { isEmpty = true }
            range = range.clamped(to: bounds)
        }
        var (lookups, sources): ([SQL], [MovieConditions.Source]) = ([], [])
        for beginning in filter.beginnings {
            let isBeginning: SQL = "w.word >= \(beginning) AND w.word < \(beginning + "\u{10FFFF}")"
            lookups.append(
                "EXISTS (SELECT 1 FROM movie_words w WHERE w.movie_id = m.id AND \(sql: isBeginning))")
            sources.append(.init(tables: "movie_words w", filter: isBeginning, movie: "w.movie_id"))
        }
        if filter.isBookable {
            lookups.append("+m.bookable_until > \(now)")
            sources.append(
                .init(
                    tables: "movies m INDEXED BY movies_by_bookable_until", filter: "m.bookable_until > \(now)",
                    movie: nil))
            narrow(&leaving, to: now.rawValue + 1...(.max - 1))
        }
        if filter.isAboutSessions {
            guard let sessions = try sessionCondition(filter, at: now) else { return nil }
            lookups.append(sessions.lookup)
            sources += sessions.sources
            narrow(&leaving, to: sessions.first...(.max - 1))
            narrow(&newest, to: -sessions.last...(.max - 1))
        }
        switch filter.airing {
        case .now?:
            narrow(&leaving, to: now.rawValue...(.max - 1))
            narrow(&newest, to: -now.rawValue...(.max - 1))
        case .upcoming?:
            narrow(&leaving, to: now.rawValue + 1...(.max - 1))
            narrow(&newest, to: -.max...(-now.rawValue - 1))
        case nil: break
        }
        if leaving != Self.any, let longest = try longestRun() {
            // Where one end of the run is bounded, so is the other.
            let (lastNewest, isAnyNewest) = longest.subtractingReportingOverflow(leaving.lowerBound)
            if !isAnyNewest { narrow(&newest, to: -.max...min(lastNewest, .max - 1)) }
            let (lastLeaving, isAnyLeaving) = longest.subtractingReportingOverflow(newest.lowerBound)
            if !isAnyLeaving { narrow(&leaving, to: -.max...min(lastLeaving, .max - 1)) }
        }
        guard !isEmpty else { return nil }
        if leaving != Self.any { sources.append(.init(column: "by_leaving", leaving)) }
        if newest != Self.any { sources.append(.init(column: "by_newest", newest)) }
        return MovieConditions(
            leaving: leaving == Self.any ? nil : leaving, newest: newest == Self.any ? nil : newest,
            lookups: lookups, sources: sources)
    }

    /// Milliseconds from the first start to the last one, of the movie with the most; nil where none has a session.
    private func longestRun() throws -> Int64? {
        try first(
            """
            SELECT airs_to - airs_from FROM movies INDEXED BY movies_by_run WHERE airs_to - airs_from >= 0
            ORDER BY airs_to - airs_from DESC LIMIT 1
            """
        ) { try $0.int(0) }
    }

    private static var any: ClosedRange<Int64> { .min ... .max }
}

extension MovieConditions.Source {
    fileprivate init(column: StaticString, _ range: ClosedRange<Int64>) {
        self.init(
            tables: "movies m INDEXED BY movies_\(raw: column)",
            filter: "m.\(raw: column) BETWEEN \(range.lowerBound) AND \(range.upperBound)", movie: nil)
    }
}
