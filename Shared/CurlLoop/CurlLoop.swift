import CCurl
import CEvent
import EventLoop

/// A `curl_multi` that one loop's events drive. Everything happens on the loop's thread, its end too.
public final class CurlLoop {
    private static let isReady = curl_global_init(Int(CURL_GLOBAL_SSL)) == CURLE_OK

    /// Hears of every transfer that has ended, once; the handle is still the `curl_multi`'s then.
    public var ended: (_ easy: UnsafeMutableRawPointer, _ result: CURLcode) -> Void = { _, _ in }
    private unowned let loop: EventLoop
    private let multi: UnsafeMutableRawPointer
    private var timer: OpaquePointer?
    private var watched: [curl_socket_t: OpaquePointer] = [:]

    /// Nil when libcurl cannot be started.
    /// - Parameter keptConnections: idle ones, at most.
    public init?(on loop: EventLoop, keptConnections: Int) {
        guard Self.isReady, let multi = curl_multi_init() else { return nil }
        self.loop = loop
        self.multi = multi
        let context = Unmanaged.passUnretained(self).toOpaque()
        marquee_multi_set_long(multi, CURLMOPT_MAXCONNECTS, keptConnections)
        marquee_multi_set_callbacks(
            multi, context,
            { _, socket, wanted, context, _ in
                guard let context else { return 0 }
                CurlLoop.of(context).watch(socket, for: wanted)
                return 0
            },
            { _, milliseconds, context in
                guard let context else { return 0 }
                CurlLoop.of(context).setTimer(milliseconds)
                return 0
            })
    }

    /// The transfers must have been removed.
    deinit {
        marquee_multi_set_callbacks(multi, nil, nil, nil)
        if let timer { event_free(timer) }
        for event in watched.values { event_free(event) }
        curl_multi_cleanup(multi)
    }

    /// Whether libcurl took the transfer, whose options are set.
    public func add(_ easy: UnsafeMutableRawPointer) -> Bool {
        curl_multi_add_handle(multi, easy) == CURLM_OK
    }

    /// Under way, it takes its connection with it.
    public func remove(_ easy: UnsafeMutableRawPointer) {
        curl_multi_remove_handle(multi, easy)
    }

    private static func of(_ context: UnsafeMutableRawPointer) -> CurlLoop {
        Unmanaged<CurlLoop>.fromOpaque(context).takeUnretainedValue()
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
            CurlLoop.of(context).proceed(socket, readable | writable)
        }
        let event = event_new(loop.base, socket, Int16(flags), ready, Unmanaged.passUnretained(self).toOpaque())
        guard let event else { return }
        event_add(event, nil)
        watched[socket] = event
    }

    private func setTimer(_ milliseconds: Int) {
        let expired: event_callback_fn = { _, _, context in
            guard let context else { return }
            CurlLoop.of(context).proceed(CURL_SOCKET_TIMEOUT, 0)
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
        while let easy = marquee_multi_next_ended(multi, &result) { ended(easy, result) }
    }
}
