import HTTPClient
import Telemetry
import Testing

@Suite("A call")
struct AnswerTests {
    @Test(
        "brings the status, the body and the fields of the answer, whatever the status",
        arguments: [200, 201, 302, 404, 500])
    func plain(status: Int) async throws {
        let fixture = try ClientFixture { _, _ in
            ScriptedServer.answer(status, "{\"a\":1}", headers: ["ETag:  \"v1\" ", "Location: /elsewhere"])
        }
        let response = try await fixture.get("/movies")
        #expect(response.status == status)
        #expect(response.body == Array("{\"a\":1}".utf8))
        #expect(response.header("etag") == "\"v1\"")
        #expect(response.header("Missing") == nil)
        #expect(fixture.server.requests.map(\.line) == ["GET /movies HTTP/1.1"])
    }

    @Test("sends the credential, the request id and the trace")
    func headers() async throws {
        let fixture = try ClientFixture { _, _ in ScriptedServer.answer() }
        let trace = TraceContext(requestID: "req_42")
        _ = try await fixture.client.send(.get, "/", trace: trace)
        let request = try #require(fixture.server.requests.first)
        #expect(request.header("Authorization") == "Bearer s3cret")
        #expect(request.header("X-Request-Id") == "req_42")
        #expect(request.header("traceparent") == trace.traceparent)
        #expect(request.header("Host") == "127.0.0.1:\(fixture.server.port)")
        #expect(request.header("Content-Type") == nil)
    }

    @Test("sends every method, with and without a body, over one handle", arguments: [nil, "", "{\"seats\":2}"])
    func methods(body: String?) async throws {
        let fixture = try ClientFixture { request, _ in
            request.line.hasPrefix("HEAD")
                ? [.write("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n")] : ScriptedServer.answer(200, "hello")
        }
        for method in HTTPClient.Method.allCases + HTTPClient.Method.allCases.reversed() {
            let response = try await fixture.client.send(
                method, "/x", body: body.map { Array($0.utf8) }, trace: TraceContext())
            let request = try #require(fixture.server.requests.last)
            #expect(request.line == "\(method.rawValue) /x HTTP/1.1")
            #expect(response.body == (method == .head ? [] : Array("hello".utf8)))
            guard method != .head else { continue }
            #expect(request.body == Array((body ?? "").utf8), "\(method)")
            #expect(request.header("Content-Type") == (body == nil ? nil : "application/json"), "\(method)")
        }
        #expect(fixture.server.connections == 1)
    }

