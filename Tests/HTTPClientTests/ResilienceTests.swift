import HTTPClient
import Telemetry
import Testing

@Suite("Retries")
struct RetryTests {
    @Test("repeat what is safe to repeat until it works", arguments: [502, 503, 504])
    func transient(status: Int) async throws {
        let fixture = try ClientFixture(configure: { $0.retry.maxRetries = 2 }) { _, number in
            ScriptedServer.answer(number < 2 ? status : 200)
        }
        #expect(try await fixture.get().status == 200)
        #expect(fixture.server.requests.count == 3)
        #expect(fixture.metrics.render().contains("http_client_retries_total{neighbour=\"catalog\"} 2\n"))
    }

    @Test("repeat after a lost connection", arguments: [ScriptedServer.Step.close, .reset])
    func lost(end: ScriptedServer.Step) async throws {
        let fixture = try ClientFixture(configure: { $0.retry.maxRetries = 1 }) { _, number in
            number == 0 ? [end] : ScriptedServer.answer()
        }
        #expect(try await fixture.get().status == 200)
    }

    @Test("end with the last answer when it never works")
    func exhausted() async throws {
        let fixture = try ClientFixture(configure: { $0.retry.maxRetries = 2 }) { _, number in
            ScriptedServer.answer(503, "\(number)")
        }
        let response = try await fixture.get()
        #expect(response.status == 503)
        #expect(response.body == Array("2".utf8))
        #expect(fixture.server.requests.count == 3)
    }

    @Test("repeat no other status", arguments: [400, 404, 409, 429, 500, 501])
    func final(status: Int) async throws {
        let fixture = try ClientFixture(configure: { $0.retry.maxRetries = 2 }) { _, _ in ScriptedServer.answer(status)
        }
        #expect(try await fixture.get().status == status)
        #expect(fixture.server.requests.count == 1)
    }

    @Test(
        "never repeat a POST, unless the caller says it is safe",
        arguments: [(nil, 1), (false, 1), (true, 2)] as [(Bool?, Int)])
    func post(retryable: Bool?, requests: Int) async throws {
        let fixture = try ClientFixture(configure: { $0.retry.maxRetries = 1 }) { _, _ in ScriptedServer.answer(503) }
        let response = try await fixture.client.send(.post, "/", body: [], trace: TraceContext(), retryable: retryable)
        #expect(response.status == 503)
        #expect(fixture.server.requests.count == requests)
    }

    @Test("wait as long as the neighbour asks, if the deadline allows", arguments: [("0", 2), ("60", 1)])
    func retryAfter(seconds: String, requests: Int) async throws {
        let fixture = try ClientFixture(configure: { $0.retry.maxRetries = 1 }) { _, _ in
            ScriptedServer.answer(503, headers: ["Retry-After: \(seconds)"])
        }
        #expect(try await fixture.get().status == 503)
        #expect(fixture.server.requests.count == requests)
    }

    @Test("stop when the budget is spent")
    func budget() async throws {
        let fixture = try ClientFixture(configure: {
            $0.retry.maxRetries = 2
            $0.retry.budgetBurst = 3
            $0.retry.budgetRatio = 0
        }) { _, _ in ScriptedServer.answer(503) }
        for _ in 0..<5 { #expect(try await fixture.get().status == 503) }
        #expect(fixture.server.requests.count == 5 + 3)
    }
}

@Suite("A failing neighbour")
struct BreakerTests {
    private func breaker(_ configuration: inout HTTPClient.Configuration) {
        configuration.breaker.consecutiveFailures = 3
        configuration.breaker.openMilliseconds = 1_000
    }

