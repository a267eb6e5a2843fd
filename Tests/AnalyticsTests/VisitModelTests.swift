import AnalyticsService
import JSON
import Lifecycle
import SQLite
import TestSupport
import Testing
import Time

/// All that is counted, compared with what a few lines that look at every event find.
@Suite struct VisitModelTests {
    private struct Event: Sendable {
        let at: Int64
        let visitor: String
        let enters: Bool
        let path: String
        let query: String
    }

    private struct Visit {
        let at: Int64
        let visitor: String
        let path: String
        let query: String
        var dwell: Int64?
    }

    private static let start: Int64 = 1_795_132_800_000
    private static let day: Int64 = 86_400_000
    private static let paths = [
        "/", "/movies", "/movies/mov_1", "/fr/movies/mov_1/places", "/movies/mov_12", "/movies/mov_2/movies/mov_1",
    ]

    /// A week's, in the order in which they are kept; the clock goes back at times.
    private func events(_ count: Int, _ random: inout SeededGenerator) -> [Event] {
        var at = Self.start
        return (0..<count).map { _ in
            at += .random(in: 0...1_500_000, using: &random)
            if Int.random(in: 0..<40, using: &random) == 0 { at -= .random(in: 0...Self.day, using: &random) }
            return Event(
                at: at, visitor: "v\(Int.random(in: 0..<7, using: &random))",
                enters: Int.random(in: 0..<9, using: &random) < 5,
                path: Self.paths[Int.random(in: 0..<Self.paths.count, using: &random)],
                query: Bool.random(using: &random) ? "{}" : #"{"q":"x"}"#)
        }
    }

    private func visits(of events: [Event]) -> [Visit] {
        var visits: [Visit] = []
        for event in events {
            if event.enters {
                visits.append(Visit(at: event.at, visitor: event.visitor, path: event.path, query: event.query))
            } else if let open = visits.lastIndex(where: {
                ($0.visitor, $0.path, $0.query) == (event.visitor, event.path, event.query) && $0.dwell == nil
            }), (0...Self.day).contains(event.at - visits[open].at) {
                visits[open].dwell = event.at - visits[open].at
            }
        }
        return visits
    }

    private func group(_ key: String, _ visits: [Visit]) -> JSONValue {
        let dwells = visits.compactMap(\.dwell).sorted()
        let middle = dwells.isEmpty ? nil : (dwells[(dwells.count - 1) / 2] + dwells[dwells.count / 2]) / 2
        let most = dwells.isEmpty ? nil : dwells[(dwells.count * 95 + 99) / 100 - 1]
        return Visitors.group(key, Int64(visits.count), Int64(Set(visits.map(\.visitor)).count), middle, most)
    }

    private func keep(_ events: [Event], _ people: Visitors, from first: Int) async throws {
        try await people.service.running.context.database.write { transaction in
            for (number, event) in events.enumerated() {
                try transaction.execute(
                    """
                    INSERT INTO events (id, tracking_id, type, scheme, path, query, received_at)
                    VALUES (\(first + number), \(event.visitor), \(event.enters ? "page_enter" : "page_exit"), 'https',
                            \(event.path), \(event.query), \(event.at))
                    """)
            }
        }
    }

    @Test("every figure is what all events taken together say, in any period, however they came in")
    func model() async throws {
        let seed = environment("MODEL_SEED").flatMap { UInt64($0) } ?? .random(in: 0...9_999_999)
        print("visits, MODEL_SEED=\(seed)")
        var random = SeededGenerator(seed: seed)
        let events = events(900, &random)
        try await Visitors.run { people async throws in
            var kept = 0
            while kept < events.count {
                let more = min(events.count - kept, Int.random(in: 1...400, using: &random))
                try await keep(Array(events[kept..<kept + more]), people, from: kept + 1)
                kept += more
                if Bool.random(using: &random) { try await people.counted() }
            }
            let visits = visits(of: events)
            try await compare(visits, nil, nil, people, seed)
            for _ in 0..<25 {
                let edges = (0..<2).map { _ in edge(&random) }.sorted()
                let bounds = Int.random(in: 0..<6, using: &random)
                try await compare(
                    visits, bounds == 0 ? nil : edges[0], bounds == 1 ? nil : edges[1], people, seed)
            }
        }
    }

    /// Any moment of the week, often the first or the last of a day or of an hour.
    private func edge(_ random: inout SeededGenerator) -> Int64 {
        let moment = Self.start + .random(in: -Self.day...9 * Self.day, using: &random)
        let unit = [1, 3_600_000, Self.day][Int.random(in: 0..<3, using: &random)]
        return moment / unit * unit - .random(in: 0...1, using: &random)
    }

    private func compare(
        _ all: [Visit], _ from: Int64?, _ to: Int64?, _ people: Visitors, _ seed: UInt64
    ) async throws {
        let visits = all.filter { $0.at >= from ?? .min && $0.at <= to ?? .max }
        let period =
            (from.map { "&from=\(Timestamp(rawValue: $0).rfc3339)" } ?? "")
            + (to.map { "&to=\(Timestamp(rawValue: $0).rfc3339)" } ?? "")
        let text = { (moment: Int64) in Timestamp(rawValue: moment).rfc3339 }
        let names: [(String, (Visit) -> String)] = [
            ("path", \.path), ("day", { String(text($0.at).prefix(10)) }),
            ("hour", { text($0.at / 3_600_000 * 3_600_000) }),
        ]
        for (grouping, name) in names {
            let expected = Dictionary(grouping: visits, by: name).map { group($0, $1) }
            let found = try await everyPage("pages?group_by=\(grouping)&limit=7\(period)", people)
            let sorted = { (groups: [JSONValue]) in
                groups.sorted { $0["key"]?.stringValue ?? "" < $1["key"]?.stringValue ?? "" }
            }
            #expect(sorted(found) == sorted(expected), "\(grouping) \(period), MODEL_SEED=\(seed)")
            if grouping != "path" { #expect(sorted(found) == found) }
        }
        for (movie, paths) in [
            ("", Array(Self.paths[2...])), ("mov_1", [Self.paths[2], Self.paths[3], Self.paths[5]]),
            ("mov_12", [Self.paths[4]]), ("mov_2", [Self.paths[5]]), ("mov_3", []), ("movies", []),
        ] {
            let expected = Set(visits.filter { paths.contains($0.path) }.map(\.visitor)).count
            let found = try await people.movieSeen((movie.isEmpty ? "" : "movie_id=\(movie)") + period)
            #expect(found == Int64(expected), "\(movie) \(period), MODEL_SEED=\(seed)")
        }
    }

    private func everyPage(_ target: String, _ people: Visitors) async throws -> [JSONValue] {
        try await people.counted()
        var groups: [JSONValue] = []
        var cursor = ""
        while true {
            let answer = try await people.ask(target + cursor)
            groups += answer.json["pages"]?.arrayValue ?? []
            guard answer.json["metadata"]?["has_more"] == true else { return groups }
            cursor = "&cursor=\(answer.json["metadata"]?["end_cursor"]?.stringValue ?? "")"
        }
    }

    @Test("counting sorts nothing and scans nothing, and costs a period's days, not its visits")
    func costs() async throws {
        try await Visitors.run { people async throws in
            var random = SeededGenerator(seed: 1)
            func cost() async throws -> Int {
                try await people.counted()
                _ = try await people.service.statementReports()
                for grouping in ["path", "day", "hour"] {
                    for period in ["", "&from=2026-11-20&to=2026-11-26", "&to=2026-12-31"] {
                        _ = try await people.ask("pages?group_by=\(grouping)\(period)")
                    }
                }
                for query in ["", "?movie_id=mov_1", "?movie_id=mov_1&from=2026-11-20"] {
                    _ = try await people.ask("funnel\(query)")
                }
                let used = try await people.service.statementReports().filter { $0.operations > 0 }
                try expectIndexes(used)
                return used.reduce(0) { $0 + $1.operations }
            }
            try await keep(events(900, &random), people, from: 1)
            let few = try await cost()
            for batch in 1...9 { try await keep(events(900, &random), people, from: 10_000 * batch) }
            let many = try await cost()
            #expect(many < 2 * few, "\(few) operations before, \(many) after")
            // A part of a day.
            for target in [
                "pages?group_by=path&from=2026-11-21T01:00:00Z&to=2026-11-24T05:30:00Z",
                "pages?group_by=hour&from=2026-11-21T01:30:00Z", "pages?group_by=day&to=2026-11-24T05:30:00Z",
                "funnel?from=2026-11-21T01:00:00Z", "funnel?movie_id=mov_1&to=2026-11-24T05:30:00Z",
            ] { _ = try await people.ask(target) }
            try expectIndexes(await people.service.statementReports().filter { $0.operations > 0 })
        }
    }

    private func expectIndexes(_ reports: [StatementReport]) throws {
        #expect(reports.count >= 4)
        for report in reports {
            let costly = report.plan.filter { $0.contains("SCAN") || $0.contains("TEMP B-TREE") }
            #expect(costly.isEmpty, "\(report.sql): \(report.plan)")
        }
    }
}
