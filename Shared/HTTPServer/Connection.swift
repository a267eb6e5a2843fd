import CEvent
import EventLoop
import Glibc
import Synchronization
import Time

/// One connection: what evhttp does not watch. It scans heads before evhttp reads them, keeps the deadlines, and takes
/// the connection away from evhttp to refuse a request in the caller's own format. Touched on its loop alone.
final class Connection {
    enum Phase {
        /// Between requests.
        case idle
        /// A request has begun to arrive.
        case reading
        /// A handler is at work on it.
        case handling
        /// The answer is on its way.
        case answering
        /// Taken from evhttp: the refusal is on its way, and whatever still arrives is thrown away.
        case refusing
    }

    /// The bufferevent, which evhttp owns; our own reference keeps it whole until `closed`.
    let events: OpaquePointer
    let server: LoopServer
    var phase = Phase.idle
    /// When the phase began, in monotonic nanoseconds.
    var since = monotonicNanoseconds()
    var head = HeadScan()
    var request: HTTPRequest?
    /// evhttp's `evhttp_connection`; nil before it has made one, and once it is closed.
    var handle: OpaquePointer?
    /// The status to refuse with, once evhttp is out of the way.
    var fault: Int?
    /// Its part of `ServerState.bytesHeld`.
    private(set) var bytesHeld = 0
    private var inputWatch: OpaquePointer?
    private var outputWatch: OpaquePointer?

    init?(_ server: LoopServer) {
        guard let events = bufferevent_socket_new(server.loop.base, -1, 0) else { return nil }
        self.server = server
        self.events = events
        bufferevent_incref(events)
        inputWatch = watch(input) { _, info, context in
            guard let added = info?.pointee.n_added, added > 0 else { return }
            Connection.from(context)?.arrived(added)
        }
        outputWatch = watch(output) { _, info, context in
            guard let info, info.pointee.n_added > 0 else { return }
            Connection.from(context)?.written(after: info.pointee.orig_size)
        }
    }

    static func from(_ context: UnsafeMutableRawPointer?) -> Connection? {
        context.map { Unmanaged<Connection>.fromOpaque($0).takeUnretainedValue() }
    }

    /// What C holds: unretained, since the server's table keeps the connection until `closed`.
    var context: UnsafeMutableRawPointer { Unmanaged.passUnretained(self).toOpaque() }
    var input: OpaquePointer? { bufferevent_get_input(events) }
    var output: OpaquePointer? { bufferevent_get_output(events) }
    var limits: HTTPLimits { server.shared.limits }

    private func watch(_ buffer: OpaquePointer?, _ callback: @escaping evbuffer_cb_func) -> OpaquePointer? {
        evbuffer_add_cb(buffer, callback, context)
    }

    /// Whether `written` is told of what is written.
    func watchOutput(_ enabled: Bool) {
        let flag = UInt32(EVBUFFER_CB_ENABLED)
        if enabled {
            evbuffer_cb_set_flags(output, outputWatch, flag)
        } else {
            evbuffer_cb_clear_flags(output, outputWatch, flag)
        }
    }

    func enter(_ phase: Phase) {
        self.phase = phase
        since = monotonicNanoseconds()
    }

    // MARK: Its share

    /// Counts what it holds in memory.
    /// - Returns: whether all connections together hold no more than they may.
    func hold(_ count: Int) -> Bool {
        bytesHeld += count
        return server.shared.bytesHeld.wrappingAdd(count, ordering: .relaxed).newValue <= limits.bytesHeld
    }

    func letGo() {
        server.shared.bytesHeld.subtract(bytesHeld, ordering: .relaxed)
        bytesHeld = 0
    }

    /// Whether a request that is about to be handled has been there for so long that its client may have given up.
    var hasWaitedTooLong: Bool {
        let now = monotonicNanoseconds()
        return now > since && Int((now - since) / 1_000_000) > limits.waitMilliseconds
    }

    // MARK: Beginning and end

    /// Runs when evhttp is out of the way: right after it made its handle, and whenever a fault was found.
    func attend() {
        if handle == nil, !adopt() { return }
        if let fault { refuse(fault) }
    }

    private func adopt() -> Bool {
        guard inputWatch != nil else { return false }
        // evhttp offers no hook for a new connection, but is itself the context of its callbacks.
        var owner: UnsafeMutableRawPointer?
        bufferevent_getcb(events, nil, nil, nil, &owner)
        guard let owner else {
            closed()
            return false
        }
        let handle = OpaquePointer(owner)
        self.handle = handle
        server.add(self, handle)
        evhttp_connection_set_closecb(handle, { _, context in Connection.from(context)?.closed() }, context)
        let open = server.shared.connections.load(ordering: .relaxed)
        if open > limits.connections { fault = 503 }
        // Refused clients linger: a flood of them must not take all the file descriptors.
        if open > 2 * limits.connections { close() }
        return self.handle != nil
    }

    func close() {
        if let handle { evhttp_connection_free(handle) }
    }

    private func closed() {
        withExtendedLifetime(self) {
            // evhttp closes the socket before libevent forgets it when it is called from the connection's own event.
            bufferevent_disable(events, Int16(EV_READ | EV_WRITE))
            evbuffer_remove_cb_entry(input, inputWatch)
            evbuffer_remove_cb_entry(output, outputWatch)
            inputWatch = nil
            request?.detach()
            request = nil
            letGo()
            server.remove(handle)
            handle = nil
            bufferevent_decref(events)
        }
    }

    /// Keeps the deadlines.
    func look(_ now: UInt64) {
        let waited = now < since ? 0 : Int((now - since) / 1_000_000)
        let draining = server.shared.draining.load(ordering: .relaxed)
        switch phase {
        case .idle where waited >= (draining ? Self.busyMilliseconds : limits.idleMilliseconds): close()
        case .reading where waited >= limits.requestMilliseconds: refuse(408)
        case .answering where waited >= limits.answerMilliseconds: close()
        case .refusing where waited >= Self.lingerMilliseconds: close()
        default: break
        }
    }

    /// A client that was answered less than this ago may be sending its next request at this moment.
    private static let busyMilliseconds = 100
    /// How long a refused client may go on sending, so that it reads the refusal and not a reset (RFC 9112, 9.6).
    private static let lingerMilliseconds = 1000
}
