import AnalyticsService
import Auth
import JSON
import Lifecycle
import SQLite
import TestSupport
import Testing
import Time

/// People who look at pages, and what an admin is then shown.
struct Visitors {
    let service: ServiceUnderTest<AnalyticsService>

    static func run(_ body: (Visitors) async throws -> Void) async throws {
        try await ServiceUnderTest.run(AnalyticsService.self) { service async throws in
            try await body(Visitors(service: service))
        }
    }

    /// Tracks an event at a moment.
    func track(
        _ visitor: String, _ type: String, _ path: String, at moment: String, scheme: String = "https",
        query: String = "{}"
    ) async throws {
        service.clock.now = try #require(Timestamp(rfc3339: moment))
        let answer = try await service.post(
            "/v1/analytics/track",
            """
            {"tracking_id":"\(visitor)","type":"\(type)",
             "page":{"scheme":"\(scheme)","path":"\(path)","query":\(query)}}
            """)
        #expect(answer.status == 204)
    }

    func enter(_ visitor: String, _ path: String, at moment: String) async throws {
        try await track(visitor, "page_enter", path, at: moment)
    }

    func leave(_ visitor: String, _ path: String, at moment: String) async throws {
        try await track(visitor, "page_exit", path, at: moment)
    }

    /// Returns when every event is counted.
    func counted() async throws {
        let database = service.running.context.database
        await eventually {
            let left = try? database.read { connection in
                try connection.first(
                    """
                    SELECT count(*) FROM events WHERE id > coalesce(
                        (SELECT sequence FROM taken_events WHERE source = 'tracking'), 0)
                    """
                ) { try $0.int(0) }
            }
            return left == 0
        }
    }

    func ask(_ target: String) async throws -> Answer {
        try await service.get("/v1/analytics/\(target)", token: service.token("usr_9", .admin))
    }

    func pages(_ query: String) async throws -> [JSONValue] {
        try await counted()
        let answer = try await ask("pages?\(query)")
        #expect(answer.status == 200)
        return answer.json["pages"]?.arrayValue ?? []
    }

    func keys(_ query: String) async throws -> [String] {
        try await pages(query).compactMap { $0["key"]?.stringValue }
    }

    func movieSeen(_ query: String = "") async throws -> Int64? {
        try await counted()
        return try await ask("funnel?\(query)").json["funnel"]?["movie_seen"]?.integerValue
    }

    static func group(_ key: String, _ visits: Int64, _ visitors: Int64, _ median: Int64?, _ p95: Int64?) -> JSONValue {
        [
            "key": .string(key), "visits": .integer(visits), "visitors": .integer(visitors),
            "median_dwell_ms": median.map(JSONValue.integer) ?? .null,
            "p95_dwell_ms": p95.map(JSONValue.integer) ?? .null,
        ]
    }
}
