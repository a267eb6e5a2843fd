import HTTPServer
import Testing

@Suite struct RefusalTests {
    struct Probe: Sendable, CustomTestStringConvertible {
        let name: String
        let bytes: String
        let status: Int
        var testDescription: String { name }

        /// `{H}` stands for a Host field.
        init(_ name: String, _ bytes: String, _ status: Int) {
            self.name = name
            self.bytes = bytes.replacing("{H}", with: "Host: x\r\n")
            self.status = status
        }
    }

    static let heads = [
        Probe("no Host", "GET / HTTP/1.1\r\n\r\n", 400),
        Probe("two Hosts", "GET / HTTP/1.1\r\n{H}{H}\r\n", 400),
        Probe("two Hosts in HTTP/1.0", "GET / HTTP/1.0\r\n{H}{H}\r\n", 400),
        Probe("a Host that is none", "GET / HTTP/1.1\r\nHost: x/y\r\n\r\n", 400),
        Probe("a NUL in a field", "GET / HTTP/1.1\r\n{H}A: a\u{0}b\r\n\r\n", 400),
        Probe("a NUL in the target", "GET /a\u{0}b HTTP/1.1\r\n{H}\r\n", 400),
        Probe("a bare CR", "GET / HTTP/1.1\r\n{H}A: a\rb\r\n\r\n", 400),
        Probe("a folded field", "GET / HTTP/1.1\r\n{H}A: a\r\n b\r\n\r\n", 400),
        Probe("a fold before the first field", "GET / HTTP/1.1\r\n A: a\r\n{H}\r\n", 400),
        Probe("a field without a colon", "GET / HTTP/1.1\r\n{H}A\r\n\r\n", 400),
        Probe("a field without a name", "GET / HTTP/1.1\r\n{H}: a\r\n\r\n", 400),
        Probe("a space before a colon", "GET / HTTP/1.1\r\n{H}Content-Length : 5\r\n\r\nhello", 400),
        Probe("garbage", "\u{16}\u{3}\u{1}\u{2}\r\n\r\n", 400),
        Probe("HTTP/0.9", "GET /\r\n\r\n", 400),
        Probe("HTTP/2's preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400),
        Probe("a version that is none", "GET / HTTP/-1.1\r\n{H}\r\n", 505),
        Probe("the same, and no field", "GET / HTTP/-1.1\r\n{H}A\r\n\r\n", 400),
        Probe("a version beyond numbers, and no field", "GET / HTTP/11487351385501301598.1\r\n{H}A\r\n\r\n", 400),
        Probe("a tunnel", "CONNECT a:80 HTTP/1.1\r\n{H}\r\n", 400),
        Probe("version 0.5", "GET / HTTP/0.5\r\n{H}\r\n", 505),
        Probe("a space in the target", "GET /a b HTTP/1.1\r\n{H}\r\n", 400),
        Probe("a fragment", "GET /a#b HTTP/1.1\r\n{H}\r\n", 400),
        Probe("bytes above ASCII in the target", "GET /é HTTP/1.1\r\n{H}\r\n", 400),
        Probe("an unknown expectation", "POST / HTTP/1.1\r\n{H}Expect: a\r\nContent-Length: 1\r\n\r\n", 417),
        Probe("an unknown expectation of no body", "GET / HTTP/1.1\r\n{H}Expect: a\r\n\r\n", 417),
        Probe("a long target", "GET /\(String(repeating: "a", count: 20_000)) HTTP/1.1\r\n{H}\r\n", 414),
        Probe("a long field", "GET / HTTP/1.1\r\n{H}A: \(String(repeating: "a", count: 20_000))\r\n\r\n", 431),
        Probe("many fields", "GET / HTTP/1.1\r\n{H}\(String(repeating: "A: b\r\n", count: 100))\r\n", 431),
    ]

    static let bodies = [
        Probe("two lengths", "{H}Content-Length: 2\r\nContent-Length: 40\r\n\r\nab", 400),
        Probe("the same length twice", "{H}Content-Length: 2\r\nContent-Length: 2\r\n\r\nab", 400),
        Probe("a list of lengths", "{H}Content-Length: 2, 2\r\n\r\nab", 400),
        Probe("a signed length", "{H}Content-Length: +2\r\n\r\nab", 400),
        Probe("a negative length", "{H}Content-Length: -1\r\n\r\nab", 400),
        Probe("a length with a tail", "{H}Content-Length: 2abc\r\n\r\nab", 400),
        Probe("an empty length", "{H}Content-Length: \r\n\r\n", 400),
        Probe("a length beyond 64 bits", "{H}Content-Length: 99999999999999999999\r\n\r\n", 413),
        Probe("a length over the limit", "{H}Content-Length: 2000000\r\n\r\n", 413),
        Probe("the same, expecting 100", "{H}Content-Length: 2000000\r\nExpect: 100-continue\r\n\r\n", 413),
        Probe("a chunk over the limit", "{H}Transfer-Encoding: chunked\r\n\r\n200000\r\n", 413),
        Probe("a length and chunks", "{H}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
        Probe("chunks twice", "{H}Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
        Probe("another encoding", "{H}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", 501),
        Probe("a list of encodings", "{H}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501),
        Probe("a tab before chunked", "{H}Transfer-Encoding:\tchunked\r\n\r\n0\r\n\r\n", 501),
    ]

    private let next = "GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n"

    @Test("A head that is wrong is refused in the caller's format, once, and the connection closed", arguments: heads)
    func head(probe: Probe) async throws {
        try await expectRefusal(probe.bytes + next, probe.status)
    }

    @Test("A body that cannot be delimited, or is too long, is refused the same way", arguments: bodies)
    func body(probe: Probe) async throws {
        try await expectRefusal("POST /a HTTP/1.1\r\n\(probe.bytes)\(next)", probe.status)
    }

    @Test(
        "A refusal comes after the answers that were due before it", arguments: ["X: \u{0}\r\n", "", "Host: a/b\r\n"])
    func pipelined(field: String) async throws {
        try await serve { server in
            let client = try RawClient(port: server.port)
            client.send("GET /1 HTTP/1.1\r\nHost: x\r\n\r\nGET /2 HTTP/1.1\r\nHost: x\r\n\r\n")
            client.send("GET /3 HTTP/1.1\r\n\(field)\r\n\(next)")
            let answer = client.receive()
            #expect(answer.statuses == [200, 200, 400])
            #expect(answer.closed)
        }
    }

    @Test("Chunk sizes that are none are refused", arguments: ["-5", "xyz", "5;", "10000000000000000"])
    func chunkSizes(size: String) async throws {
        try await serve { server in
            let client = try RawClient(port: server.port)
            client.send(
                "POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n\(size)\r\nhello\r\n0\r\n\r\n")
            let answer = client.receive()
            // evhttp tells a broken chunk and one that is too long by the same error.
            #expect(answer.statuses == [413])
            #expect(answer.closed)
        }
    }

    @Test("HEAD is refused without a body")
    func headMethod() async throws {
        try await serve { server in
            let client = try RawClient(port: server.port)
            client.send("HEAD / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n")
            let answer = client.receive()
            #expect(answer.statuses == [400])
            #expect(answer.header("Content-Length") == "11")
            #expect(answer.body.isEmpty)
        }
    }

    @Test("A client that goes on sending a body that was refused still reads the refusal")
    func lingering() async throws {
        try await serve { server in
            let client = try RawClient(port: server.port)
            client.send("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 8000000\r\n\r\n")
            let piece = [UInt8](repeating: 0x61, count: 100_000)
            for _ in 0..<80 { client.send(piece) }
            let answer = client.receive()
            #expect(answer.statuses == [413])
            #expect(answer.body == "refused 413")
        }
    }

    @Test("A chunk size or an answer nobody reads does not let a client fill the memory")
    func endless() async throws {
        try await serve { server in
            let client = try RawClient(port: server.port, seconds: 2)
            client.send("POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
            let digits = [UInt8](repeating: 0x30, count: 100_000)
            for _ in 0..<50 where client.send(digits) {}
            let answer = client.receive()
            #expect(answer.statuses == [413])
        }
    }

    private func expectRefusal(_ bytes: String, _ status: Int) async throws {
        try await serve { server in
            let client = try RawClient(port: server.port)
            client.send(bytes)
            let answer = client.receive()
            #expect(answer.statuses == [status])
            #expect(answer.body == "refused \(status)")
            #expect(answer.header("Connection") == "close")
            #expect(answer.header("Date") != nil)
            #expect(answer.header("Retry-After") == "1")
            #expect(answer.closed)
        }
    }
}
