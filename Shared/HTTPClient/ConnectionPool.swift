import CCurl
import CEvent
import EventLoop

/// One loop's kept connections to one neighbour: a `curl_multi` of their own, so that a neighbour that hangs cannot
/// use up another's connections, driven by the loop's events. Everything happens on the loop's thread.
final class ConnectionPool {
    private static let isReady = curl_global_init(Int(CURL_GLOBAL_SSL)) == CURLE_OK

    private unowned let loop: EventLoop
    private let configuration: HTTPClient.Configuration
    private let multi: UnsafeMutableRawPointer
    private var timer: OpaquePointer?
    private var watched: [curl_socket_t: OpaquePointer] = [:]
    private var idle: [UnsafeMutableRawPointer] = []
    /// Every transfer that is under way or waits: the strong references behind libcurl's pointers.
    private var transfers: [UInt64: Transfer] = [:]
    /// Those that wait for a connection, oldest first.
    private var waiting: [UInt64] = []
    private var connectionsInUse = 0

    init(_ configuration: HTTPClient.Configuration, on loop: EventLoop) throws(HTTPClientError) {
        guard Self.isReady, let multi = curl_multi_init() else {
            throw .unreachable(reason: "libcurl could not be started")
        }
        self.loop = loop
        self.configuration = configuration
        self.multi = multi
        let context = Unmanaged.passUnretained(self).toOpaque()
        marquee_multi_set_long(multi, CURLMOPT_MAXCONNECTS, configuration.maxConnectionsPerLoop)
        marquee_multi_set_callbacks(
            multi, context,
            { _, socket, wanted, context, _ in
                guard let context else { return 0 }
                ConnectionPool.of(context).watch(socket, for: wanted)
                return 0
            },
            { _, milliseconds, context in
                guard let context else { return 0 }
                ConnectionPool.of(context).setTimer(milliseconds)
                return 0
            })
    }

    /// Runs on the loop: when its client goes, or when the loop itself stops.
    deinit {
        marquee_multi_set_callbacks(multi, nil, nil, nil)
        if let timer { event_free(timer) }
        for event in watched.values { event_free(event) }
        for transfer in transfers.values {
            if let easy = transfer.easy { curl_multi_remove_handle(multi, easy) }
            if let easy = transfer.end() { curl_easy_cleanup(easy) }
            transfer.resume(.failure(.cancelled))
        }
        for easy in idle { curl_easy_cleanup(easy) }
        curl_multi_cleanup(multi)
    }

    /// Sends the transfer's request, now or when a connection is free.
    func start(_ transfer: Transfer) {
        transfers[transfer.id] = transfer
        if connectionsInUse < configuration.maxConnectionsPerLoop {
            connect(transfer)
        } else {
            waiting.append(transfer.id)
        }
    }

    /// Gives up on a transfer; nothing happens when it has ended already.
    func abort(_ id: UInt64, _ error: HTTPClientError) {
        guard let transfer = transfers[id] else { return }
        end(transfer, .failure(error))
    }

    private static func of(_ context: UnsafeMutableRawPointer) -> ConnectionPool {
        Unmanaged<ConnectionPool>.fromOpaque(context).takeUnretainedValue()
    }

    private func connect(_ transfer: Transfer) {
        guard let easy = idle.popLast() ?? curl_easy_init() else {
            return end(transfer, .failure(.unreachable(reason: "no memory for a transfer")))
        }
        connectionsInUse += 1
        transfer.begin(on: easy)
        if curl_multi_add_handle(multi, easy) != CURLM_OK {
            end(transfer, .failure(.unreachable(reason: "libcurl refused the transfer")))
        }
    }

    private func end(_ transfer: Transfer, _ outcome: Transfer.Outcome) {
        transfers[transfer.id] = nil
        if let easy = transfer.easy {
            // Under way, it takes its connection with it: what is left of the answer must not meet the next request.
            curl_multi_remove_handle(multi, easy)
            connectionsInUse -= 1
        } else {
            waiting.removeAll { $0 == transfer.id }
        }
        if let easy = transfer.end() { idle.append(easy) }
        transfer.resume(outcome)
        connectNext()
    }

    private func connectNext() {
        while connectionsInUse < configuration.maxConnectionsPerLoop, !waiting.isEmpty {
            if let transfer = transfers[waiting.removeFirst()] { connect(transfer) }
        }
    }

    /// libcurl wants to hear when `socket` can be read or written, or no longer.
    private func watch(_ socket: curl_socket_t, for wanted: Int32) {
        if let known = watched.removeValue(forKey: socket) { event_free(known) }
        guard wanted != CURL_POLL_REMOVE else { return }
        var flags = EV_PERSIST
        if wanted & CURL_POLL_IN != 0 { flags |= EV_READ }
        if wanted & CURL_POLL_OUT != 0 { flags |= EV_WRITE }
        let ready: event_callback_fn = { socket, flags, context in
            guard let context else { return }
            let readable = Int32(flags) & EV_READ != 0 ? CURL_CSELECT_IN : 0
            let writable = Int32(flags) & EV_WRITE != 0 ? CURL_CSELECT_OUT : 0
            ConnectionPool.of(context).proceed(socket, readable | writable)
        }
        let event = event_new(loop.base, socket, Int16(flags), ready, Unmanaged.passUnretained(self).toOpaque())
        guard let event else { return }
        event_add(event, nil)
        watched[socket] = event
    }

    private func setTimer(_ milliseconds: Int) {
        let expired: event_callback_fn = { _, _, context in
            guard let context else { return }
            ConnectionPool.of(context).proceed(CURL_SOCKET_TIMEOUT, 0)
        }
        timer = timer ?? event_new(loop.base, -1, 0, expired, Unmanaged.passUnretained(self).toOpaque())
        guard let timer else { return }
        guard milliseconds >= 0 else {
            event_del(timer)
            return
        }
        var wait = timeval(tv_sec: milliseconds / 1000, tv_usec: milliseconds % 1000 * 1000)
        event_add(timer, &wait)
    }

    private func proceed(_ socket: curl_socket_t, _ readiness: Int32) {
        var running: Int32 = 0
        curl_multi_socket_action(multi, socket, readiness, &running)
        var result = CURLE_OK
        while let easy = marquee_multi_next_ended(multi, &result) {
            guard let context = marquee_easy_private(easy) else { continue }
            let transfer = Transfer.of(context)
            end(transfer, transfer.outcome(result))
        }
    }
}
