import HTTPServer
import Testing

@Suite struct RequestTests {
    private let host = "Host: x\r\n"

    @Test("An answer has a length, a date and the handler's fields, and leaves the connection open")
    func answer() async throws {
        try await serve { server in
            let client = try RawClient(port: server.port)
            for _ in 0..<3 {
                client.send("GET /hello HTTP/1.1\r\n\(host)\r\n")
                let answer = client.answers()
                #expect(answer.statuses == [200])
                #expect(answer.body == "Hello, World!")
                #expect(answer.header("Content-Length") == "13")
                #expect(answer.header("Content-Type") == "text/plain")
                #expect(answer.header("Date")?.hasSuffix(" GMT") == true)
                #expect(answer.header("Server") == nil)
                #expect(answer.header("Connection") == nil)
            }
        }
    }

    @Test("Pipelined requests are answered one by one, in order")
    func pipelining() async throws {
        try await serve { server in
            let client = try RawClient(port: server.port)
            client.send((0..<50).map { "POST /\($0) HTTP/1.1\r\n\(host)Content-Length: 2\r\n\r\nab" }.joined())
            let answer = client.answers(50)
            #expect(answer.statuses == Array(repeating: 200, count: 50))
            let last = answer.text.ranges(of: /POST \/\d+/).map { answer.text[$0] }
            #expect(last == (0..<50).map { "POST /\($0)" })
        }
    }

    @Test("HEAD is told the length and sent no body, and the connection goes on")
    func head() async throws {
        try await serve { server in
            let client = try RawClient(port: server.port)
            client.send("HEAD /hello HTTP/1.1\r\n\(host)\r\nGET /next HTTP/1.1\r\n\(host)\r\n")
            let answer = client.receive { $0.text.hasSuffix("0") }
            #expect(answer.statuses == [200, 200])
            #expect(answer.header("Content-Length") == "13")
            #expect(!answer.text.contains("World"))
        }
    }

    @Test("204 has neither a body nor a length")
    func noContent() async throws {
        try await serve { server in
            let client = try RawClient(port: server.port)
            client.send("GET /nothing HTTP/1.1\r\n\(host)\r\n")
            let answer = client.answers()
            #expect(answer.statuses == [204])
            #expect(answer.header("Content-Length") == nil)
        }
    }

