import Glibc
import Synchronization

/// A neighbour made of raw bytes: one thread a connection, and a script that says what happens after each request.
final class ScriptedServer: Sendable {
    enum Step: Sendable {
        case write(String)
        /// One byte each so many milliseconds, until the peer goes away.
        case drip(everyMilliseconds: Int32)
        /// Again and again, until the peer goes away.
        case writeForever(String)
        case pause(milliseconds: Int32)
        case waitFor(Latch)
        /// Until the peer goes away.
        case hold
        case close
        case reset
    }

    struct Request: Sendable {
        let line: String
        let headers: [String]
        let body: [UInt8]

        func header(_ name: String) -> String? {
            headers.first { $0.lowercased().hasPrefix(name.lowercased() + ": ") }
                .map { String($0.dropFirst(name.count + 2)) }
        }
    }

    typealias Script = @Sendable (_ request: Request, _ number: Int) -> [Step]

    let port: UInt16
    private let listener: Int32
    private let record = Record()

    /// - Parameter script: what to do after the request of that number, from 0 on, over all connections.
    init(_ script: @escaping Script) throws {
        (listener, port) = try listenOnLoopback(backlog: 512)
        let (listener, record) = (listener, record)
        startThread {
            while true {
                let socket = accept(listener, nil, nil)
                guard socket >= 0 else { break }
                record.opened(socket)
                startThread { Connection(socket, record, script).serve() }
            }
            close(listener)
        }
    }

    deinit {
        shutdown(listener, Int32(SHUT_RDWR))
        record.shutDown()
    }

    var baseURL: String { "http://127.0.0.1:\(port)" }
    /// Every request that came in whole, in order.
    var requests: [Request] { record.state.withLock { $0.requests } }
    var connections: Int { record.state.withLock { $0.connections } }
    /// How many connections the peer has closed or reset.
    var connectionsLeft: Int { record.state.withLock { $0.left } }

    static func answer(_ status: Int = 200, _ body: String = "", headers: [String] = []) -> [Step] {
        let fields = ["Content-Length: \(body.utf8.count)"] + headers
        return [.write("HTTP/1.1 \(status) Some Reason\r\n" + fields.map { $0 + "\r\n" }.joined() + "\r\n" + body)]
    }
}

/// Opens once.
final class Latch: Sendable {
    private let flag = Atomic(false)
    var isOpen: Bool { flag.load(ordering: .acquiring) }
    func open() { flag.store(true, ordering: .releasing) }
}

private final class Record: Sendable {
    struct State {
        var requests: [ScriptedServer.Request] = []
        var connections = 0
        var left = 0
        var sockets: Set<Int32> = []
        var isDown = false
    }

    let state = Mutex(State())

    func opened(_ socket: Int32) {
        state.withLock { state in
            state.connections += 1
            state.sockets.insert(socket)
            if state.isDown { shutdown(socket, Int32(SHUT_RDWR)) }
        }
    }

    func closed(_ socket: Int32, byPeer: Bool) {
        state.withLock { state in
            state.sockets.remove(socket)
            state.left += byPeer ? 1 : 0
        }
        close(socket)
    }

    func shutDown() {
        state.withLock { state in
            state.isDown = true
            for socket in state.sockets { shutdown(socket, Int32(SHUT_RDWR)) }
        }
    }
}

private struct Connection {
    private enum End { case peer, script }

    private let socket: Int32
    private let record: Record
    private let script: ScriptedServer.Script
    private var buffer: [UInt8] = []

    init(_ socket: Int32, _ record: Record, _ script: @escaping ScriptedServer.Script) {
        self.socket = socket
        self.record = record
        self.script = script
    }

    consuming func serve() {
        var end: End?
        while end == nil {
            guard let request = readRequest() else {
                end = .peer
                break
            }
            let number = record.state.withLock { state in
                state.requests.append(request)
                return state.requests.count - 1
            }
            for step in script(request, number) {
                end = perform(step)
                if end != nil { break }
            }
        }
        record.closed(socket, byPeer: end == .peer)
    }

    private mutating func readRequest() -> ScriptedServer.Request? {
        while true {
            if let request = takeRequest() { return request }
            var chunk = [UInt8](repeating: 0, count: 65_536)
            let count = recv(socket, &chunk, chunk.count, 0)
            guard count > 0 else { return nil }
            buffer += chunk.prefix(count)
        }
    }

    private mutating func takeRequest() -> ScriptedServer.Request? {
        let blank = Array("\r\n\r\n".utf8)
        guard let end = buffer.indices.first(where: { buffer[$0...].starts(with: blank) }) else { return nil }
        let lines = String(decoding: buffer[..<end], as: UTF8.self).split(separator: "\r\n").map(String.init)
        let length = lines.first { $0.lowercased().hasPrefix("content-length: ") }.flatMap { Int($0.dropFirst(16)) }
        let bodyStart = end + blank.count
        guard buffer.count >= bodyStart + (length ?? 0) else { return nil }
        let body = Array(buffer[bodyStart..<bodyStart + (length ?? 0)])
        buffer.removeFirst(bodyStart + body.count)
        return ScriptedServer.Request(line: lines.first ?? "", headers: Array(lines.dropFirst()), body: body)
    }

    private func perform(_ step: ScriptedServer.Step) -> End? {
        switch step {
        case .write(let text): return write(text) ? nil : .peer
        case .drip(let milliseconds):
            while write("x"), !peerLeaves(within: milliseconds) {}
            return .peer
        case .writeForever(let text):
            while write(text) {}
            return .peer
        case .pause(let milliseconds): return peerLeaves(within: milliseconds) ? .peer : nil
        case .waitFor(let latch):
            while !latch.isOpen { if peerLeaves(within: 1) { return .peer } }
            return nil
        case .hold:
            _ = peerLeaves(within: -1)
            return .peer
        case .close: return .script
        case .reset:
            var linger = linger(l_onoff: 1, l_linger: 0)
            setsockopt(socket, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout.size(ofValue: linger)))
            return .script
        }
    }

    private func write(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return false }
            sent += count
        }
        return true
    }

    /// A client of HTTP/1.1 without pipelining has nothing to send now, so what can be read is its farewell.
    private func peerLeaves(within milliseconds: Int32) -> Bool {
        var watched = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
        return poll(&watched, 1, milliseconds) != 0
    }
}
