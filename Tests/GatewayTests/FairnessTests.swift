import TestSupport
import Testing

/// What one address can take of the whole: real clients on several addresses of the loopback network.
@Suite struct FairnessTests {
    private static let (greedy, modest) = ("127.9.9.9", "127.9.9.10")

    @Test("an address has so many requests at a time, and the next one is told to wait while others are answered")
    func concurrency() async throws {
        let held = Barrier(129)
        let gateway = try Gateway(limits: "on") { request, _ in
            if request.target == "/v1/movies/held" { held.wait() }
            return .ok(body: "{}")
        }
        var holding = try (0..<128).map { _ in try gateway.connect(from: Self.greedy) }
        for (index, client) in holding.enumerated() {
            client.send("/v1/movies/held")
            await eventually { gateway.catalog.requests.count == index + 1 }
        }
        try #require(gateway.catalog.requests.count == holding.count)

        var refused = try gateway.connect(from: Self.greedy)
        let refusal = refused.ask("/v1/movies")
        #expect(refusal?.status == 429 && refusal?.text.contains("\"too_many_requests\"") == true)
        #expect(refusal?["retry-after"] == "1")
        for path in ["/v1/movies", "/v1/bookings", "/v1/analytics/events", "/v1/auth/me"] {
            var other = try gateway.connect(from: Self.modest)
            let answer = other.ask(path)
            #expect(answer?.status == 200, "\(path)")
        }
        held.wait()
        for index in holding.indices {
            let answer = holding[index].next()
            #expect(answer?.status == 200)
        }
        let answer = refused.ask("/v1/movies")
        #expect(answer?.status == 200)
    }

    @Test("an address that asks on and on is told to wait, and everybody else is answered each time")
    func rate() async throws {
        let gateway = try Gateway(limits: "on")
        var (answered, refused) = (0, 0)
        var (greedy, modest) = (try gateway.connect(from: Self.greedy), try gateway.connect(from: Self.modest))
        // As fast as it can: a machine that answers no more than 300 of these a second refuses none.
        for round in 0..<3_000 {
            let answer = greedy.ask("/v1/movies")
            switch answer?.status {
            case 200: answered += 1
            case 429 where answer?["retry-after"] == "1": refused += 1
            default: Issue.record("\(answer?.startLine ?? "no answer")")
            }
            if round.isMultiple(of: 30) {
                let answer = modest.ask("/v1/movies")
                #expect(answer?.status == 200)
            }
            if refused > 100 { break }
        }
        #expect(answered >= 600)
        #expect(refused > 0)
    }
}

extension MessageReader {
    fileprivate func send(_ target: String) {
        socket.send(Array("GET \(target) HTTP/1.1\r\nHost: marquee.example\r\n\r\n".utf8))
    }

    fileprivate mutating func ask(_ target: String) -> Message? {
        send(target)
        return next()
    }
}
