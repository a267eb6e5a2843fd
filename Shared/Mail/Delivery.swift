import CCurl
import EventLoop
import Glibc

/// One message on its way to a server. It belongs to its loop's thread; libcurl holds it as a raw pointer while
/// `DeliveryQueue` holds it for real.
final class Delivery {
    typealias Outcome = Result<Void, MailError>

    let id: UInt64
    private let sender: String
    private let recipients: [String]
    private let message: [UInt8]
    private let deadline: EventLoop.Timer
    private let continuation: CheckedContinuation<Outcome, Never>
    private var sent = 0
    private(set) var easy: UnsafeMutableRawPointer?
    private var sockets: Set<curl_socket_t> = []
    private var recipientList: UnsafeMutablePointer<curl_slist>?

    init(
        id: UInt64, from sender: String, to recipients: [String], _ message: [UInt8], deadline: EventLoop.Timer,
        _ continuation: CheckedContinuation<Outcome, Never>
    ) {
        self.id = id
        self.sender = sender
        self.recipients = recipients
        self.message = message
        self.deadline = deadline
        self.continuation = continuation
    }

    /// Makes the transfer and sets its options; nil without memory.
    func begin(_ configuration: SMTPConfiguration) -> UnsafeMutableRawPointer? {
        guard let easy = curl_easy_init() else { return nil }
        self.easy = easy
        marquee_easy_set_string(easy, CURLOPT_URL, configuration.url)
        marquee_easy_set_string(easy, CURLOPT_PROTOCOLS_STR, "smtp,smtps")
        // Empty, not absent: absent would mean a proxy from the environment.
        marquee_easy_set_string(easy, CURLOPT_PROXY, "")
        marquee_easy_set_long(easy, CURLOPT_NOSIGNAL, 1)
        marquee_easy_set_long(easy, CURLOPT_QUICK_EXIT, 1)
        marquee_easy_set_long(easy, CURLOPT_CONNECTTIMEOUT_MS, Int(configuration.connectTimeout))
        // A connection a message. libcurl waits, and the loop with it, for a server's answer to QUIT: so long at most.
        marquee_easy_set_long(easy, CURLOPT_FORBID_REUSE, 1)
        marquee_easy_set_long(easy, CURLOPT_SERVER_RESPONSE_TIMEOUT, Int(configuration.timeout + 999) / 1000)
        setSecurity(easy, configuration)
        watchSockets(easy)
        marquee_easy_set_string(easy, CURLOPT_MAIL_FROM, "<\(sender)>")
        for recipient in recipients { recipientList = curl_slist_append(recipientList, "<\(recipient)>") }
        marquee_easy_set_recipients(easy, recipientList)
        marquee_easy_set_upload(
            easy, Unmanaged.passUnretained(self).toOpaque(), curl_off_t(message.count),
            { buffer, size, count, context in
                guard let buffer, let context else { return Int(CURL_READFUNC_ABORT) }
                let room = UnsafeMutableRawBufferPointer(start: buffer, count: size * count)
                return Unmanaged<Delivery>.fromOpaque(context).takeUnretainedValue().read(into: room)
            })
        return easy
    }

    private func setSecurity(_ easy: UnsafeMutableRawPointer, _ configuration: SMTPConfiguration) {
        let isRequired = configuration.security != .offered
        let level = isRequired ? CURLUSESSL_ALL : CURLUSESSL_TRY
        marquee_easy_set_long(easy, CURLOPT_USE_SSL, Int(level.rawValue))
        marquee_easy_set_long(easy, CURLOPT_SSL_VERIFYPEER, isRequired ? 1 : 0)
        marquee_easy_set_long(easy, CURLOPT_SSL_VERIFYHOST, isRequired ? 2 : 0)
        if let authorities = configuration.authorities {
            marquee_easy_set_string(easy, CURLOPT_CAINFO, authorities)
            marquee_easy_set_string(easy, CURLOPT_CAPATH, nil)
        }
        if let user = configuration.user { marquee_easy_set_string(easy, CURLOPT_USERNAME, user) }
        if let password = configuration.password { marquee_easy_set_string(easy, CURLOPT_PASSWORD, password) }
    }

    private func watchSockets(_ easy: UnsafeMutableRawPointer) {
        marquee_easy_set_socket_callbacks(
            easy, Unmanaged.passUnretained(self).toOpaque(),
            { context, socket, _ in
                guard let context else { return CURL_SOCKOPT_ERROR }
                Unmanaged<Delivery>.fromOpaque(context).takeUnretainedValue().sockets.insert(socket)
                return CURL_SOCKOPT_OK
            },
            { context, socket in
                guard let context else { return -1 }
                Unmanaged<Delivery>.fromOpaque(context).takeUnretainedValue().sockets.remove(socket)
                return close(socket)
            })
    }

    /// Cuts what is under way. libcurl says QUIT even to a server that has not answered for long, and would wait, and
    /// the loop with it, for an answer to that too.
    func cut() {
        for socket in sockets { shutdown(socket, Int32(SHUT_RDWR)) }
    }

    private func read(into room: UnsafeMutableRawBufferPointer) -> Int {
        let part = message[sent..<min(sent + room.count, message.count)]
        room.copyBytes(from: part)
        sent += part.count
        return part.count
    }

    static func of(_ easy: UnsafeMutableRawPointer) -> Delivery? {
        marquee_easy_private(easy).map { Unmanaged<Delivery>.fromOpaque($0).takeUnretainedValue() }
    }

    /// Lets go of what libcurl borrowed. The transfer must have left its `CurlLoop`.
    func end(_ outcome: Outcome) {
        deadline.cancel()
        if let easy { curl_easy_cleanup(easy) }
        curl_slist_free_all(recipientList)
        (easy, recipientList) = (nil, nil)
        continuation.resume(returning: outcome)
    }

    func outcome(_ result: CURLcode) -> Outcome {
        guard result != CURLE_OK else { return .success(()) }
        let code = easy.map { Int(marquee_easy_status($0)) } ?? 0
        let reason = String(cString: curl_easy_strerror(result))
        return switch (result, code) {
        case (CURLE_COULDNT_RESOLVE_HOST, _), (CURLE_COULDNT_CONNECT, _): .failure(.unreachable(reason: reason))
        case (CURLE_OPERATION_TIMEDOUT, _): .failure(.timedOut)
        case (CURLE_USE_SSL_FAILED, _), (CURLE_SSL_CONNECT_ERROR, _), (CURLE_PEER_FAILED_VERIFICATION, _),
            (CURLE_SSL_CACERT_BADFILE, _):
            .failure(.insecure(reason: reason))
        case (_, 500...599): .failure(.refused(code: code))
        case (_, 400...499): .failure(.deferred(code: code))
        default: .failure(.connectionLost(reason: reason))
        }
    }
}