    @Test("sends a form, and headers of the caller's that are headers")
    func form() async throws {
        let fixture = try ClientFixture { _, _ in ScriptedServer.answer() }
        _ = try await fixture.client.send(
            .post, "/f", headers: [("Idempotency-Key", "a b")],
            body: FormBody.bytes([("m[k]", "a&b=\u{e9}"), ("n", "")]),
            contentType: FormBody.contentType, trace: TraceContext())
        let request = try #require(fixture.server.requests.first)
        #expect(request.body == Array("m%5Bk%5D=a%26b%3D%C3%A9&n=".utf8))
        #expect(request.header("Content-Type") == "application/x-www-form-urlencoded")
        #expect(request.header("Idempotency-Key") == "a b")
        for (name, value) in [("X-A", "a\r\nX-Evil: 1"), ("X A", "a"), ("", "a"), ("X-A", "")] {
            await #expect(throws: HTTPClientError.self) {
                try await fixture.client.send(.get, "/", headers: [(name, value)], trace: TraceContext())
            }
        }
        #expect(fixture.server.requests.count == 1)
    }

    @Test("keeps line breaks of a query value out of the header section")
    func injection() async throws {
        let fixture = try ClientFixture { _, _ in ScriptedServer.answer() }
        _ = try await fixture.client.send(.get, "/s", query: [("q", "a b\r\nX-Evil: 1")], trace: TraceContext())
        let request = try #require(fixture.server.requests.first)
        #expect(request.line == "GET /s?q=a%20b%0D%0AX-Evil%3A%201 HTTP/1.1")
        #expect(request.header("X-Evil") == nil)
    }

    @Test("refuses a path with a line break without sending anything")
    func pathInjection() async throws {
        let fixture = try ClientFixture { _, _ in ScriptedServer.answer() }
        let error = await failure { () async throws(HTTPClientError) in
            try await fixture.get("/a HTTP/1.1\r\nX-Evil: 1")
        }
        guard case .invalidRequest = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(fixture.server.connections == 0)
    }

    @Test(
        "refuses a base URL or a credential that could change the request",
        arguments: [
            ("http://127.0.0.1:1/x", "s"), ("gopher://127.0.0.1:1", "s"), ("http://127.0.0.1:1", "s\r\nX-Evil: 1"),
        ])
    func configuration(baseURL: String, credential: String) throws {
        let fixture = try ClientFixture { _, _ in [] }
        let configuration = HTTPClient.Configuration(neighbour: "n", baseURL: baseURL, credential: credential)
        #expect(throws: HTTPClientError.self) { try HTTPClient(configuration, loop: fixture.loop) }
    }

    @Test("puts chunks together and leaves the trailer out of the fields")
    func chunked() async throws {
        let fixture = try ClientFixture { _, _ in
            [
                .write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nA: 1\r\n\r\n5\r\nhello\r\n"),
                .pause(milliseconds: 5), .write("7\r\n, world\r\n0\r\nA-Trailer: 2\r\n\r\n"),
            ]
        }
        let response = try await fixture.get()
        #expect(response.body == Array("hello, world".utf8))
        #expect(response.header("A") == "1")
        #expect(response.header("A-Trailer") == nil)
        #expect(try await fixture.get().body == response.body)
        #expect(fixture.server.connections == 1)
    }

    @Test("passes over interim answers")
    func interim() async throws {
        let fixture = try ClientFixture { _, _ in
            [.write("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n")] + ScriptedServer.answer(200, "x")
        }
        let response = try await fixture.get()
        #expect(response.status == 200)
        #expect(response.header("Link") == nil)
    }

    @Test("carries bodies of a megabyte both ways")
    func big() async throws {
        let fixture = try ClientFixture { request, _ in
            ScriptedServer.answer(200, String(decoding: request.body, as: UTF8.self))
        }
        let body = String(repeating: "0123456789abcdef", count: 65_536)
        #expect(try await fixture.post("/", body).body == Array(body.utf8))
        #expect(fixture.server.requests.first?.header("Expect") == nil)
    }

    @Test("refuses an answer over the limit and takes one at it", arguments: [(10, true), (11, false)])
    func limit(bytes: Int, fits: Bool) async throws {
        let fixture = try ClientFixture(configure: { $0.maxAnswerBytes = 10 }) { _, _ in
            ScriptedServer.answer(200, String(repeating: "x", count: bytes))
        }
        let error = await failure { () async throws(HTTPClientError) in try await fixture.get() }
        #expect(error == (fits ? nil : .answerTooLarge(limit: 10)))
    }

    @Test(
        "breaks off an answer without end",
        arguments: [
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 999999999999\r\n\r\n",
            "HTTP/1.1 200 OK\r\n",
        ])
    func endless(start: String) async throws {
        let fixture = try ClientFixture(configure: {
            $0.maxHeaderBytes = 9_999; $0.maxAnswerBytes = 9_999
        }) { _, _ in
            [.write(start), .writeForever("6\r\nA: b\r\n\r\n".filter { start.count > 20 || $0 != "6" })]
        }
        let error = await failure { () async throws(HTTPClientError) in try await fixture.get() }
        #expect(error == .answerTooLarge(limit: 9_999))
        await eventually("the connection is closed") { fixture.server.connectionsLeft == 1 }
    }

    @Test(
        "says what is wrong with half an answer, none, and what is not HTTP",
        arguments: [
            ("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf", true), ("HTTP/1.1 200", true), ("", true),
            ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhe", true), ("SSH-2.0-OpenSSH_9.2\r\n", false),
        ])
    func broken(bytes: String, isLost: Bool) async throws {
        let fixture = try ClientFixture { _, _ in [.write(bytes), .close] }
        let error = await failure { () async throws(HTTPClientError) in try await fixture.get() }
        switch error {
        case .connectionLost: #expect(isLost)
        case .malformedAnswer: #expect(!isLost)
        default: Issue.record("\(String(describing: error))")
        }
    }

    @Test("counts itself by outcome")
    func metrics() async throws {
        let fixture = try ClientFixture { _, number in ScriptedServer.answer(number == 0 ? 200 : 404) }
        _ = try await fixture.get()
        _ = try await fixture.get()
        _ = await failure { () async throws(HTTPClientError) in try await fixture.get(timeout: 0) }
        let text = fixture.metrics.render()
        for line in [
            "http_client_calls_total{neighbour=\"catalog\",outcome=\"2xx\"} 1",
            "http_client_calls_total{neighbour=\"catalog\",outcome=\"4xx\"} 1",
            "http_client_calls_total{neighbour=\"catalog\",outcome=\"timeout\"} 1",
            "http_client_call_seconds_count{neighbour=\"catalog\"} 3",
            "http_client_breaker_state{neighbour=\"catalog\"} 0",
        ] {
            #expect(text.contains(line + "\n"))
        }
        #expect(fixture.server.requests.count == 2)
    }
}