    @Test("is left alone after three failures, probed after a while, and used again once it works")
    func cycle() async throws {
        let mayAnswer = Latch()
        let fixture = try ClientFixture(stoppedClock: true, configure: breaker) { _, number in
            number < 3 ? ScriptedServer.answer(500) : [.waitFor(mayAnswer)] + ScriptedServer.answer()
        }
        for _ in 0..<3 { #expect(try await fixture.get().status == 500) }
        #expect(await refusal(fixture) == .refusedByBreaker(retryAfterMilliseconds: 1_000))
        #expect(fixture.metrics.render().contains("http_client_breaker_state{neighbour=\"catalog\"} 2\n"))
        fixture.clock.advance(999)
        #expect(await refusal(fixture) == .refusedByBreaker(retryAfterMilliseconds: 1))
        fixture.clock.advance(1)
        let probe = fixture.begin()
        await eventually("the probe has arrived") { fixture.server.requests.count == 4 }
        #expect(await refusal(fixture) == .refusedByBreaker(retryAfterMilliseconds: 1_000))
        #expect(fixture.metrics.render().contains("http_client_breaker_state{neighbour=\"catalog\"} 1\n"))
        mayAnswer.open()
        #expect(await probe.value == nil)
        #expect(try await fixture.get().status == 200)
        #expect(fixture.server.requests.count == 5)
        #expect(fixture.metrics.render().contains("http_client_breaker_state{neighbour=\"catalog\"} 0\n"))
    }

    @Test("is left alone again when the probe fails")
    func failedProbe() async throws {
        let fixture = try ClientFixture(stoppedClock: true, configure: breaker) { _, _ in [.close] }
        for _ in 0..<3 { #expect(await refusal(fixture) != nil) }
        fixture.clock.advance(1_000)
        guard case .connectionLost = await refusal(fixture) else {
            Issue.record("no probe")
            return
        }
        #expect(await refusal(fixture) == .refusedByBreaker(retryAfterMilliseconds: 1_000))
        #expect(fixture.server.requests.count == 4)
    }

    @Test("is probed by another call when the first probe is cancelled")
    func cancelledProbe() async throws {
        let fixture = try ClientFixture(stoppedClock: true, configure: breaker) { _, number in
            number < 3 ? ScriptedServer.answer(500) : number == 3 ? [.hold] : ScriptedServer.answer()
        }
        for _ in 0..<3 { _ = try await fixture.get() }
        fixture.clock.advance(1_000)
        let probe = fixture.begin()
        await eventually("the probe has arrived") { fixture.server.requests.count == 4 }
        probe.cancel()
        #expect(await probe.value == .cancelled)
        #expect(try await fixture.get().status == 200)
    }

    @Test("costs no more than its timeouts before it is left alone")
    func frozen() async throws {
        let fixture = try ClientFixture(configure: {
            breaker(&$0)
            $0.breaker.openMilliseconds = 600_000
        }) { _, _ in [.hold] }
        for _ in 0..<3 {
            #expect(
                await failure { () async throws(HTTPClientError) in try await fixture.get(timeout: 50) } == .timedOut)
        }
        guard case .refusedByBreaker = await refusal(fixture) else {
            Issue.record("still asked")
            return
        }
        #expect(fixture.server.requests.count <= 3)
    }

    @Test("is still asked when it refuses (4xx) or answers too much")
    func refusing() async throws {
        let fixture = try ClientFixture(configure: {
            breaker(&$0)
            $0.maxAnswerBytes = 1
        }) { _, number in number % 2 == 0 ? ScriptedServer.answer(409) : ScriptedServer.answer(200, "ab") }
        for _ in 0..<10 { _ = await refusal(fixture) }
        #expect(fixture.server.requests.count == 10)
    }

    @Test("ends the retries of a call, which keeps the last answer")
    func opensWithinCall() async throws {
        let fixture = try ClientFixture(configure: {
            breaker(&$0)
            $0.retry.maxRetries = 9
        }) { _, _ in ScriptedServer.answer(503) }
        #expect(try await fixture.get().status == 503)
        #expect(fixture.server.requests.count == 3)
    }

    @Test("has no more calls in flight than the limit; others are refused at once")
    func inFlight() async throws {
        let mayAnswer = Latch()
        let fixture = try ClientFixture(configure: { $0.maxCallsInFlight = 2 }) { _, _ in
            [.waitFor(mayAnswer)] + ScriptedServer.answer()
        }
        let calls = [fixture.begin(), fixture.begin()]
        await eventually("two are under way") { fixture.server.requests.count == 2 }
        #expect(await refusal(fixture) == .tooManyCalls(limit: 2))
        mayAnswer.open()
        for call in calls { #expect(await call.value == nil) }
        #expect(try await fixture.get().status == 200)
    }

    private func refusal(_ fixture: ClientFixture) async -> HTTPClientError? {
        await failure { () async throws(HTTPClientError) in try await fixture.get() }
    }
}
