import EventLoop
import HTTPClient
import Telemetry
import Testing

/// What a neighbour does that will never answer.
private enum Frozen: String, CaseIterable {
    case silent, halfHeader, halfBody, dripping, drippingHeader

    var steps: [ScriptedServer.Step] {
        switch self {
        case .silent: [.hold]
        case .halfHeader: [.write("HTTP/1.1 200 OK\r\nContent-Le"), .hold]
        case .halfBody: [.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"), .hold]
        case .dripping: [.write("HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n"), .drip(everyMilliseconds: 5)]
        case .drippingHeader: [.write("HTTP/1.1 200 OK\r\nA: "), .drip(everyMilliseconds: 5)]
        }
    }
}

@Suite("A deadline")
struct DeadlineTests {
    @Test("ends a call to a frozen neighbour, and its connection", arguments: Frozen.allCases)
    private func frozen(kind: Frozen) async throws {
        let fixture = try ClientFixture { _, _ in kind.steps }
        let start = ContinuousClock.now
        #expect(await failure { () async throws(HTTPClientError) in try await fixture.get(timeout: 100) } == .timedOut)
        #expect(start.duration(to: .now) < .seconds(10))
        await eventually("the connection is closed") { fixture.server.connectionsLeft == 1 }
        #expect(fixture.client.callsInFlight == 0)
    }

    @Test("ends a call that still waits for a connection")
    func waiting() async throws {
        let fixture = try ClientFixture(configure: { $0.maxConnectionsPerLoop = 1 }) { _, number in
            number == 0 ? [.hold] : ScriptedServer.answer()
        }
        let first = fixture.begin()
        await eventually("the only connection is in use") { fixture.server.requests.count == 1 }
        #expect(await failure { () async throws(HTTPClientError) in try await fixture.get(timeout: 50) } == .timedOut)
        #expect(fixture.server.requests.count == 1)
        first.cancel()
        #expect(await first.value == .cancelled)
        #expect(try await fixture.get().status == 200)
    }

    @Test("that has passed already sends nothing", arguments: [0, -1, Int64.min])
    func passed(timeout: Int64) async throws {
        let fixture = try ClientFixture { _, _ in ScriptedServer.answer() }
        #expect(
            await failure { () async throws(HTTPClientError) in try await fixture.get(timeout: timeout) } == .timedOut)
        #expect(fixture.server.connections == 0)
    }

    @Test("of an attempt leaves time for another")
    func attempts() async throws {
        let fixture = try ClientFixture(configure: {
            $0.attemptTimeout = 100
            $0.retry.maxRetries = 100
            $0.retry.budgetBurst = 100
        }) { _, number in number == 0 ? [.hold] : ScriptedServer.answer() }
        #expect(try await fixture.get().status == 200)
        #expect(fixture.server.requests.count >= 2)
    }

    @Test("covers all attempts of a call")
    func allAttempts() async throws {
        let fixture = try ClientFixture(configure: {
            $0.attemptTimeout = 100
            $0.retry.maxRetries = 1_000
            $0.retry.budgetBurst = 1_000
        }) { _, _ in [.hold] }
        let start = ContinuousClock.now
        #expect(await failure { () async throws(HTTPClientError) in try await fixture.get(timeout: 400) } == .timedOut)
        #expect(start.duration(to: .now) < .seconds(10))
        #expect(fixture.server.requests.count <= 5)
    }
}

@Suite("Cancelling")
struct CancellationTests {
    @Test("ends the transfer and its connection")
    func underWay() async throws {
        let fixture = try ClientFixture { _, number in number == 0 ? [.hold] : ScriptedServer.answer() }
        let call = fixture.begin()
        await eventually("the request has arrived") { fixture.server.requests.count == 1 }
        call.cancel()
        #expect(await call.value == .cancelled)
        await eventually("the connection is closed") { fixture.server.connectionsLeft == 1 }
        #expect(fixture.client.callsInFlight == 0)
        #expect(try await fixture.get().status == 200)
    }

    @Test("before the start sends nothing")
    func before() async throws {
        let fixture = try ClientFixture { _, _ in ScriptedServer.answer() }
        let mayStart = Latch()
        let client = fixture.client
        let call = Task {
            while !mayStart.isOpen { await Task.yield() }
            return await failure { () async throws(HTTPClientError) in
                try await client.send(.get, "/", trace: TraceContext())
            }
        }
        call.cancel()
        mayStart.open()
        #expect(await call.value == .cancelled)
        #expect(fixture.server.connections == 0)
    }

    @Test("ends the wait before a retry")
    func betweenAttempts() async throws {
        let fixture = try ClientFixture(configure: {
            $0.callTimeout = 9_000_000
            $0.retry.maxRetries = 1
        }) { _, _ in ScriptedServer.answer(503, headers: ["Retry-After: 3600"]) }
        let call = fixture.begin()
        let retries = fixture.metrics.counter("http_client_retries_total", "", [("neighbour", "catalog")])
        await eventually("the retry is decided") { retries.value == 1 }
        call.cancel()
        #expect(await call.value == .cancelled)
        #expect(fixture.server.requests.count == 1)
    }

    @Test("at any moment leaves nothing behind")
    func storm() async throws {
        let fixture = try ClientFixture(configure: { $0.maxConnectionsPerLoop = 4 }) { _, number in
            number % 3 == 0 ? [.hold] : ScriptedServer.answer()
        }
        let calls = (0..<100).map { _ in fixture.begin() }
        for (number, call) in calls.enumerated() {
            if number % 7 == 0 { await Task.yield() }
            call.cancel()
        }
        for call in calls {
            let error = await call.value
            #expect(error == nil || error == .cancelled)
        }
        #expect(fixture.client.callsInFlight == 0)
        await eventually("no connection is left but kept ones") {
            fixture.server.connections - fixture.server.connectionsLeft <= 4
        }
    }
}
