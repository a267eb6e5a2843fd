import CEvent
import EventLoop
import Glibc
import Synchronization
import Time

/// One loop's share of a server: its evhttp, the connections that it accepted, and the clock that watches them.
///
/// `@unchecked Sendable`: everything mutable is touched on the loop's thread alone.
final class LoopServer: @unchecked Sendable {
    let loop: EventLoop
    let shared: ServerState
    let clock = HTTPDate()
    private var http: OpaquePointer?
    private var acceptor: OpaquePointer?
    private var sweep: OpaquePointer?
    private var attention: OpaquePointer?
    private var nextTurn: OpaquePointer?
    /// Accepted by evhttp, but not yet known by it to us; or found at fault where nothing could be done about it.
    private var waiting: [Connection] = []
    /// By evhttp's handle. C holds these unretained.
    private var connections: [OpaquePointer: Connection] = [:]
    /// Whether it takes everybody who waits, as these are the last.
    private var takesAll = false
    private var drained: CheckedContinuation<Void, Never>?
    private var drainDeadline = UInt64.max

    private static let sweepMilliseconds = 250
    private static let drainSweepMilliseconds = 20
    private static let pauseMilliseconds = 1
    private static let fewClients = 2

    init(loop: EventLoop, shared: ServerState) {
        self.loop = loop
        self.shared = shared
    }

    /// The object behind a callback's context.
    static func from(_ context: UnsafeMutableRawPointer?) -> LoopServer? {
        context.map { Unmanaged<LoopServer>.fromOpaque($0).takeUnretainedValue() }
    }

    func start(accepting descriptor: Int32) {
        // Released by `finish`: until then events and evhttp point here.
        let context = Unmanaged.passRetained(self).toOpaque()
        http = evhttp_new(loop.base)
        sweep = event_new(
            loop.base, -1, Int16(EV_PERSIST), { _, _, context in LoopServer.from(context)?.look() }, context)
        attention = event_new(loop.base, -1, 0, { _, _, context in LoopServer.from(context)?.attend() }, context)
        nextTurn = event_new(loop.base, -1, 0, { _, _, context in LoopServer.from(context)?.accept(true) }, context)
        // The socket is the server's: it is closed once the last loop has let go of it.
        let flags = UInt32(LEV_OPT_CLOSE_ON_EXEC)
        guard let http, let sweep, attention != nil, nextTurn != nil,
            let listener = evconnlistener_new(loop.base, nil, nil, flags, 0, descriptor)
        else { preconditionFailure("out of memory before the first connection") }
        configure(http, context)
        acceptor = evhttp_bind_listener(http, listener)
        evconnlistener_set_error_cb(listener) { listener, _ in
            // Out of file descriptors: the listener would spin. The sweep lets it try again.
            if errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS {
                evconnlistener_disable(listener)
            }
        }
        arm(sweep, Self.sweepMilliseconds)
    }

    private func configure(_ http: OpaquePointer, _ context: UnsafeMutableRawPointer) {
        let limits = shared.limits
        // Our own scan refuses a long head first, with the right status.
        evhttp_set_max_headers_size(http, limits.headBytes + limits.headerFields)
        evhttp_set_max_body_size(http, limits.bodyBytes)
        evhttp_set_default_content_type(http, nil)
        // Every method, also the ones it does not know: the handler says 405 in its own format.
        evhttp_set_allowed_methods(http, UInt16.max)
        evhttp_set_bevcb(http, { _, context in LoopServer.from(context)?.connect() }, context)
        evhttp_set_gencb(
            http,
            { raw, context in
                guard let raw, let server = LoopServer.from(context) else { return }
                guard let handle = evhttp_request_get_connection(raw), let connection = server.connections[handle]
                else {
                    return evhttp_send_error(raw, 500, nil)
                }
                connection.received(raw)
            }, context)
    }

    /// Watches a new connection from its first byte. evhttp makes its own handle of it right after this.
    private func connect() -> OpaquePointer? {
        // One at a time, and with a pause for whoever is ahead of the others: whichever loop woke up first would take
        // every client that waits, and keep the others from the processor meanwhile. A loop that is alone takes all:
        // when each turn is long, those left to later ones would wait for seconds.
        if shared.loops > 1, !takesAll {
            accept(false)
            if let nextTurn { arm(nextTurn, isAhead ? Self.pauseMilliseconds : 0) }
        }
        guard let connection = Connection(self) else { return nil }
        shared.connections.add(1, ordering: .relaxed)
        call(connection)
        return connection.events
    }

    /// Whether this loop has more than its share of the clients, by more than a few.
    private var isAhead: Bool {
        let all = shared.connections.load(ordering: .relaxed)
        return (connections.count + waiting.count - Self.fewClients) * shared.loops > all
    }

    private func accept(_ willing: Bool) {
        guard let acceptor else { return }
        let listener = evhttp_bound_socket_get_listener(acceptor)
        if willing { evconnlistener_enable(listener) } else { evconnlistener_disable(listener) }
    }

    /// Comes back to a connection once evhttp is done with the event that it is in, and before it writes or reads.
    func call(_ connection: Connection) {
        waiting.append(connection)
        if let attention { event_active(attention, 0, 0) }
    }

    private func attend() {
        let called = waiting
        waiting = []
        for connection in called { connection.attend() }
    }

    func add(_ connection: Connection, _ handle: OpaquePointer) { connections[handle] = connection }

    func remove(_ handle: OpaquePointer?) {
        if let handle { connections[handle] = nil }
        shared.connections.subtract(1, ordering: .relaxed)
    }

    private func look() {
        let now = monotonicNanoseconds()
        accept(true)
        for connection in Array(connections.values) { connection.look(now) }
        let isEmpty = connections.isEmpty && waiting.isEmpty
        if drained != nil, isEmpty || now >= drainDeadline { finish() }
    }

    private func arm(_ event: OpaquePointer, _ milliseconds: Int) {
        var interval = timeval(tv_sec: 0, tv_usec: milliseconds * 1000)
        event_add(event, &interval)
    }
}

extension LoopServer {
    func takeAll() async {
        await loop.perform {
            self.takesAll = true
            self.accept(true)
        }
    }

    func stopAccepting() async {
        await loop.perform {
            if let http = self.http, let acceptor = self.acceptor { evhttp_del_accept_socket(http, acceptor) }
            self.acceptor = nil
        }
    }

    /// Returns once every connection is closed.
    func drain(graceMilliseconds: Int64) async {
        await withCheckedContinuation { continuation in
            loop.run { self.beginDrain(graceMilliseconds, continuation) }
        }
    }

    private func beginDrain(_ graceMilliseconds: Int64, _ continuation: CheckedContinuation<Void, Never>) {
        drained = continuation
        drainDeadline = monotonicNanoseconds() + UInt64(max(0, graceMilliseconds)) * 1_000_000
        if let sweep { arm(sweep, Self.drainSweepMilliseconds) }
        look()
    }

    /// Closes what is still open, by force, and gives everything back.
    private func finish() {
        // Each connection takes itself out of `connections` while evhttp frees it.
        if let http { evhttp_free(http) }
        if let sweep { event_free(sweep) }
        if let attention { event_free(attention) }
        if let nextTurn { event_free(nextTurn) }
        http = nil
        sweep = nil
        attention = nil
        nextTurn = nil
        attend()
        drained?.resume()
        drained = nil
        Unmanaged.passUnretained(self).release()
    }
}
