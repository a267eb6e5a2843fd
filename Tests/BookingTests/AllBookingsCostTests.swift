import Auth
import BookingService
import JSON
import Lifecycle
import SQLite
import TestSupport
import Testing

/// What looking at everybody's bookings costs: seen in SQLite's own plans and counts, not on a clock.
@Suite struct AllBookingsCostTests {
    private static let filters = [
        "", "user_id=usr_1", "session_id=ses_1", "movie_id=mov_1", "place_id=plc_1", "movie_id=mov_1&place_id=plc_1",
        "user_id=usr_1&session_id=ses_1", "session_id=ses_1&movie_id=mov_1&place_id=plc_1",
        "user_id=usr_1&movie_id=mov_1",
    ]
    private static let states = ["", "&status=open", "&status=confirmed", "&status=cancelled", "&status=expired"]

    private func fill(_ box: BoxOffice, _ bookings: Int64) async throws {
        let now = box.service.clock.now
        try await box.service.running.context.database.write { transaction in
            try transaction.execute(
                """
                INSERT INTO sessions (id, starts_at, allocation, movie_id, movie_title, place_id, place_name, named_at)
                VALUES (1, \(now), 100, 1, 'Nosferatu', 1, 'Le Rex', 9000000000000000)
                """)
            // The first hundred were cancelled, the last hundred are open; half of all are from one millisecond.
            try transaction.execute(
                """
                WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < \(bookings))
                INSERT INTO bookings (id, user_id, session_id, created_at, closes_at, cancelled_at, confirmed_at, expired_at)
                SELECT i, 1, 1, \(now) - iif(i < \(bookings) / 2, 100000, \(bookings) - i), \(now) + 60000,
                    iif(i <= 100, 2, NULL), iif(i > 100 AND i <= \(bookings) - 100 AND i % 2, 2, NULL),
                    iif(i > 100 AND i <= \(bookings) - 100 AND i % 2 = 0, 2, NULL) FROM n
                """)
        }
    }

    @Test("no question about bookings scans a table or sorts, whatever it asks for", arguments: filters)
    func plans(filter: String) async throws {
        try await BoxOffice.run(balances: false) { box async throws in
            try await fill(box, 400)
            let id = try await box.open("usr_50")
            _ = try await box.service.statementReports()
            for state in Self.states {
                for period in ["", "&from=2026-11-20&to=2026-11-21"] {
                    let page = try await box.all("\(filter)\(state)\(period)&limit=10")
                    guard let cursor = page.json["metadata"]?["end_cursor"]?.stringValue else { continue }
                    #expect(try await box.all("\(filter)\(state)\(period)&cursor=\(cursor)").status == 200)
                }
            }
            _ = try await box.list("usr_1", "?limit=5")
            let token = box.service.token("usr_99", .admin)
            for path in ["", "/audit"] {
                #expect(try await box.service.get("/v1/bookings/\(id)\(path)", token: token).status == 200)
            }
            let used = try await box.service.statementReports().filter {
                $0.operations > 0 && $0.sql.hasPrefix("SELECT")
            }
            #expect(used.count >= 8)
            for report in used {
                // Of keys there are two at most, and nobody asked for them.
                let costly =
                    report.sql.contains("ticket_keys")
                    ? [] : report.plan.filter { $0.contains("SCAN") || $0.contains("TEMP B-TREE") }
                #expect(costly.isEmpty, "\(report.sql): \(report.plan)")
            }
        }
    }

    @Test(
        "the last page costs what the first one does, and a few that are old are found as soon as many",
        arguments: filters)
    func latePages(filter: String) async throws {
        try await BoxOffice.run(balances: false) { box async throws in
            try await fill(box, 3_000)
            let usual = try await cost(box) { try await box.all("limit=50") }
            for state in filter.isEmpty ? Self.states : [""] {
                var costs: [Int] = []
                var cursor = ""
                var seen = 0
                while true {
                    var answer: Answer?
                    costs.append(
                        try await cost(box) {
                            let page = try await box.all("\(filter)\(state)&limit=50\(cursor)")
                            answer = page
                            return page
                        })
                    let page = try #require(answer)
                    seen += BoxOffice.bookings(page).count
                    guard page.json["metadata"]?["has_more"] == true else { break }
                    cursor = "&cursor=\(try #require(page.json["metadata"]?["end_cursor"]?.stringValue))"
                }
                #expect(seen >= 100)
                // Among what is open some may have run out unnoted: they are looked at as well. A scan takes many times as much.
                #expect(costs.allSatisfy { $0 < usual * 3 }, "\(filter)\(state): \(costs), usually \(usual)")
            }
        }
    }

    private func cost(_ box: BoxOffice, _ ask: () async throws -> Answer) async throws -> Int {
        _ = try await box.service.statementReports()
        #expect(try await ask().status == 200)
        return try await box.service.statementReports().filter { $0.sql.contains("FROM bookings") }
            .reduce(0) { $0 + $1.operations }
    }
}
