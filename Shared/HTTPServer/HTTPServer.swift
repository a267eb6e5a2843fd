import EventLoop
import Glibc
import Synchronization

/// HTTP/1.1 over libevent's evhttp: one listening socket, which every loop accepts from, and on each loop the
/// connections that it accepted. A handler runs as a task on its connection's loop, and each request gets one answer.
///
/// evhttp has the last word on chunks: it takes no chunk extensions, takes a sign or `0x` before a size, tolerates blank lines between chunks, and reports a
/// size that it cannot read as one that is too long, hence 413. Trailers are read and dropped. Folded header fields are
/// refused, and so is a blank line before a request.
public final class HTTPServer: Sendable {
    public typealias Handler = @Sendable (HTTPRequest) async -> HTTPResponse
    /// What the server itself answers, by status: 400, 408, 413, 414, 417, 431, 501, 503 (which wants a `Retry-After`),
    /// 505. All but a 503 for too many requests, or for one that waited too long, close the connection.
    public typealias Refusal = @Sendable (Int) -> HTTPResponse

    /// Whether a request begins something, and is refused in a crowd before those that go on with something.
    public typealias Yielding = @Sendable (HTTPRequest) -> Bool

    /// The port it listens on, also when 0 was asked for.
    public let port: UInt16
    private let socket: ListeningSocket
    private let shared: ServerState
    private let workers: [LoopServer]

    /// Listens, and answers from now on; it does so until `drain`, whoever else lets go of it.
    /// - Parameters:
    ///   - host: a numeric address, `0.0.0.0` or `::` for every interface.
    ///   - port: 0 for one that is free.
    /// - Throws: `HTTPServerError`, when the address cannot be listened on.
    public init(
        loops: [EventLoop], host: String, port: UInt16, limits: HTTPLimits = HTTPLimits(),
        refusal: @escaping Refusal, yields: @escaping Yielding = { _ in false }, handler: @escaping Handler
    ) throws(HTTPServerError) {
        precondition(!loops.isEmpty, "a server runs on at least one loop")
        // libevent writes with writev: a client that left would otherwise end the process.
        signal(SIGPIPE, SIG_IGN)
        let socket = try ListeningSocket(host: host, port: port)
        let shared = ServerState(loops: loops.count, limits: limits, refusal: refusal, yields: yields, handler: handler)
        self.socket = socket
        self.port = socket.port
        self.shared = shared
        workers = loops.map { LoopServer(loop: $0, shared: shared) }
        for worker in workers { worker.loop.run { worker.start(accepting: socket.descriptor) } }
    }

    /// Open connections.
    public var connections: Int { shared.connections.load(ordering: .relaxed) }

    /// What all connections together hold of requests and answers, in bytes.
    public var bytesHeld: Int { shared.bytesHeld.load(ordering: .relaxed) }

    /// Requests that a handler is at work on.
    public var requestsInFlight: Int { shared.requestsInFlight.load(ordering: .relaxed) }

    /// In milliseconds, while others go on connecting.
    private static let mostTurns = 200

    /// Takes the connections that wait, and no more; answers what is under way with `Connection: close`, closes what is idle, and
    /// returns once every connection is closed: at the latest when the grace has passed, by force. A handler that is
    /// still at work then finishes for nobody. Only the first call does anything, and it must come before the loops are stopped.
    public func drain(graceMilliseconds: Int64) async {
        guard !shared.draining.exchange(true, ordering: .relaxed) else { return }
        // Those whom the kernel has connected already would be reset with the socket.
        for worker in workers { await worker.takeAll() }
        for _ in 0..<Self.mostTurns where socket.hasWaiting { try? await Task.sleep(for: .milliseconds(1)) }
        for worker in workers { await worker.stopAccepting() }
        // Whoever comes now is refused by the kernel, and may try elsewhere, while the rest is under way.
        socket.close()
        await withTaskGroup { group in
            for worker in workers {
                group.addTask { await worker.drain(graceMilliseconds: graceMilliseconds) }
            }
        }
    }
}

/// What the loops of one server have in common.
final class ServerState: Sendable {
    let loops: Int
    let limits: HTTPLimits
    let refusal: HTTPServer.Refusal
    let yields: HTTPServer.Yielding
    let handler: HTTPServer.Handler
    let connections = Atomic(0)
    let requestsInFlight = Atomic(0)
    let bytesHeld = Atomic(0)
    let draining = Atomic(false)

    init(
        loops: Int, limits: HTTPLimits, refusal: @escaping HTTPServer.Refusal,
        yields: @escaping HTTPServer.Yielding, handler: @escaping HTTPServer.Handler
    ) {
        self.loops = loops
        self.limits = limits
        self.refusal = refusal
        self.yields = yields
        self.handler = handler
    }
}
