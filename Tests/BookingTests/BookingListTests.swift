import HTTPServer
import JSON
import TestSupport
import Testing

@Suite struct BookingListTests {
    @Test("one's own bookings are listed newest first, in pages without holes, in every state")
    func pages() async throws {
        try await BoxOffice.run { box async throws in
            var ids: [String] = []
            for _ in 0..<7 {
                ids.append(try await box.open())
                _ = try await box.open("usr_2")
            }
            var seen: [String] = []
            var cursor: String?
            repeat {
                let page = try await box.list("usr_1", "?limit=3" + (cursor.map { "&cursor=\($0)" } ?? ""))
                seen += (page.json["bookings"]?.arrayValue ?? []).compactMap { $0["id"]?.stringValue }
                let more = page.json["metadata"]?["has_more"]?.boolValue == true
                cursor = more ? page.json["metadata"]?["end_cursor"]?.stringValue : nil
            } while cursor != nil
            #expect(seen == ids.reversed())
        }
    }

    @Test("another user's cursor is none")
    func foreignCursor() async throws {
        try await BoxOffice.run { box async throws in
            for _ in 0..<2 { _ = try await box.open() }
            let page = try await box.list("usr_1", "?limit=1")
            let cursor = try #require(page.json["metadata"]?["end_cursor"]?.stringValue)
            #expect(try await box.list("usr_1", "?limit=1&cursor=\(cursor)").status == 200)
            #expect(try await box.list("usr_2", "?limit=1&cursor=\(cursor)").codes == ["invalid_cursor"])
        }
    }

    @Test("names are asked for again once they are old, and kept when catalog does not answer")
    func names() async throws {
        try await BoxOffice.run { box async throws in
            _ = try await box.open()
            _ = try await box.list()
            #expect(box.asked.count == 1, "fresh names are not asked for")
            box.service.clock.advance(byMilliseconds: 60_001)
            box.catalog.answer { _ in .json(503, "{}") }
            #expect(try await title(box) == "Nosferatu")
            box.catalog.answer { _ in
                .json(
                    200,
                    """
                    {"sessions":[{"id":"\(BoxOffice.session)","movie":{"id":"mov_1","title":"Nosferatu (restored)"},
                    "place":{"id":"plc_1","name":"Le Rex"}}]}
                    """)
            }
            // The breaker may hold the first question back after the refusals.
            var told = try await title(box)
            for _ in 0..<200 where told == "Nosferatu" {
                try await Task.sleep(for: .milliseconds(50))
                told = try await title(box)
            }
            #expect(told == "Nosferatu (restored)")
        }
    }

    private func title(_ box: BoxOffice) async throws -> String? {
        try await box.list().json["bookings"]?.arrayValue?.first?["movie"]?["title"]?.stringValue
    }
}

@Suite struct CatalogAwayTests {
    @Test("a session that was met once is booked without catalog; another is a 503 with Retry-After")
    func away() async throws {
        try await BoxOffice.run { box async throws in
            _ = try await box.open()
            box.catalog.answer { _ in .json(500, "{}") }
            #expect(try await box.book("usr_2").status == 201)
            let unknown = try await box.book("usr_2", session: "ses_300000000000002")
            #expect(unknown.status == 503 && unknown.codes == ["service_unavailable"])
            #expect(unknown.header("retry-after") != nil)
        }
    }

    @Test(
        "what catalog does not know is a 404, and an answer that makes no sense is a 503",
        arguments: [
            (404, "{}", 404), (200, "{}", 503), (200, "nonsense", 503),
            (200, #"{"session":{"id":"ses_300000000000002"}}"#, 503),
            (401, "{}", 503),
        ])
    func unknown(status: Int, body: String, expected: Int) async throws {
        try await BoxOffice.run { box async throws in
            box.catalog.answer { _ in .json(status, body) }
            #expect(try await box.book(session: "ses_300000000000002").status == expected)
            #expect(try await box.book(session: "nonsense").codes == ["session_not_found"])
        }
    }
}
