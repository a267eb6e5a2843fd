import Auth
import JSON
import TestSupport
import Testing

@Suite struct VisitTests {
    private static let rounds = environment("CRASH_ROUNDS").flatMap { Int($0) } ?? 8

    @Test("each visit is counted once, whenever analytics is killed while it counts")
    func crashes() async throws {
        let seed = environment("FAULT_SEED").flatMap { UInt64($0) } ?? .random(in: 0...9_999_999)
        try await Stack.run(fixtures: ["analytics": Self.history]) { stack in
            var random = SeededGenerator(seed: seed)
            let analytics = stack["analytics"]
            var interrupted = 0
            for round in 0..<Self.rounds {
                for visitor in 0..<5 {
                    try await track("page_enter", "new-\(round)-\(visitor)", stack)
                    if visitor > 0 { try await track("page_exit", "new-\(round)-\(visitor)", stack) }
                }
                try await Task.sleep(for: .milliseconds(Int.random(in: 0...120, using: &random)))
                try await analytics.kill()
                if try await waiting(analytics) > 0 { interrupted += 1 }
                try await analytics.start()
            }
            try await counted(analytics)
            print("visits, FAULT_SEED=\(seed): \(interrupted) of \(Self.rounds) kills came while events were waiting")
            #expect(interrupted > 0)
            let own = try await analytics.sql(Self.own)
            #expect(own.count == 9, "seven pages of the past, two of the sample data, one of them the test's too")
            #expect(try await analytics.sql(Self.told) == own)
            let sums = try await analytics.sql(Self.sums)
            #expect(sums.first?["hours"] == sums.first?["visits"] && sums.first?["days"] == sums.first?["visits"])
            let answer = try await stack.get(
                "/v1/analytics/pages?group_by=path&limit=100", token: stack.token(user: 1, role: .admin))
            for path in own {
                let group = answer.json["pages"]?.arrayValue?.first { $0["key"] == path["path"] }
                #expect(group?["visits"] == path["visits"] && group?["visitors"] == path["visitors"])
            }
        }
    }

    private func track(_ type: String, _ visitor: String, _ stack: Stack) async throws {
        let answer = try await stack.post(
            "/v1/analytics/track",
            """
            {"tracking_id":"\(visitor)","type":"\(type)","page":{"scheme":"https","path":"/movies","query":{}}}
            """)
        #expect(answer.status == 204)
    }

    private func waiting(_ analytics: StackService) async throws -> Int64 {
        let rows = try await analytics.sql(
            """
            SELECT count(*) AS count FROM events
            WHERE id > coalesce((SELECT sequence FROM taken_events WHERE source = 'tracking'), 0)
            """)
        return rows.first?["count"]?.integerValue ?? -1
    }

    /// Returns when every event is counted, within a minute.
    private func counted(_ analytics: StackService) async throws {
        for _ in 0..<600 {
            if try await waiting(analytics) == 0 { return }
            try await Task.sleep(for: .milliseconds(100))
        }
        throw Stack.Failure(reason: "events are not counted")
    }

    /// Ten days of visitors who come to a page and, but for every fifth, leave it.
    private static let history = """
        WITH RECURSIVE n (i) AS (VALUES (0) UNION ALL SELECT i + 1 FROM n WHERE i < 29999)
        INSERT INTO events (id, tracking_id, type, scheme, path, query, received_at)
        SELECT 500000000000000 + i, 'old-' || (i / 2), iif(i % 2, 'page_exit', 'page_enter'), 'https',
            '/movies/mov_' || (i / 2 % 7 + 1), '{}', (unixepoch() - 864000 + i * 20) * 1000
        FROM n WHERE i % 10 <> 9;
        """

    private static let own = """
        SELECT path, count(*) AS visits, count(DISTINCT tracking_id) AS visitors, sum(has_exit) AS dwells
        FROM (SELECT path, tracking_id, EXISTS (SELECT 1 FROM events x WHERE x.tracking_id = e.tracking_id
                AND x.path = e.path AND x.type = 'page_exit' AND x.id > e.id) AS has_exit
            FROM events e WHERE type = 'page_enter')
        GROUP BY path ORDER BY path
        """

    private static let told = """
        SELECT s.name AS path, sum(d.visits) AS visits,
            (SELECT sum(r.visitors) FROM subject_returns r
                WHERE r.subject_id = s.id AND r.previous_day = -9223372036854775808) AS visitors,
            (SELECT count(v.dwell) FROM visits v WHERE v.page_id = s.id) AS dwells
        FROM subject_days d JOIN subjects s ON s.id = d.subject_id WHERE s.kind = 'page'
        GROUP BY s.id ORDER BY s.name
        """

    private static let sums = """
        SELECT (SELECT count(*) FROM visits) AS visits, (SELECT sum(visits) FROM visit_hours) AS hours,
            (SELECT sum(visits) FROM subject_days WHERE subject_id = 1) AS days
        """
}
