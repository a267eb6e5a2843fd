import Glibc
import JSON
import Lifecycle
import Synchronization
import TestSupport
import Testing

/// What a connection may bring that is not HTTP, too slow, or too much: at each listener of each service, and at the
/// gateway.
@Suite struct WireTests {
    @Test("bytes that are no request are refused once, whoever gets them, and the next client is served")
    func malformed() async throws {
        try await Stack.withstand { stack in
            let before = try stack.services.map { try $0.child().descriptors }
            try await withThrowingTaskGroup { group in
                for door in Door.all(stack) { group.addTask { try await knock(at: door) } }
                try await group.waitForAll()
            }
            for (service, count) in zip(stack.services, before) {
                try await expectAsBefore(service, count)
            }
            #expect(!stack.gatewayLog.contains("smuggled"))
        }
    }

    /// With every probe, one after the other.
    private func knock(at door: Door) async throws {
        for probe in WireProbe.all where probe.place == .anywhere || !door.mayHangUp {
            let bytes = try await RawHTTP.exchange(probe.bytes, host: door.address.host, port: door.address.port)
            let text = String(decoding: bytes, as: UTF8.self)
            let status = Int(text.dropFirst(9).prefix(3)) ?? 0
            let isAnswered = text.hasPrefix("HTTP/1.") && probe.statuses.contains(status)
            let what: Comment = "\(probe.what) at \(door.name): \(text)"
            #expect(isAnswered || door.mayHangUp && text.isEmpty, what)
            #expect(text.ranges(of: /HTTP\/1\.[01] [0-9]/).count <= 1, what)
            #expect(try await door.serves(), what)
        }
    }

    @Test("a body of as many bytes as there may be is read, and one more is refused, in one piece or in chunks")
    func limits() async throws {
        try await Stack.withstand { stack in
            let event = #"{"tracking_id":"t","type":"page_enter","page":{"scheme":"https","path":"/","query":{}}}"#
            for door in [Door("gateway", stack.gateway), Door("analytics", stack["analytics"].publicAddress)] {
                for (size, status) in [(65_536, 204), (65_537, 413)] {
                    let body = event + String(repeating: " ", count: size - event.utf8.count)
                    let whole = "Content-Length: \(size)\r\n\r\n\(body)"
                    let chunks = "Transfer-Encoding: chunked\r\n\r\n\(String(size, radix: 16))\r\n\(body)\r\n0\r\n\r\n"
                    for form in [whole, chunks] {
                        let head = "POST /v1/analytics/track HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
                        let bytes = Array("\(head)Content-Type: application/json\r\n\(form)".utf8)
                        let answer = try await RawHTTP.exchange(bytes, host: door.address.host, port: door.address.port)
                        #expect(try RawHTTP.parse(answer).status == status, "\(size) bytes at \(door.name)")
                    }
                }
            }
        }
    }

