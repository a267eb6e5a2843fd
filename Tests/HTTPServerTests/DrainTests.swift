import EventLoop
import Glibc
import HTTPServer
import Synchronization
import Testing

@Suite struct DrainTests {
    private let hello = "GET /hello HTTP/1.1\r\nHost: x\r\n\r\n"

    @Test("300 clients that keep their connections are each answered every time", arguments: [1, 2])
    func manyClients(loops: Int) async throws {
        try await serve(loops: loops) { server in
            let clients = try (0..<300).map { _ in try RawClient(port: server.port) }
            for _ in 0..<10 {
                for client in clients { client.send(hello) }
                for client in clients {
                    let answer = client.answers()
                    #expect(answer.body == "Hello, World!")
                }
            }
            #expect(server.connections == 300)
            #expect(server.requestsInFlight == 0)
        }
    }

    @Test("Draining under load fails no request, and leaves nothing open", arguments: [1, 2])
    func underLoad(loops: Int) async throws {
        let loops = try (0..<loops).map { try EventLoop(name: "http-\($0)") }
        let clientThreads = try (0..<32).map { try EventLoop(name: "client-\($0)") }
        let server = try HTTPServer(
            loops: loops, host: "127.0.0.1", port: 0, refusal: { HTTPResponse(status: $0) },
            handler: { _ in HTTPResponse(status: 200, body: .bytes(Array("Hello".utf8))) })
        let answers = Counter()
        let failures = try await withThrowingTaskGroup { group in
            for thread in clientThreads {
                let client = try RawClient(port: server.port)
                group.addTask { await thread.perform { ask(client, answers) } }
            }
            let isBusy = try await eventually { answers.count.load(ordering: .relaxed) > 1000 }
            #expect(isBusy)
            await server.drain(graceMilliseconds: 5000)
            return try await group.reduce(0) { $0 + $1 }
        }
        #expect(failures == 0)
        #expect(server.connections == 0)
        #expect(server.requestsInFlight == 0)
        #expect(throws: RawClient.Failure.self) { try RawClient(port: server.port) }
        for loop in loops + clientThreads { loop.stop() }
    }

    @Test("Whoever was connected before the drain is answered, if nobody had got to it yet", arguments: [1, 2])
    func waiting(loops: Int) async throws {
        let loops = try (0..<loops).map { try EventLoop(name: "http-\($0)") }
        let server = try HTTPServer(
            loops: loops, host: "127.0.0.1", port: 0, refusal: { HTTPResponse(status: $0) },
            handler: { _ in HTTPResponse(status: 200) })
        // Two loops take one at a time, and pause in between.
        let clients = try (0..<200).map { _ in
            let client = try RawClient(port: server.port)
            client.send(hello)
            return client
        }
        await server.drain(graceMilliseconds: 30_000)
        for client in clients { #expect(client.receive().statuses == [200]) }
        for loop in loops { loop.stop() }
    }

    @Test("What is under way when the grace has passed is cut off, and its handler still ends")
    func grace() async throws {
        let loop = try EventLoop(name: "http")
        let gate = Gate()
        let server = try HTTPServer(
            loops: [loop], host: "127.0.0.1", port: 0, refusal: { HTTPResponse(status: $0) },
            handler: { request in
                await gate.pass()
                return HTTPResponse(status: request.header("Host") == nil ? 200 : 500)
            })
        let client = try RawClient(port: server.port)
        client.send(hello)
        let isInside = try await eventually { gate.count == 1 }
        #expect(isInside)
        await server.drain(graceMilliseconds: 50)
        let answer = client.receive()
        #expect(answer.bytes.isEmpty && answer.closed)
        #expect(server.connections == 0)
        #expect(server.requestsInFlight == 1)
        gate.open()
        let isOver = try await eventually { server.requestsInFlight == 0 }
        #expect(isOver)
        loop.stop()
    }

    @Test("An answer that is due while draining says that the connection closes, and nothing new is accepted")
    func underWay() async throws {
        let loop = try EventLoop(name: "http")
        let gate = Gate()
        let server = try HTTPServer(
            loops: [loop], host: "127.0.0.1", port: 0, refusal: { HTTPResponse(status: $0) },
            handler: { _ in
                await gate.pass()
                return HTTPResponse(status: 200)
            })
        let client = try RawClient(port: server.port)
        client.send(hello)
        let isInside = try await eventually { gate.count == 1 }
        #expect(isInside)
        let idle = try RawClient(port: server.port)
        let drained = Task { await server.drain(graceMilliseconds: 10_000) }
        let isClosed = await Task.detached { idle.receive().closed }.value
        #expect(isClosed)
        #expect(throws: RawClient.Failure(errno: ECONNREFUSED)) { try RawClient(port: server.port) }
        gate.open()
        let answer = client.receive()
        #expect(answer.statuses == [200])
        #expect(answer.header("Connection") == "close")
        #expect(answer.closed)
        await drained.value
        loop.stop()
    }

    /// Asks until it is told that the connection closes; the number of times that it was not answered.
    private func ask(_ client: RawClient, _ answers: Counter) -> Int {
        while true {
            client.send(hello)
            let answer = client.answers()
            guard answer.statuses == [200] else { return 1 }
            answers.count.add(1, ordering: .relaxed)
            if answer.header("Connection") == "close" { return 0 }
        }
    }
}

private final class Counter: Sendable {
    let count = Atomic(0)
}
