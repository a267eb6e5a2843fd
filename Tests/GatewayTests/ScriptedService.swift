import Glibc
import Synchronization
import TestSupport

/// A stand-in for one of the four services: it keeps what it is sent and answers by a script.
final class ScriptedService: Sendable {
    /// What the script does with a request.
    enum Reply: Sendable {
        /// These fields and this body, with status 200.
        case ok(fields: String = "", body: String)
        /// Anything, as it goes over the wire.
        case raw(String)
        /// The connection is closed without a word, as by a process that dies.
        case cut
        /// Nothing, as by a process that hangs.
        case silence
    }

    /// From the request, and how many came before it on this connection.
    typealias Script = @Sendable (_ request: Message, _ earlier: Int) -> Reply

    let address: String
    private let listener: Socket
    private let state = Mutex((requests: [Message](), connections: [Socket](), isStopped: false))
    private let script: Script

    /// Answers 200 with its own name unless a script says otherwise.
    init(name: String, script: Script? = nil) {
        let (socket, port) = Socket.listen(on: "127.0.0.1")
        listener = socket
        address = "127.0.0.1:\(port)"
        self.script = script ?? { _, _ in .ok(body: "{\"service\":\"\(name)\"}") }
        Threads.start { [self] in
            while let connection = listener.accept() { Threads.start { self.serve(connection) } }
            listener.close()
        }
    }

    /// Every request that came, in order.
    var requests: [Message] { state.withLock { $0.requests } }

    /// Refuses what comes from now on, and drops what is open.
    func stop() {
        state.withLock { state in
            // Once only: its descriptor is another socket's as soon as the thread that accepts has closed it.
            if !state.isStopped { listener.shutDown() }
            state.isStopped = true
            state.connections.forEach { $0.shutDown() }
        }
    }

    private func serve(_ connection: Socket) {
        let isStopped = state.withLock { state in
            state.connections.append(connection)
            return state.isStopped
        }
        if !isStopped { answerRequests(on: connection) }
        // Within the lock, so that `stop` never meets a descriptor that is another socket's by now.
        state.withLock { state in
            state.connections.removeAll { $0.descriptor == connection.descriptor }
            // Closing alone would leave it open to a process that a test has started meanwhile.
            connection.shutDown()
            connection.close()
        }
    }

    private func answerRequests(on connection: Socket) {
        var reader = MessageReader(connection)
        var earlier = 0
        while let request = reader.next() {
            state.withLock { $0.requests.append(request) }
            switch script(request, earlier) {
            case .ok(let fields, let body):
                let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n"
                connection.send(Array((head + fields + "\r\n" + (request.method == "HEAD" ? "" : body)).utf8))
            case .raw(let answer): connection.send(Array(answer.utf8))
            case .cut: return
            case .silence: break
            }
            earlier += 1
        }
    }
}