    @Test("a client that pipelines gets its answers in order; one that never reads them holds up nobody")
    func pipelines() async throws {
        try await Stack.withstand { stack in
            let before = try stack.services.map { try $0.child().descriptors }
            for door in Door.all(stack) {
                let wanted = "GET /v1/none/{} HTTP/1.1\r\nHost: a\r\n"
                let many = (0..<50).map { "\(wanted.replacing("{}", with: "\($0)"))X-Request-Id: r\($0)\r\n\r\n" }
                    .joined()
                let last = "\(wanted)Connection: close\r\n\r\n"
                let answers = try await RawHTTP.exchange(
                    Array((many + last).utf8), host: door.address.host, port: door.address.port)
                let text = String(decoding: answers, as: UTF8.self)
                #expect(text.ranges(of: "HTTP/1.1 404").count == 51, "\(door.name)")
                let ids = text.matches(of: /X-Request-Id: r([0-9]+)/.ignoresCase()).compactMap { Int($0.1) }
                #expect(ids == Array(0..<50), "\(door.name)")
            }
            await Threads.run(Door.all(stack).count) { index in
                let door = Door.all(stack)[index]
                guard let deaf = try? TCPConnection(host: door.address.host, port: door.address.port, secondsToWait: 2)
                else {
                    return
                }
                let request = Array("GET /v1/movies HTTP/1.1\r\nHost: a\r\n\r\n".utf8)
                // Until nobody takes any more.
                deaf.send((0..<20_000).flatMap { _ in request })
            }
            for door in Door.all(stack) { #expect(try await door.serves(), "\(door.name)") }
            for (service, count) in zip(stack.services, before) { try await expectAsBefore(service, count) }
        }
    }

    @Test("a request that is not whole in ten seconds is given up, however steadily its bytes come")
    func slow() async throws {
        try await Stack.withstand { stack in
            let doors = Door.all(stack).filter { !$0.mayHangUp }
            let forms = [
                "GET /v1/movies HTTP/1.1\r\nHost: a\r\nX: ",
                "POST /v1/none HTTP/1.1\r\nHost: a\r\nContent-Length: 900\r\n\r\n",
                "POST /v1/none HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n", "",
            ].map { Array($0.utf8) }
            let clients = doors.flatMap { door in forms.map { (door, $0) } }
            let before = try stack.services.map { try $0.child().descriptors }
            let given = Mutex([String](repeating: "", count: clients.count))
            async let all: Void = Threads.run(clients.count) { index in
                let answer = drip(clients[index].1, to: clients[index].0.address)
                given.withLock { $0[index] = answer }
            }
            for door in Door.all(stack) { #expect(try await door.serves(), "\(door.name)") }
            await all
            for (index, (door, start)) in clients.enumerated() {
                let what: Comment = "\(String(decoding: start, as: UTF8.self).debugDescription) at \(door.name)"
                #expect(given.withLock { $0[index] }.hasPrefix("HTTP/1.1 408 "), what)
            }
            for (service, count) in zip(stack.services, before) { try await expectAsBefore(service, count) }
        }
    }

    @Test("thousands of clients that say nothing keep nobody out, and leave nothing behind")
    func idle() async throws {
        try await Stack.withstand { stack in
            var limit = rlimit()
            getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
            // A service takes 4,096, and some are the gateway's and its neighbours'.
            let count = min(4_000, Int(clamping: limit.rlim_cur) / 3)
            for door in [Door("catalog", stack["catalog"].publicAddress), Door("gateway", stack.gateway)] {
                let before = try stack["catalog"].child().descriptors
                var idle: [TCPConnection] = []
                for _ in 0..<count { idle.append(try TCPConnection(host: door.address.host, port: door.address.port)) }
                for _ in 0..<20 {
                    #expect(try await door.serves(), "\(door.name)")
                    #expect(try await stack.get("/v1/movies?limit=1").status == 200)
                }
                if door.name == "catalog" { #expect(try stack["catalog"].child().descriptors >= before + count) }
                idle = []
                try await expectAsBefore(stack["catalog"], before)
                print("\(count) idle connections at \(door.name)")
            }
        }
    }

    /// Sockets that the gateway or a neighbour keeps are a few; what each of hundreds of clients left behind is more.
    private func expectAsBefore(_ service: StackService, _ count: Int) async throws {
        let child = try service.child()
        await eventually { child.descriptors <= count + 16 }
        #expect(child.descriptors <= count + 16, "\(service.name) had \(count)")
    }
}

/// Somewhere to knock at.
private struct Door: Sendable {
    let name: String
    let address: Address

    init(_ name: String, _ address: Address) { (self.name, self.address) = (name, address) }

    /// The gateway closes on some without a word, as nginx does.
    var mayHangUp: Bool { name == "gateway" }

    static func all(_ stack: Stack) -> [Door] {
        [Door("gateway", stack.gateway)]
            + stack.services.flatMap {
                [
                    Door("\($0.name)'s public side", $0.publicAddress),
                    Door("\($0.name)'s internal side", $0.internalAddress),
                ]
            }
    }

    /// A good request, on a connection of its own.
    func serves() async throws -> Bool {
        try await RawHTTP.send("GET", "/v1/nothing", host: address.host, port: address.port).status == 404
    }
}

/// A byte each second for as long as nothing is answered.
private func drip(_ start: [UInt8], to address: Address) -> String {
    guard let connection = try? TCPConnection(host: address.host, port: address.port, secondsToWait: 1) else {
        return ""
    }
    connection.send(start)
    for _ in 0..<60 {
        connection.send([UInt8(ascii: "a")])
        if let answer = try? connection.receive() { return String(decoding: answer, as: UTF8.self) }
    }
    return "nothing for a minute"
}
