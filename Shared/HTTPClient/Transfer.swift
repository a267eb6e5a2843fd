import CCurl
import EventLoop

/// One attempt at a request, from its hand-over to the loop until its task is resumed. It belongs to its loop's
/// thread; libcurl holds it as a raw pointer while `ConnectionPool` holds it for real.
final class Transfer {
    typealias Outcome = Result<HTTPClient.Response, HTTPClientError>

    let id: UInt64
    private let request: HTTPClient.Request
    private let configuration: HTTPClient.Configuration
    private let deadline: EventLoop.Timer
    private let continuation: CheckedContinuation<Outcome, Never>

    private(set) var easy: UnsafeMutableRawPointer?
    private var headerList: UnsafeMutablePointer<curl_slist>?
    private var connectionsUsed = 0
    private var header = AnswerHeader()
    private var body: [UInt8] = []
    /// Why a callback stopped the transfer: libcurl itself only knows that one did.
    private var stopped: HTTPClientError?

    init(
        id: UInt64, _ request: HTTPClient.Request, _ configuration: HTTPClient.Configuration,
        deadline: EventLoop.Timer, _ continuation: CheckedContinuation<Outcome, Never>
    ) {
        self.id = id
        self.request = request
        self.configuration = configuration
        self.deadline = deadline
        self.continuation = continuation
    }

    static func of(_ context: UnsafeMutableRawPointer) -> Transfer {
        Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
    }

    /// Sets every option anew: the handle comes fresh from `curl_easy_init` or `curl_easy_reset`.
    func begin(on easy: UnsafeMutableRawPointer) {
        self.easy = easy
        marquee_easy_set_string(easy, CURLOPT_URL, request.url)
        marquee_easy_set_long(easy, CURLOPT_PATH_AS_IS, 1)
        setMethod(easy)
        for line in request.headers { headerList = curl_slist_append(headerList, line) }
        marquee_easy_set_headers(easy, headerList)
        setLimits(easy)
        marquee_easy_set_callbacks(
            easy, Unmanaged.passUnretained(self).toOpaque(),
            { context, _, _, _, _ in
                guard let context else { return CURL_PREREQFUNC_ABORT }
                return Transfer.of(context).mayBeSent() ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT
            },
            { bytes, size, count, context in
                guard let bytes, let context else { return 0 }
                let line = UnsafeRawBufferPointer(start: bytes, count: size * count)
                return Transfer.of(context).take(header: line) ? line.count : 0
            },
            { bytes, size, count, context in
                guard let bytes, let context else { return 0 }
                let part = UnsafeRawBufferPointer(start: bytes, count: size * count)
                return Transfer.of(context).take(body: part) ? part.count : 0
            })
    }

    /// Lets go of what libcurl borrowed, and gives the handle back for another transfer.
    func end() -> UnsafeMutableRawPointer? {
        deadline.cancel()
        guard let easy else { return nil }
        curl_easy_reset(easy)
        curl_slist_free_all(headerList)
        self.easy = nil
        return easy
    }

    func resume(_ outcome: Outcome) {
        continuation.resume(returning: outcome)
    }

    func outcome(_ result: CURLcode) -> Outcome {
        if let stopped { return .failure(stopped) }
        let reason = String(cString: curl_easy_strerror(result))
        switch result {
        case CURLE_OK:
            let status = easy.map { Int(marquee_easy_status($0)) } ?? 0
            return .success(HTTPClient.Response(status: status, body: body, headers: header.fields))
        // The first is libcurl's answer to HTTP/0.9, which is bytes without a status line.
        case CURLE_UNSUPPORTED_PROTOCOL, CURLE_WEIRD_SERVER_REPLY:
            return .failure(.malformedAnswer(reason: reason))
        // Also the connect timeout: the call's own is not libcurl's to keep.
        case _ where connectionsUsed == 0:
            return .failure(.unreachable(reason: reason))
        default:
            return .failure(.connectionLost(reason: reason))
        }
    }

    private func setMethod(_ easy: UnsafeMutableRawPointer) {
        if request.method == .head { marquee_easy_set_long(easy, CURLOPT_NOBODY, 1) }
        if request.body != nil || request.method == .post {
            (request.body ?? []).withUnsafeBytes { body in
                // An empty array has no address, and without one libcurl would ask a callback for the body.
                _ = marquee_easy_set_body(easy, body.baseAddress ?? UnsafeRawPointer(easy), body.count)
            }
        }
        marquee_easy_set_string(easy, CURLOPT_CUSTOMREQUEST, request.method.rawValue)
    }

    private func setLimits(_ easy: UnsafeMutableRawPointer) {
        marquee_easy_set_string(easy, CURLOPT_PROTOCOLS_STR, "http,https")
        marquee_easy_set_long(easy, CURLOPT_FOLLOWLOCATION, 0)
        // Empty, not absent: absent would mean http_proxy from the environment.
        marquee_easy_set_string(easy, CURLOPT_PROXY, "")
        marquee_easy_set_long(easy, CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
        marquee_easy_set_long(easy, CURLOPT_TCP_NODELAY, 1)
        marquee_easy_set_long(easy, CURLOPT_NOSIGNAL, 1)
        marquee_easy_set_long(easy, CURLOPT_CONNECTTIMEOUT_MS, Int(configuration.connectTimeout))
        marquee_easy_set_long(easy, CURLOPT_DNS_CACHE_TIMEOUT, configuration.nameCacheSeconds)
        marquee_easy_set_long(easy, CURLOPT_MAXAGE_CONN, configuration.idleConnectionSeconds)
        // Otherwise giving up on a name waits for the resolver's thread, and the whole loop with it.
        marquee_easy_set_long(easy, CURLOPT_QUICK_EXIT, 1)
    }

    /// libcurl sends a request again by itself when the kept connection it used turns out closed. The neighbour may
    /// have acted before it closed, so that is only for requests that may be repeated (RFC 9110 §9.2.2).
    private func mayBeSent() -> Bool {
        connectionsUsed += 1
        guard connectionsUsed > 1, !request.retryable else { return true }
        stopped = .connectionLost(reason: "the neighbour closed a kept connection under the request")
        return false
    }

    private func take(header line: UnsafeRawBufferPointer) -> Bool {
        header.take(line)
        if header.byteCount > configuration.maxHeaderBytes {
            stopped = .answerTooLarge(limit: configuration.maxHeaderBytes)
        }
        return stopped == nil
    }

    private func take(body part: UnsafeRawBufferPointer) -> Bool {
        if body.count + part.count > configuration.maxAnswerBytes {
            stopped = .answerTooLarge(limit: configuration.maxAnswerBytes)
        } else {
            body.append(contentsOf: part)
        }
        return stopped == nil
    }
}
