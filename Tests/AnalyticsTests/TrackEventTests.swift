import AnalyticsService
import JSON
import Lifecycle
import SQLite
import TestSupport
import Testing
import Time

@Suite struct TrackEventTests {
    static let event = """
        {"tracking_id":"t-1","type":"page_enter",
         "page":{"scheme":"https","path":"/movies","query":{"sort":"new","genre":["drama","romance"],"empty":""}}}
        """

    private struct Kept: Equatable {
        let trackingID: String
        let type: String
        let page: [String]
        let userID: Int64?
        let receivedAt: Int64
    }

    private func rows(_ service: ServiceUnderTest<AnalyticsService>) throws -> [Kept] {
        try service.running.context.database.read { connection in
            try connection.rows(
                "SELECT tracking_id, type, scheme, path, query, user_id, received_at FROM events ORDER BY id"
            ) { row in
                Kept(
                    trackingID: try row.text(0), type: try row.text(1),
                    page: [try row.text(2), try row.text(3), try row.text(4)], userID: try row.intOrNil(5),
                    receivedAt: try row.int(6))
            }
        }
    }

    @Test("an event is kept as it was given, with whoever was signed in, before the answer")
    func kept() async throws {
        try await ServiceUnderTest.run(AnalyticsService.self) { service async throws in
            let nobody = try await service.post("/v1/analytics/track", Self.event)
            #expect(nobody.status == 204 && nobody.body.isEmpty)
            let someone = try await service.post(
                "/v1/analytics/track", Self.event.replacing("page_enter", with: "page_exit"),
                token: service.token("usr_42"))
            #expect(someone.status == 204)
            let query = #"{"sort":"new","genre":["drama","romance"],"empty":""}"#
            let now = service.clock.now.rawValue
            #expect(
                try rows(service) == [
                    Kept(
                        trackingID: "t-1", type: "page_enter", page: ["https", "/movies", query], userID: nil,
                        receivedAt: now),
                    Kept(
                        trackingID: "t-1", type: "page_exit", page: ["https", "/movies", query], userID: 42,
                        receivedAt: now),
                ])
        }
    }

    @Test("a beacon's text is JSON all the same")
    func beacon() async throws {
        try await ServiceUnderTest.run(AnalyticsService.self) { service async throws in
            let headers = [("Content-Type", "text/plain;charset=UTF-8")]
            #expect(try await service.post("/v1/analytics/track", Self.event, headers: headers).status == 204)
            #expect(try rows(service).count == 1)
        }
    }

    @Test("a bad token is a 401, and nothing is kept")
    func badToken() async throws {
        try await ServiceUnderTest.run(AnalyticsService.self) { service async throws in
            for token in ["nonsense", service.token("usr_1", lifetimeSeconds: 0)] {
                #expect(try await service.post("/v1/analytics/track", Self.event, token: token).status == 401)
            }
            #expect(try rows(service).isEmpty)
        }
    }

    @Test(
        "what is wrong with an event is said, all at once",
        arguments: [
            ("{}", ["tracking_id_missing", "type_missing", "page_missing"]),
            (
                #"{"tracking_id":1,"type":"page_view","page":[]}"#,
                ["tracking_id_invalid", "type_invalid", "page_invalid"]
            ),
            (
                #"{"tracking_id":"","type":"page_exit","page":{}}"#,
                ["tracking_id_too_short", "page_scheme_missing", "page_path_missing", "page_query_missing"]
            ),
            (
                #"{"tracking_id":"t\u0000","type":null,"page":{"scheme":"","path":7,"query":"a=b"}}"#,
                [
                    "tracking_id_invalid", "type_missing", "page_scheme_too_short", "page_path_invalid",
                    "page_query_invalid",
                ]
            ),
            (
                #"{"tracking_id":"t","type":"page_exit","page":{"scheme":"s","path":"/","query":{"a":1}}}"#,
                ["page_query_invalid"]
            ),
            (
                #"{"tracking_id":"t","type":"page_exit","page":{"scheme":"s","path":"/","query":{"a":[["b"]]}}}"#,
                ["page_query_invalid"]
            ),
            (
                #"{"tracking_id":"t","type":"page_exit","page":{"scheme":"s","path":"/","query":{"a":"\u0007"}}}"#,
                ["page_query_invalid"]
            ),
        ] as [(String, [String])])
    func faults(body: String, codes: [String]) async throws {
        try await ServiceUnderTest.run(AnalyticsService.self) { service async throws in
            let answer = try await service.post("/v1/analytics/track", body)
            #expect(answer.status == 422 && answer.codes == codes)
            #expect(try rows(service).isEmpty)
        }
    }

    @Test("the limits of an event are exact")
    func limits() async throws {
        func event(tracking: Int = 1, scheme: Int = 1, path: Int = 1, names: Int = 0, value: Int = 0) -> String {
            let text = { (count: Int) in String(repeating: "é", count: count) }
            let query = (0..<names).map { #""n\#($0)":"\#(text(value))""# }.joined(separator: ",")
            return """
                {"tracking_id":"\(text(tracking))","type":"page_enter",
                 "page":{"scheme":"\(text(scheme))","path":"\(text(path))","query":{\(query)}}}
                """
        }
        try await ServiceUnderTest.run(AnalyticsService.self) { service async throws in
            for (body, status) in [
                (event(tracking: 128), 204), (event(tracking: 129), 422), (event(scheme: 32), 204),
                (event(scheme: 33), 422),
                (event(path: 2048), 204), (event(path: 2049), 422), (event(names: 100), 204), (event(names: 101), 422),
                (event(names: 1, value: 2048), 204), (event(names: 1, value: 2049), 422),
            ] {
                #expect(try await service.post("/v1/analytics/track", body).status == status)
            }
        }
    }

    @Test("under an Idempotency-Key an event of a known visitor is kept once")
    func idempotent() async throws {
        try await ServiceUnderTest.run(AnalyticsService.self) { service async throws in
            for _ in 0..<3 {
                let answer = try await service.post(
                    "/v1/analytics/track", Self.event, token: service.token(), headers: [("Idempotency-Key", "k")])
                #expect(answer.status == 204)
            }
            #expect(try rows(service).count == 1)
        }
    }
}

@Suite struct AnalyticsSchemaTests {
    static let folder = checkoutPath + "/Services/analytics"

    @Test("dump.sql is what the migrations make")
    func dump() throws {
        #expect(try SchemaDump.difference(Self.folder + "/dump.sql", AnalyticsService.migrations) == nil)
    }

    @Test("the service runs on dump.sql and seeds.sql alone")
    func seeds() async throws {
        let path = try SchemaDump.restored(
            try readFile(Self.folder + "/dump.sql"), try readFile(Self.folder + "/seeds.sql"))
        let service = try await ServiceUnderTest(AnalyticsService.self, databasePath: path)
        #expect(try await service.post("/v1/analytics/track", TrackEventTests.event).status == 204)
        let count = try service.running.context.database.read {
            try $0.first("SELECT count(*) FROM events") { try $0.int(0) }
        }
        #expect(count == 7)
        await service.stop()
    }
}
