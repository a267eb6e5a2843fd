import JSON
import SQLite
import TestSupport
import Testing

/// That nothing is scanned or sorted, and that a late page costs what the first one costs: seen in SQLite's own plans and
/// counts, not on a clock.
@Suite struct PlanTests {
    private static let lists = ["/v1/movies?sort=rating", "/v1/movies?sort=new", "/v1/movies?sort=leaving_soon"]

    private static let filters = [
        "q=a", "q=film+a+b", "city=Paris", "from=2026-11-20", "to=2026-12-24&city=Paris", "from=2026-11-20T20:00:00Z",
        "airing=now", "airing=upcoming", "bookable=true", "bookable=true&city=Paris&from=2026-11-20",
        "q=film&city=Paris&from=2026-11-20&bookable=true&airing=now",
    ]

    @Test("no statement of any request scans a table or sorts")
    func plans() async throws {
        try await Cinema.run { cinema async throws in
            try await cinema.add(movies: 1...3)
            try await cinema.add(place: 1)
            for session in 1...3 as ClosedRange<Int64> {
                try await cinema.add(session: session, movie: session, at: "2026-12-0\(session)T20:00:00Z")
            }
            try await cinema.write("INSERT INTO people (id, name) VALUES (1, 'Arletty')")
            _ = try await cinema.service.statementReports()
            for target in Self.lists + [
                "/v1/movies/mov_1/places", "/v1/movies/mov_1/places/plc_1/sessions?from=2026-11-20",
            ] {
                _ = try await cinema.get(target)
            }
            for filter in Self.filters {
                for sort in ["rating", "new", "leaving_soon"] {
                    _ = try await cinema.get("/v1/movies?sort=\(sort)&\(filter)")
                }
                _ = try await cinema.get("/v1/movies?ids=mov_1,mov_2,mov_3&\(filter)")
            }
            _ = try await cinema.get("/v1/movies/mov_1")
            _ = try await cinema.get("/v1/movies/mov_1?expand=credits,ratings,sessions")
            for target in [
                "/v1/people", "/v1/people?q=a", "/v1/people/psn_1", "/v1/places", "/v1/places?city=Paris",
                "/v1/places/plc_1", "/v1/places/plc_1/rooms", "/v1/places/plc_1/rooms/rom_1",
            ] { _ = try await cinema.get(target) }
            let movie = #"{"title":"A","duration":90,"stars":["psn_1"]}"#
            for (method, target) in [("POST", "/v1/movies"), ("PATCH", "/v1/movies/mov_1")] {
                _ = try await cinema.asAdmin(method, target, movie)
            }
            let person = try await cinema.asAdmin("POST", "/v1/people", #"{"name":"B"}"#)
            let personID = try #require(person.json["person"]?["id"]?.stringValue)
            _ = try await cinema.asAdmin("PATCH", "/v1/people/\(personID)", #"{"name":"C"}"#)
            _ = try await cinema.asAdmin("DELETE", "/v1/people/\(personID)")
            let place = #"{"name":"A","address":"B","city":"C","time_zone":"Europe/Paris"}"#
            for (method, target) in [("POST", "/v1/places"), ("PATCH", "/v1/places/plc_1")] {
                _ = try await cinema.asAdmin(method, target, place)
            }
            _ = try await cinema.asAdmin("POST", "/v1/places/plc_1/rooms", #"{"name":"A","capacity":9}"#)
            for query in ["", "?movie_id=mov_1", "?place_id=plc_1", "?city=Paris&movie_id=mov_1", "?city=Paris"] {
                for bookable in ["", "bookable=true", "bookable=false"] {
                    _ = try await cinema.get("/v1/sessions\(query)\(query.isEmpty ? "?" : "&")\(bookable)")
                }
            }
            let session = #"{"movie_id":"mov_1","room_id":"rom_1","starts_at":"2026-12-20T20:00:00Z"}"#
            let made = try await cinema.asAdmin("POST", "/v1/sessions", session)
            let id = try #require(made.json["session"]?["id"]?.stringValue)
            _ = try await cinema.get("/v1/sessions/\(id)")
            _ = try await cinema.asAdmin("PATCH", "/v1/sessions/\(id)", #"{"starts_at":"2026-12-20T21:00:00Z"}"#)
            _ = try await cinema.asAdmin("DELETE", "/v1/sessions/\(id)")
            _ = try await cinema.asAdmin("PATCH", "/v1/movies/mov_1", #"{"duration":95}"#)
            for target in ["/v1/movies/mov_1", "/v1/places/plc_1"] { _ = try await cinema.asAdmin("DELETE", target) }
            for key in ["one", "two"] { _ = try await cinema.rate(1, "4", headers: [("Idempotency-Key", key)]) }
            for free in [0, 5] {
                _ = try await cinema.tell(
                    after: Int64(free), [(sequence: Int64(free) + 1, session: 1, free: Int64(free))])
            }
            _ = try await cinema.service.sendInternal("GET", "/internal/v1/sessions/ses_1")
            _ = try await cinema.service.sendInternal("GET", "/internal/v1/sessions?ids=ses_1,ses_2")
            let used = try await cinema.service.statementReports().filter { $0.operations > 0 }
            #expect(used.count >= 12)
            for report in used {
                // FTS5 calls every search a scan; it has no other way than through its index.
                let costly = report.plan.filter { step in
                    step.contains("SCAN") && !step.contains("VIRTUAL TABLE INDEX") || step.contains("TEMP B-TREE")
                }
                #expect(costly.isEmpty, "\(report.sql)")
            }
            // Not by the first column of a key alone: that would read over all equals of a late page.
            for column in ["by_rating", "by_newest", "by_leaving"] {
                #expect(
                    used.contains { $0.plan == ["SEARCH m USING INDEX movies_\(column) ((\(column),by_id)>(?,?))"] })
            }
        }
    }

    @Test("the last page of ten thousand movies costs what the first one does, equal or not", arguments: lists)
    func latePages(list: String) async throws {
        try await Cinema.run { cinema async throws in
            // A third has nothing to be sorted by, a third the same value, a third each its own.
            try await cinema.write(
                """
                INSERT INTO movies (id, title, duration, rating_sum, rating_count, airs_from, airs_to)
                WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 10000)
                SELECT i, 'Film ' || i, 90, iif(i % 3 = 0, 0, iif(i % 3 = 1, 3000000, i)), i % 3 > 0,
                    iif(i % 3 = 0, NULL, iif(i % 3 = 1, 1795200000000, i)),
                    iif(i % 3 = 0, NULL, iif(i % 3 = 1, 1795200000000, i))
                FROM n
                """)
            var seen: Set<String> = []
            var costs: [Int] = []
            var cursor = ""
            while true {
                _ = try await cinema.service.statementReports()
                let answer = try await cinema.get("\(list)&limit=100\(cursor)")
                let ids = Cinema.ids(answer.json["movies"])
                #expect(ids.count == 100)
                seen.formUnion(ids)
                costs += try await cinema.service.statementReports().filter {
                    $0.operations > 0 && $0.sql.contains("FROM movies m")
                }
                .map(\.operations)
                guard answer.json["metadata"]?["has_more"] == true else { break }
                cursor = "&cursor=\(try #require(answer.json["metadata"]?["end_cursor"]?.stringValue))"
            }
            #expect(seen.count == 10_000)
            try #require(costs.count == 100)
            // Among equals each row takes a few operations more to be compared; a scan would take hundreds of thousands.
            #expect(costs.allSatisfy { $0 * 4 <= costs[0] * 5 }, "\(costs)")
        }
    }
}
