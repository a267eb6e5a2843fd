import Dispatch
import EventLoop
import Glibc
import HTTPServer
import Testing

@Suite struct OverloadTests {
    private let hello = "GET /hello HTTP/1.1\r\nHost: x\r\n\r\n"

    @Test("A request that has waited too long for its handler is refused, not answered for nobody")
    func waiting() async throws {
        var limits = HTTPLimits()
        limits.waitMilliseconds = 100
        let slow: HTTPServer.Handler = { request in
            if request.path == "/slow" { usleep(200_000) }
            return HTTPResponse(status: 200)
        }
        try await serve(limits: limits, handler: slow) { server, loops in
            let clients = try (0..<2).map { _ in try RawClient(port: server.port) }
            for client in clients {
                client.send(hello)
                #expect(client.answers().statuses == [200])
            }
            // Both are there when the loop looks, and whichever it takes first keeps it from the other.
            let held = DispatchSemaphore(value: 0)
            loops[0].run { held.wait() }
            for client in clients { client.send("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n") }
            held.signal()
            let answers = clients.map { $0.answers() }
            #expect(answers.flatMap(\.statuses).sorted() == [200, 503])
            let refused = answers.first { $0.statuses == [503] }
            #expect(refused?.header("Retry-After") == "1")
            // The connection stays.
            for client in clients {
                client.send(hello)
                #expect(client.answers().statuses == [200])
            }
            #expect(server.requestsInFlight == 0)
        }
    }

    @Test("In a crowd a request that yields is refused before it takes the place of one that does not")
    func crowd() async throws {
        var limits = HTTPLimits()
        limits.crowd = 2
        limits.requestsInFlight = 4
        let gate = Gate()
        let handler: HTTPServer.Handler = { request in
            if request.path == "/wait" { await gate.pass() }
            return HTTPResponse(status: 200)
        }
        try await serve(limits: limits, yields: { $0.path == "/new" }, handler: handler) { server in
            let waiting = try (0..<4).map { _ in try RawClient(port: server.port) }
            let client = try RawClient(port: server.port)
            for (index, other) in waiting.enumerated() {
                client.send("GET /new HTTP/1.1\r\nHost: x\r\n\r\n")
                #expect(client.answers().statuses == [index < 2 ? 200 : 503])
                client.send(hello)
                #expect(client.answers().statuses == [200])
                other.send("GET /wait HTTP/1.1\r\nHost: x\r\n\r\n")
                let isInside = try await eventually { gate.count == index + 1 }
                #expect(isInside)
            }
            client.send(hello)
            #expect(client.answers().statuses == [503])
            gate.open()
            for other in waiting { #expect(other.answers().statuses == [200]) }
            client.send("GET /new HTTP/1.1\r\nHost: x\r\n\r\n")
            #expect(client.answers().statuses == [200])
        }
    }

    @Test("Of many requests that come at once none that yields keeps out one that does not")
    func burst() async throws {
        var limits = HTTPLimits()
        limits.crowd = 2
        limits.requestsInFlight = 4
        try await serve(limits: limits, yields: { $0.path == "/new" }) { server, loops in
            let clients = try (0..<12).map { _ in try RawClient(port: server.port) }
            for client in clients {
                client.send(hello)
                #expect(client.answers().statuses == [200])
            }
            let held = DispatchSemaphore(value: 0)
            loops[0].run { held.wait() }
            for client in clients.prefix(10) { client.send("GET /new HTTP/1.1\r\nHost: x\r\n\r\n") }
            for client in clients.suffix(2) { client.send(hello) }
            held.signal()
            for client in clients.suffix(2) { #expect(client.answers().statuses == [200]) }
            #expect(clients.prefix(10).contains { $0.answers().statuses == [503] })
        }
    }

    @Test("Bodies that arrive are held up to so many bytes in all, and what is short still gets through")
    func bodies() async throws {
        var limits = HTTPLimits()
        limits.bytesHeld = 100_000
        try await serve(limits: limits) { server in
            func post(_ length: Int) -> String { "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: \(length)\r\n\r\n" }
            let bytes = [UInt8](repeating: 0x61, count: 80_000)
            let first = try RawClient(port: server.port)
            first.send(post(90_000))
            first.send(bytes)
            let isHeld = try await eventually { server.bytesHeld > 80_000 }
            #expect(isHeld)
            let second = try RawClient(port: server.port)
            second.send(post(60_000))
            second.send(Array(bytes.prefix(60_000)))
            let refused = second.receive()
            #expect(refused.statuses == [503])
            #expect(refused.header("Retry-After") == "1")
            #expect(refused.closed)
            let third = try RawClient(port: server.port)
            third.send(hello)
            #expect(third.answers().statuses == [200])
            first.send(Array(bytes.prefix(10_000)))
            #expect(first.answers().body == "POST /a - 90000")
            let again = try RawClient(port: server.port)
            again.send(post(60_000))
            again.send(Array(bytes.prefix(60_000)))
            #expect(again.answers().body == "POST /a - 60000")
            let isEmpty = try await eventually { server.bytesHeld == 0 }
            #expect(isEmpty)
        }
    }

    @Test("Answers that nobody takes are held up to so many bytes in all, and what is short is answered")
    func answers() async throws {
        var limits = HTTPLimits()
        limits.bytesHeld = 40_000_000
        let handler: HTTPServer.Handler = { request in
            HTTPResponse(
                status: 200, body: .bytes([UInt8](repeating: 0x61, count: request.path == "/hello" ? 5 : 30_000_000)))
        }
        try await serve(limits: limits, handler: handler) { server in
            let large = "GET /large HTTP/1.1\r\nHost: x\r\n\r\n"
            var idler: RawClient? = try RawClient(port: server.port)
            idler?.send(large)
            let isHeld = try await eventually { server.bytesHeld >= 30_000_000 }
            #expect(isHeld)
            let client = try RawClient(port: server.port)
            client.send(large)
            let refused = client.answers()
            #expect(refused.statuses == [503])
            #expect(refused.header("Retry-After") == "1")
            client.send(hello)
            #expect(client.answers().body == "aaaaa")
            idler = nil
            let hasLetGo = try await eventually { server.bytesHeld < 30_000_000 }
            #expect(hasLetGo)
            client.send(large)
            let answer = client.receive { $0.bytes.count > 30_000_000 }
            #expect(answer.bytes.starts(with: Array("HTTP/1.1 200".utf8)))
        }
    }
}
