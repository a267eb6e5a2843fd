import Dispatch
import EventLoop
import HTTPServer
import Testing

@Suite struct LimitTests {
    private let hello = "GET /hello HTTP/1.1\r\nHost: x\r\n\r\n"

    @Test(
        "A request that does not end in time is refused, however steadily its bytes drip",
        arguments: [
            "GET / HTTP/1.1\r\nHost: x\r\nA: ", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n",
        ])
    func deadline(start: String) async throws {
        var limits = HTTPLimits()
        limits.requestMilliseconds = 400
        limits.headBytes = 1_000_000
        try await serve(limits: limits) { server in
            let client = try RawClient(port: server.port)
            client.send(start)
            let dripping = Task {
                while !Task.isCancelled, client.send("a") { try await Task.sleep(for: .milliseconds(20)) }
            }
            let answer = await Task.detached { client.receive() }.value
            dripping.cancel()
            #expect(answer.statuses == [408])
            #expect(answer.closed)
        }
    }

    @Test("An idle connection is closed without a word, before its first request and after it")
    func idle() async throws {
        var limits = HTTPLimits()
        limits.idleMilliseconds = 300
        try await serve(limits: limits) { server in
            let silent = try RawClient(port: server.port)
            let client = try RawClient(port: server.port)
            client.send(hello)
            #expect(client.answers().statuses == [200])
            let after = client.receive()
            #expect(after.bytes.isEmpty && after.closed)
            let before = silent.receive()
            #expect(before.bytes.isEmpty && before.closed)
            #expect(server.connections == 0)
        }
    }

    @Test("A client that does not take its answer in time is closed on")
    func slowReader() async throws {
        var limits = HTTPLimits()
        limits.answerMilliseconds = 300
        let body = HTTPResponse.Body.shared(SharedBytes([UInt8](repeating: 0x61, count: 30_000_000)))
        let asked = Gate()
        let handler: HTTPServer.Handler = { _ in
            asked.open()
            return HTTPResponse(status: 200, body: body)
        }
        try await serve(limits: limits, handler: handler) { server in
            let client = try RawClient(port: server.port)
            client.send(hello)
            await asked.pass()
            let isClosed = try await eventually { server.connections == 0 }
            #expect(isClosed)
            #expect(client.receive().bytes.count < 30_000_000)
        }
    }

    @Test("A client that sends on while its answer waits is not read without end")
    func pushing() async throws {
        var limits = HTTPLimits()
        limits.answerMilliseconds = 1000
        let body = HTTPResponse.Body.shared(SharedBytes([UInt8](repeating: 0x61, count: 30_000_000)))
        try await serve(limits: limits, handler: { _ in HTTPResponse(status: 200, body: body) }) { server in
            let client = try RawClient(port: server.port, seconds: 1)
            client.send(hello)
            let piece = [UInt8](repeating: 0x61, count: 1_000_000)
            var taken = 0
            while taken < 100, client.send(piece) { taken += 1 }
            // What the server holds, and what the kernel's buffers do.
            #expect(taken < 50)
        }
    }

    @Test("One connection too many is answered 503 at once, and there is room again when another leaves")
    func connections() async throws {
        var limits = HTTPLimits()
        limits.connections = 3
        try await serve(limits: limits) { server in
            var clients = try (0..<3).map { _ in try RawClient(port: server.port) }
            for client in clients {
                client.send(hello)
                #expect(client.answers().statuses == [200])
            }
            let refused = try RawClient(port: server.port).receive()
            #expect(refused.statuses == [503])
            #expect(refused.header("Retry-After") == "1")
            #expect(refused.closed)
            clients.removeLast()
            let hasRoom = try await eventually { server.connections == 2 }
            #expect(hasRoom)
            let client = try RawClient(port: server.port)
            client.send(hello)
            #expect(client.answers().statuses == [200])
        }
    }

    @Test("One request too many is answered 503 at once, on a connection that stays open")
    func requestsInFlight() async throws {
        var limits = HTTPLimits()
        limits.requestsInFlight = 2
        let gate = Gate()
        let handler: HTTPServer.Handler = { _ in
            await gate.pass()
            return HTTPResponse(status: 200)
        }
        try await serve(loops: 2, limits: limits, handler: handler) { server in
            let clients = try (0..<2).map { _ in try RawClient(port: server.port) }
            for client in clients { client.send(hello) }
            let bothInside = try await eventually { gate.count == 2 }
            #expect(bothInside)
            let late = try RawClient(port: server.port)
            late.send(hello)
            let refused = late.answers()
            #expect(refused.statuses == [503])
            #expect(refused.header("Connection") == nil)
            gate.open()
            for client in clients { #expect(client.answers().statuses == [200]) }
            late.send(hello)
            #expect(late.answers().statuses == [200])
            #expect(server.requestsInFlight == 0)
        }
    }

    @Test("A client that leaves before its answer costs nothing but the answer", arguments: [1, 2])
    func leavingEarly(loops: Int) async throws {
        let gate = Gate()
        let handler: HTTPServer.Handler = { _ in
            await gate.pass()
            return HTTPResponse(status: 200, body: .bytes([UInt8](repeating: 0x61, count: 100_000)))
        }
        try await serve(loops: loops, handler: handler) { server in
            var clients = try (0..<100).map { _ in try RawClient(port: server.port) }
            for client in clients { client.send(hello) }
            let allInside = try await eventually { gate.count == 100 }
            #expect(allInside)
            clients = []
            gate.open()
            let allGone = try await eventually { server.requestsInFlight == 0 && server.connections == 0 }
            #expect(allGone)
        }
    }

    @Test("An address in use, one of another machine and a host that is no address are told apart")
    func errors() async throws {
        let loop = try EventLoop(name: "http")
        let listen = { (host: String, port: UInt16) throws(HTTPServerError) in
            _ = try HTTPServer(
                loops: [loop], host: host, port: port, refusal: { HTTPResponse(status: $0) },
                handler: { _ in HTTPResponse(status: 200) })
        }
        try await serve { server in
            #expect(throws: HTTPServerError.addressInUse(host: "127.0.0.1", port: server.port)) {
                try listen("127.0.0.1", server.port)
            }
        }
        #expect(throws: HTTPServerError.invalidHost("nowhere.example")) { try listen("nowhere.example", 0) }
        #expect(throws: HTTPServerError.addressNotAvailable(host: "192.0.2.1")) { try listen("192.0.2.1", 0) }
        loop.stop()
    }

    @Test("A loop that comes late to a burst of clients finds its share of them")
    func burst() async throws {
        let whichLoop: HTTPServer.Handler = { _ in
            HTTPResponse(status: 200, body: .bytes(Array((EventLoop.current?.name ?? "none").utf8)))
        }
        try await serve(loops: 2, handler: whichLoop) { server, loops in
            let late = DispatchSemaphore(value: 0)
            loops[1].run { late.wait() }
            let clients = try (0..<200).map { _ in try RawClient(port: server.port) }
            late.signal()
            let served = clients.map { client in
                client.send(hello)
                return client.answers().body
            }
            #expect(served.count { $0 == "http-1" } >= 40)
        }
    }
}
