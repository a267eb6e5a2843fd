import JSON
import Lifecycle
import TestSupport
import Testing

@Suite struct AnswerTests {
    private func withThings(_ count: Int, _ body: (ServiceUnderTest<ThingService>) async throws -> Void) async throws {
        try await ServiceUnderTest.run(ThingService.self, settings: ["LOOPS": "2"]) { service async throws in
            for number in 0..<count {
                let added = try await service.post("/v1/things", #"{"name":"\#(number)"}"#, token: service.token())
                #expect(added.status == 201)
            }
            try await body(service)
        }
    }

    @Test("walking a list by its cursors shows everything once, in order")
    func walk() async throws {
        try await withThings(23) { service async throws in
            for limit in [1, 7, 22, 23, 100] {
                var seen: [String] = []
                var cursor: String?
                repeat {
                    let page = try await service.get(
                        "/v1/things?limit=\(limit)" + (cursor.map { "&cursor=\($0)" } ?? ""))
                    let things = page.json["things"]?.arrayValue ?? []
                    seen += things.compactMap { $0["name"]?.stringValue }
                    let more = page.json["metadata"]?["has_more"]?.boolValue == true
                    #expect(things.count == limit || !more)
                    cursor = more ? page.json["metadata"]?["end_cursor"]?.stringValue : nil
                } while cursor != nil
                #expect(seen == (0..<23).map(String.init), "limit \(limit)")
            }
        }
    }

    @Test("an empty page has no end and nothing after it")
    func empty() async throws {
        try await withThings(0) { service async throws in
            let page = try await service.get("/v1/things")
            #expect(page.json == ["things": [], "metadata": ["has_more": false, "end_cursor": nil]])
        }
    }

    @Test("what is wrong with limit and cursor is said")
    func faults() async throws {
        try await withThings(1) { service async throws in
            for (query, status, code) in [
                ("limit=0", 422, "limit_out_of_range"), ("limit=101", 422, "limit_out_of_range"),
                ("limit=-1", 422, "limit_out_of_range"), ("limit=99999999999999999999", 422, "limit_out_of_range"),
                ("limit=x", 422, "limit_invalid"), ("limit=2.5", 422, "limit_invalid"),
                ("limit=", 422, "limit_invalid"),
                ("cursor=x", 400, "invalid_cursor"), ("cursor=", 400, "invalid_cursor"),
                ("a=%zz", 400, "invalid_query"), ("a=%00", 400, "invalid_query"), ("a=%ff", 400, "invalid_query"),
            ] {
                let answer = try await service.get("/v1/things?\(query)")
                #expect(answer.status == status && answer.codes == [code], "\(query)")
            }
            #expect(try await service.get("/v1/things?unknown=1&limit=1").status == 200)
        }
    }

    @Test("an unchanged answer is a 304, a changed one is not, and no kept answer outlives a write")
    func entityTags() async throws {
        try await withThings(1) { service async throws in
            let first = try await service.get("/v1/things")
            let tag = try #require(first.header("etag"))
            for header in [tag, "W/\(tag)", "\"other\", \(tag)", "*"] {
                let again = try await service.send("GET", "/v1/things", headers: [("If-None-Match", header)])
                #expect(again.status == 304 && again.body.isEmpty && again.header("etag") == tag, "\(header)")
            }
            for _ in 0..<20 {
                #expect(try await service.get("/v1/things").body == first.body)
            }
            _ = try await service.post("/v1/things", #"{"name":"new"}"#, token: service.token())
            for _ in 0..<20 {
                let after = try await service.send("GET", "/v1/things", headers: [("If-None-Match", tag)])
                #expect(after.status == 200 && after.json["things"]?.arrayValue?.count == 2)
            }
        }
    }

    @Test("HEAD answers as GET does, without the body")
    func head() async throws {
        try await withThings(1) { service async throws in
            let get = try await service.get("/v1/things")
            let head = try await service.send("HEAD", "/v1/things")
            #expect(head.status == 200 && head.body.isEmpty)
            #expect(head.header("content-length") == "\(get.body.count)")
            #expect(head.header("etag") == get.header("etag"))
            #expect(try await service.send("HEAD", "/v1/nowhere").status == 404)
        }
    }

    @Test("what the server cannot read is the client's to mend, with a code of its own, and no reason to try again")
    func unreadable() async throws {
        try await withThings(0) { service async throws in
            for (head, status, code) in [
                ("POST /v1/things HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n", 501, "not_implemented"),
                ("GET /v1/things HTTP/0.5\r\nHost: a\r\n", 505, "http_version_not_supported"),
                ("CONNECT a:80 HTTP/1.1\r\nHost: a\r\n", 400, "bad_request"),
            ] {
                let bytes = try await RawHTTP.exchange(
                    Array("\(head)\r\n".utf8), port: service.running.publicAddress.port)
                let answer = try RawHTTP.parse(bytes)
                #expect(answer.status == status && answer.codes == [code] && answer.header("retry-after") == nil)
            }
        }
    }
}
