import EventLoop
import HTTPServer
import TestSupport
import Testing

/// The server itself, over real sockets.
@Suite struct ServerFuzzTests {
    private static let requests = [
        "GET /a?b=c HTTP/1.1\r\nHost: a\r\n\r\n", "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
        "POST /a HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 7\r\n\r\n{\"a\":1}",
        "PUT /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX: y\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n{}",
        "GET / HTTP/1.1\r\nHost: a\r\n\r\nGET /next HTTP/1.1\r\nHost: a\r\n\r\nDELETE /last HTTP/1.1\r\nHost: a\r\n\r\n",
        "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", "CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "HEAD http://a/b HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", "GET /\r\n",
    ].map { Array($0.utf8) }

    @Test("whatever a connection brings, it is answered as HTTP or closed, and the next one is served")
    func server() async throws {
        var limits = HTTPLimits()
        (limits.headBytes, limits.bodyBytes) = (2_048, 4_096)
        let loop = try EventLoop(name: "fuzz")
        let server = try HTTPServer(
            loops: [loop], host: "127.0.0.1", port: 0, limits: limits, refusal: { HTTPResponse(status: $0) },
            handler: { HTTPResponse(status: 200, body: .bytes($0.body)) })
        let good = RawHTTP.request("GET", "/", host: "a", headers: [("Connection", "close")], body: nil)
        let statuses: Set = [200, 400, 408, 413, 414, 417, 431, 501, 505]
        try await Fuzz(name: "server", corpus: Self.requests, limit: 16_384).run { input in
            let answer = try await RawHTTP.exchange(input, port: server.port, halfClosing: true)
            let text = String(decoding: answer, as: UTF8.self)
            if !answer.isEmpty, !text.hasPrefix("HTTP/1.1 100 ") {
                guard let status = try? RawHTTP.parse(answer, isHead: true).status, statuses.contains(status) else {
                    return "answered \(text.prefix(200).debugDescription)"
                }
            }
            let next = try await RawHTTP.exchange(good, port: server.port)
            return try RawHTTP.parse(next).status == 200 ? nil : "the next one is not served"
        }
        await eventually { server.connections == 0 }
        #expect(server.connections == 0 && server.requestsInFlight == 0)
        await server.drain(graceMilliseconds: 1_000)
        loop.stop()
    }
}
