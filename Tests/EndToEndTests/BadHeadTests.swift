import Lifecycle
import TestSupport
import Testing

@Suite struct BadHeadTests {
    @Test("an Idempotency-Key that cannot be one, or was another body's, is refused")
    func idempotencyKeys() async throws {
        try await Stack.withstand { stack in
            let (rate, token) = ("/v1/movies/\(StackSession.movie)/rate", stack.token(user: 1))
            for key in ["", "\"\"", "é", String(repeating: "k", count: 256), "a\tb"] {
                try await Hostile(
                    what: "key", target: rate, token: token, headers: [("Idempotency-Key", key)],
                    body: Array(#"{"value":1}"#.utf8), status: 400, codes: ["idempotency_key_invalid"]
                ).send(to: stack)
            }
            let first = try await stack.post(rate, #"{"value":1}"#, token: token, headers: [("Idempotency-Key", "k")])
            #expect(first.status == 201)
            let again = try await stack.post(
                rate, #"{"value":1}"#, token: token, headers: [("Idempotency-Key", "\"k\"")])
            #expect(again.status == 201 && again.body == first.body)
            #expect(again.header("idempotent-replayed") == "true")
            try await Hostile(
                what: "another body", target: rate, token: token, headers: [("Idempotency-Key", "k")],
                body: Array(#"{"value":2}"#.utf8), status: 422, codes: ["idempotency_key_reused"]
            ).send(to: stack)
        }
    }

    @Test("a head that is not HTTP, or too much of it, is refused in the format of the API")
    func heads() async throws {
        try await Stack.withstand { stack in
            for (what, bytes, statuses) in Self.heads {
                let raw = try await RawHTTP.exchange(bytes, host: stack.gateway.host, port: stack.gateway.port)
                let answer = try RawHTTP.parse(raw)
                #expect(statuses.contains(answer.status), "\(what): \(answer.status) \(answer.codes)")
                if answer.status >= 400 { #expect(answer.refusalFaults == [], "\(what)") }
            }
        }
    }

    private static let heads: [(String, [UInt8], Set<Int>)] = [
        ("no Host", Array("GET /v1/movies HTTP/1.1\r\nConnection: close\r\n\r\n".utf8), [400]),
        head("two Hosts", "Host: a\r\nHost: b\r\n", [400]), head("an empty Host", "Host: \r\n", [400]),
        head("a NUL", "X-A: a\0b\r\n", [400]), head("a folded line", "X-A: a\r\n b\r\n", [200, 400]),
        head("a space before the colon", "X-A : b\r\n", [200, 400]), head("no colon", "nonsense\r\n", [200, 400]),
        head("two lengths", "Content-Length: 1\r\nContent-Length: 2\r\n", [400]),
        head("a negative length", "Content-Length: -1\r\n", [400]),
        head("a length beyond numbers", "Content-Length: 99999999999999999999\r\n", [400]),
        head("length and chunks", "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n", body: "0\r\n\r\n", [400]),
        head("an unknown coding", "Transfer-Encoding: gzip\r\n", [501]),
        head("an unknown expectation", "Expect: the-unexpected\r\n", [200, 417]),
        head("64 KiB in a field", "X-A: \(String(repeating: "a", count: 65_536))\r\n", [431]),
        head("2,000 fields", (0..<2_000).map { "X-\($0): a\r\n" }.joined(), [431]),
        head("110 fields", (0..<110).map { "X-\($0): a\r\n" }.joined(), [200, 431]),
        head("a range", "Range: bytes=5-1\r\n", [200]), head("an odd type", "Accept: image/png\r\n", [200]),
        head("a tag that is none", "If-None-Match: \"\"\"\r\n", [200]),
        head("an upgrade", "Connection: upgrade\r\nUpgrade: h2c\r\n", [200]),
        ("a long target", target("/v1/movies?q=\(String(repeating: "a", count: 9_000))"), [414]),
        ("a space in the target", target("/v1/movies ?limit=1"), [400]),
        ("bytes beyond ASCII", target("/v1/movies/mov_é"), [400, 404]),
        ("an absolute target", target("http://elsewhere.example/v1/movies?limit=1"), [200]),
        ("an asterisk", target("*"), [400, 404]), ("a fragment", target("/v1/movies#top"), [200, 400]),
        ("a version to come", Array("GET /v1/movies HTTP/9.9\r\nHost: a\r\nConnection: close\r\n\r\n".utf8), [505]),
        (
            "a greeting of TLS",
            [0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xFC, 0x03, 0x03, 0x0D, 0x0A, 0x0D, 0x0A], [400]
        ),
        ("nonsense", Array("\u{1}\u{2}\r\n\r\n".utf8), [400]),
    ]

    private static func head(
        _ what: String, _ fields: String, body: String = "", _ statuses: Set<Int>
    ) -> (String, [UInt8], Set<Int>) {
        let host = fields.hasPrefix("Host") ? "" : "Host: a\r\n"
        let text = "GET /v1/movies HTTP/1.1\r\n\(host)Connection: close\r\n\(fields)\r\n\(body)"
        return (what, Array(text.utf8), statuses)
    }

    private static func target(_ target: String) -> [UInt8] {
        Array("GET \(target) HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".utf8)
    }
}
