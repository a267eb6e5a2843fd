import Testing

@Suite struct TracingTests {
    @Test("a request id of the client's is passed on, and returned once", arguments: ["a", "Order-7.retry_2:b"])
    func keepsRequestID(_ id: String) throws {
        let gateway = try Gateway { _, _ in .ok(fields: "X-Request-Id: \(id)\r\n", body: "{}") }
        let answer = try gateway.send("GET", "/v1/movies", fields: "X-Request-Id: \(id)\r\n")
        #expect(answer.values("x-request-id") == [id])
        #expect(gateway.catalog.requests.map { $0.values("x-request-id") } == [[id]])
        #expect(try gateway.send("GET", "/nowhere", fields: "X-Request-Id: \(id)\r\n").values("x-request-id") == [id])
    }

    @Test(
        "an unusable request id is replaced by a new one",
        arguments: ["", "two words", "semi;colon", String(repeating: "x", count: 129)])
    func replacesRequestID(_ id: String) throws {
        let gateway = try Gateway()
        let answer = try gateway.send("GET", "/v1/movies", fields: "X-Request-Id: \(id)\r\n")
        let made = try #require(answer["x-request-id"])
        #expect(made.utf8.count == 32)
        #expect(gateway.catalog.requests.map { $0.values("x-request-id") } == [[made]])
    }

    @Test("a traceparent is passed on as it came")
    func keepsTraceparent() throws {
        let gateway = try Gateway()
        let trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
        _ = try gateway.send("GET", "/v1/movies", fields: "traceparent: \(trace)\r\ntracestate: a=b\r\n")
        #expect(gateway.catalog.requests.first?.values("traceparent") == [trace])
        #expect(gateway.catalog.requests.first?.values("tracestate") == ["a=b"])
        #expect(try gateway.send("GET", "/nowhere", fields: "traceparent: \(trace)\r\n")["traceparent"] == trace)
    }

    @Test(
        "a traceparent that is missing or malformed is replaced by a new one",
        arguments: [
            "", "traceparent: nonsense\r\n",
            "traceparent: 00-00000000000000000000000000000000-00f067aa0ba902b7-01\r\n",
            "traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01\r\n",
            "traceparent: ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\r\n",
        ])
    func replacesTraceparent(_ field: String) throws {
        let gateway = try Gateway()
        _ = try gateway.send("GET", "/v1/movies", fields: field)
        let passed = try #require(gateway.catalog.requests.first?["traceparent"])
        #expect(try Regex("00-[0-9a-f]{32}-[0-9a-f]{16}-01").wholeMatch(in: passed) != nil)
        #expect(!field.contains(passed))
    }

    @Test("a service is told the address that was seen, not the one that was claimed")
    func forwardedFor() throws {
        let gateway = try Gateway()
        _ = try gateway.send(
            "GET", "/v1/movies", fields: "X-Forwarded-For: 203.0.113.9\r\nX-Forwarded-Proto: https\r\n")
        #expect(gateway.catalog.requests.first?.values("x-forwarded-for") == ["127.0.0.1"])
        #expect(gateway.catalog.requests.first?.values("x-forwarded-proto") == ["http"])
    }

    @Test("the access log has one JSON line a request, without query, credential or body")
    func accessLog() throws {
        let gateway = try Gateway()
        _ = try gateway.send(
            "POST", "/v1/auth/signin?email=secret-query",
            fields: "Authorization: Bearer secret-token\r\nX-Request-Id: r1\r\n",
            body: "{\"password\":\"secret-body\"}")
        _ = try gateway.send("PATCH", "/nowhere?secret-query", fields: "X-Request-Id: r2\r\n")
        let log = try gateway.logAfterQuitting()
        let lines = log.split(separator: "\n").filter { $0.hasPrefix("{\"time\":") }
        #expect(lines.count == 2)
        let first = try #require(lines.first { $0.contains("\"request_id\":\"r1\"") })
        #expect(first.contains("\"method\":\"POST\",\"path\":\"/v1/auth/signin\",\"status\":200"))
        let second = try #require(lines.first { $0.contains("\"request_id\":\"r2\"") })
        #expect(second.contains("\"method\":\"PATCH\",\"path\":\"/nowhere\",\"status\":404"))
        #expect(!log.contains("secret"))
    }
}
