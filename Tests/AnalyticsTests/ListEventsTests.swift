import AnalyticsService
import Auth
import JSON
import TestSupport
import Testing
import Time

@Suite struct ListEventsTests {
    private func list(_ service: ServiceUnderTest<AnalyticsService>, _ query: String) async throws -> Answer {
        try await service.get("/v1/analytics/events\(query)", token: service.token("usr_9", .admin))
    }

    private func visits(_ answer: Answer) -> [String] {
        (answer.json["events"]?.arrayValue ?? []).compactMap { $0["tracking_id"]?.stringValue }
    }

    @Test("rows come as they were kept, newest first, of one visit, of one user, or of all")
    func rows() async throws {
        try await ServiceUnderTest.run(AnalyticsService.self) { service async throws in
            for (visit, user) in [("t-1", nil), ("t-2", "usr_42"), ("t-3", "usr_43"), ("t-1", "usr_42")] {
                let event = TrackEventTests.event.replacing("t-1", with: visit)
                _ = try await service.post("/v1/analytics/track", event, token: user.map { service.token($0) })
            }
            #expect(visits(try await list(service, "")) == ["t-1", "t-3", "t-2", "t-1"])
            #expect(visits(try await list(service, "?tracking_id=t-1")) == ["t-1", "t-1"])
            #expect(visits(try await list(service, "?user_id=usr_42")) == ["t-1", "t-2"])
            #expect(visits(try await list(service, "?user_id=usr_42&tracking_id=t-2")) == ["t-2"])
            for nobody in ["?user_id=mov_42", "?user_id=", "?tracking_id=t"] {
                #expect(visits(try await list(service, nobody)) == [])
            }
            let row = try await list(service, "?tracking_id=t-2").json["events"]?.arrayValue?.first
            #expect(Answer.names(row) == ["id", "tracking_id", "type", "page", "user_id", "received_at"])
            #expect(row?["page"]?["query"] == ["sort": "new", "genre": ["drama", "romance"], "empty": ""])
            #expect(row?["user_id"] == "usr_42")
            #expect(row?["received_at"] == .string(service.clock.now.rfc3339))
        }
    }

    @Test("a list is read page by page, with cursors of its own")
    func pages() async throws {
        try await ServiceUnderTest.run(AnalyticsService.self) { service async throws in
            for visit in 1...5 {
                let event = TrackEventTests.event.replacing("t-1", with: "t-\(visit)")
                _ = try await service.post("/v1/analytics/track", event)
            }
            var seen: [String] = []
            var cursor = ""
            for page in 1...3 {
                let answer = try await list(service, "?limit=2\(cursor)")
                seen += visits(answer)
                #expect(answer.json["metadata"]?["has_more"] == .bool(page < 3))
                cursor = "&cursor=\(answer.json["metadata"]?["end_cursor"]?.stringValue ?? "")"
            }
            #expect(seen == ["t-5", "t-4", "t-3", "t-2", "t-1"])
            #expect(try await list(service, "?tracking_id=t-1\(cursor)").codes == ["invalid_cursor"])
            #expect(try await list(service, "?limit=101").codes == ["limit_out_of_range"])
        }
    }
}