    @Test("Every method reaches the handler", arguments: ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
    func methods(method: String) async throws {
        try await serve { server in
            let client = try RawClient(port: server.port)
            client.send("\(method) /a HTTP/1.1\r\n\(host)Content-Length: 3\r\n\r\nabc")
            #expect(client.answers().body == "\(method) /a - 3")
        }
    }

    @Test(
        "A method nobody knows reaches the handler, and its body is not the next request", arguments: ["FOO", "TRACE"])
    func unknownMethods(method: String) async throws {
        try await serve { server in
            let smuggled = "GET /smuggled HTTP/1.1\r\n\(host)\r\n"
            let client = try RawClient(port: server.port)
            client.send("\(method) /a HTTP/1.1\r\n\(host)Content-Length: \(smuggled.utf8.count)\r\n\r\n\(smuggled)")
            let answer = client.receive()
            #expect(answer.statuses == [200])
            #expect(answer.body == "OTHER /a - 0")
            #expect(answer.closed)
        }
    }

    @Test("A target is split at its first question mark, and keeps its percent signs")
    func target() async throws {
        try await serve { server in
            let client = try RawClient(port: server.port)
            for (target, seen) in [
                ("/a%00b/?x=1?y=2", "/a%00b/ x=1?y=2"), ("//x/", "//x/ -"), ("/?", "/ "),
                ("http://x/hello2?q", "/hello2 q"), ("http://x", "/ -"), ("HTTP://x?q", "/ q"),
            ] {
                client.send("GET \(target) HTTP/1.1\r\n\(host)\r\n")
                #expect(client.answers().body == "GET \(seen) 0")
            }
            client.send("OPTIONS * HTTP/1.1\r\n\(host)\r\n")
            #expect(client.answers().body == "OPTIONS * - 0")
        }
    }

    @Test("Header fields are found whatever their case; trailers are not merged into them")
    func headers() async throws {
        let handler: HTTPServer.Handler = { request in
            let seen = "\(request.header("x-one") ?? "-") \(request.header("X-Late") ?? "-") \(request.headers.count)"
            return HTTPResponse(status: 200, body: .bytes(Array(seen.utf8)))
        }
        try await serve(handler: handler) { server in
            let client = try RawClient(port: server.port)
            client.send(
                "POST / HTTP/1.1\r\n\(host)X-ONE:  a b \r\nx-one: second\r\nTransfer-Encoding: chunked\r\n\r\n"
                    + "3\r\nabc\r\n0\r\nX-Late: 1\r\nHost: evil\r\n\r\n")
            #expect(client.answers().body == "a b - 4")
        }
    }

    @Test("A body in chunks arrives whole")
    func chunks() async throws {
        try await serve { server in
            let client = try RawClient(port: server.port)
            let chunk = String(repeating: "a", count: 0x1000)
            client.send("POST /c HTTP/1.1\r\n\(host)Transfer-Encoding: Chunked\r\n\r\n")
            for _ in 0..<10 { client.send("1000\r\n\(chunk)\r\n") }
            client.send("0\r\n\r\nGET /d HTTP/1.1\r\n\(host)\r\n")
            let answer = client.answers(2)
            #expect(answer.text.contains("POST /c - 40960"))
            #expect(answer.body == "GET /d - 0")
        }
    }

    @Test("A request may come byte by byte")
    func dribble() async throws {
        try await serve { server in
            let client = try RawClient(port: server.port)
            for byte in "POST /slow HTTP/1.1\r\n\(host)Content-Length: 2\r\n\r\n\u{0}b".utf8 { client.send([byte]) }
            #expect(client.answers().body == "POST /slow - 2")
        }
    }

    @Test("A client that expects 100 is asked for its body")
    func expectation() async throws {
        try await serve { server in
            let client = try RawClient(port: server.port)
            client.send("POST /e HTTP/1.1\r\n\(host)Expect: 100-continue\r\nContent-Length: 3\r\n\r\n")
            let interim = client.receive { $0.text.hasSuffix("\r\n\r\n") }
            #expect(interim.statuses == [100])
            client.send("abc")
            #expect(client.answers().body == "POST /e - 3")
        }
    }

    @Test("HTTP/1.0 closes unless asked not to")
    func oldVersion() async throws {
        try await serve { server in
            let client = try RawClient(port: server.port)
            client.send("GET /hello HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
            #expect(client.answers().header("Connection") == "keep-alive")
            client.send("GET /hello HTTP/1.0\r\n\r\n")
            let answer = client.receive()
            #expect(answer.statuses == [200])
            #expect(answer.closed)
        }
    }

    @Test("A client that asks for it is closed on, in whatever list", arguments: ["close", "Close", "TE, close"])
    func close(option: String) async throws {
        try await serve { server in
            let client = try RawClient(port: server.port)
            client.send("GET /hello HTTP/1.1\r\n\(host)Connection: \(option)\r\n\r\n")
            let answer = client.receive()
            #expect(answer.statuses == [200])
            #expect(answer.header("Connection") == "close")
            #expect(answer.closed)
        }
    }

    @Test("A client that has finished sending is still answered")
    func halfClosed() async throws {
        try await serve { server in
            let client = try RawClient(port: server.port)
            client.send("GET /hello HTTP/1.1\r\n\(host)\r\n")
            client.finishSending()
            #expect(client.receive().body == "Hello, World!")
        }
    }

    @Test("Shared bytes are sent as they are, also to a client that leaves halfway")
    func sharedBytes() async throws {
        let bytes = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 / 7) }
        let body = HTTPResponse.Body.shared(SharedBytes(bytes))
        try await serve(handler: { _ in HTTPResponse(status: 200, body: body) }) { server in
            let start = try download(from: server.port, atLeast: 1)
            #expect(start.starts(with: Array("HTTP/1.1 200".utf8)))
            let whole = try download(from: server.port, atLeast: Int.max)
            let isSame = whole.suffix(bytes.count).elementsEqual(bytes)
            #expect(isSame)
            let allClosed = try await eventually { server.connections == 0 }
            #expect(allClosed)
        }
    }

    private func download(from port: UInt16, atLeast count: Int) throws -> [UInt8] {
        let client = try RawClient(port: port)
        client.send("GET / HTTP/1.1\r\n\(host)Connection: close\r\n\r\n")
        return client.receive { $0.bytes.count >= count }.bytes
    }
}
