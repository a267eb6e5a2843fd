import EventLoop
import Glibc
import HTTPClient
import Telemetry
import Testing

@Suite("The connections")
struct ConnectionTests {
    @Test("are kept from call to call")
    func reuse() async throws {
        let fixture = try ClientFixture { _, _ in ScriptedServer.answer(200, "ok") }
        for _ in 0..<50 { _ = try await fixture.get() }
        #expect(fixture.server.connections == 1)
    }

    @Test("are not kept when the neighbour says so")
    func closing() async throws {
        let fixture = try ClientFixture { _, _ in ScriptedServer.answer(headers: ["Connection: close"]) + [.close] }
        for _ in 0..<5 { _ = try await fixture.get() }
        #expect(fixture.server.connections == 5)
    }

    @Test("are closed when the client goes")
    func release() async throws {
        let loop = try EventLoop(name: "release")
        let server = try ScriptedServer { _, _ in ScriptedServer.answer() }
        do {
            let client = try HTTPClient(patientConfiguration(server.baseURL), loop: loop)
            _ = try await client.send(.get, "/", trace: TraceContext())
            #expect(server.connectionsLeft == 0)
        }
        await eventually("the kept connection is closed") { server.connectionsLeft == 1 }
        loop.stop()
    }

    @Test("may be closed by the neighbour between two calls")
    func closedInBetween() async throws {
        let fixture = try ClientFixture { _, _ in ScriptedServer.answer() + [.pause(milliseconds: 1), .close] }
        for _ in 0..<20 { #expect(try await fixture.get().status == 200) }
    }

    @Test(
        "closed just as a repeatable request arrives cost a new one, not the call",
        arguments: [ScriptedServer.Step.close, .reset])
    func staleRetried(end: ScriptedServer.Step) async throws {
        let fixture = try ClientFixture { _, number in number == 1 ? [end] : ScriptedServer.answer() }
        #expect(try await fixture.get().status == 200)
        #expect(try await fixture.get().status == 200)
        #expect(fixture.server.requests.count == 3)
        #expect(fixture.server.connections == 2)
    }

    @Test(
        "closed just as a request arrives that must not be repeated lose the call",
        arguments: [ScriptedServer.Step.close, .reset])
    func staleNotRetried(end: ScriptedServer.Step) async throws {
        let fixture = try ClientFixture { _, number in number == 1 ? [end] : ScriptedServer.answer() }
        #expect(try await fixture.post().status == 200)
        guard case .connectionLost = await failure(of: { () async throws(HTTPClientError) in try await fixture.post() })
        else {
            Issue.record("the request was sent again")
            return
        }
        #expect(fixture.server.requests.count == 2)
        #expect(try await fixture.post().status == 200)
    }

    @Test("of one loop never exceed their limit; calls wait their turn")
    func limit() async throws {
        let latch = Latch()
        let fixture = try ClientFixture(configure: { $0.maxConnectionsPerLoop = 3 }) { _, _ in
            [.waitFor(latch)] + ScriptedServer.answer()
        }
        let calls = (0..<20).map { _ in fixture.begin() }
        await eventually("three are under way") { fixture.server.requests.count == 3 }
        latch.open()
        for call in calls { #expect(await call.value == nil) }
        #expect(fixture.server.connections == 3)
        #expect(fixture.server.requests.count == 20)
    }

    @Test("keep 200 calls over two loops apart")
    func concurrent() async throws {
        let fixture = try ClientFixture(configure: { $0.maxConnectionsPerLoop = 8 }) { request, _ in
            ScriptedServer.answer(200, request.line)
        }
        let other = try EventLoop(name: "other")
        let client = fixture.client
        await withTaskGroup(of: Bool.self) { group in
            for number in 0..<200 {
                group.addTask(executorPreference: number % 2 == 0 ? fixture.loop : other) {
                    let loop = EventLoop.current
                    let response = try? await client.send(.get, "/\(number)", trace: TraceContext())
                    return response?.body == Array("GET /\(number) HTTP/1.1".utf8) && EventLoop.current === loop
                        && loop != nil
                }
            }
            for await isRight in group { #expect(isRight) }
        }
        #expect(fixture.server.connections <= 16)
        #expect(client.callsInFlight == 0)
        other.stop()
    }

    @Test("to a port where nobody listens are refused at once")
    func unreachable() async throws {
        let (socket, port) = try listenOnLoopback(backlog: 1)
        close(socket)
        let loop = try EventLoop(name: "unreachable")
        let client = try HTTPClient(patientConfiguration("http://127.0.0.1:\(port)"), loop: loop)
        guard
            case .unreachable = await failure(of: { () async throws(HTTPClientError) in
                try await client.send(.post, "/", trace: TraceContext())
            })
        else {
            Issue.record("not unreachable")
            return
        }
    }

    @Test("that nobody accepts are given up after the connect timeout")
    func connectTimeout() async throws {
        let (listener, port) = try listenOnLoopback(backlog: 0)
        let fillers = (0..<8).map { _ in beginConnection(to: port) }
        defer { for socket in fillers + [listener] { close(socket) } }
        let loop = try EventLoop(name: "connect-timeout")
        var configuration = patientConfiguration("http://127.0.0.1:\(port)")
        configuration.connectTimeout = 50
        let client = try HTTPClient(configuration, loop: loop)
        guard
            case .unreachable = await failure(of: { () async throws(HTTPClientError) in
                try await client.send(.get, "/", trace: TraceContext())
            })
        else {
            Issue.record("not unreachable")
            return
        }
    }
}
