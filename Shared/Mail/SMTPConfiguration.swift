import CCurl

/// A mail server and every limit of what is sent there. Times are in milliseconds.
public struct SMTPConfiguration: Sendable, CustomStringConvertible, CustomReflectable {
    public enum Security: String, Sendable {
        /// STARTTLS where the server offers it, whoever it is (RFC 7435): it keeps listeners out, not impostors.
        case offered
        /// STARTTLS from a server whose certificate is good, or nothing is sent.
        case required
        /// TLS from the first byte, with a certificate that is good.
        case implicit
    }

    public var host: String
    public var port: UInt16
    public var security: Security
    public var user: String?
    public var password: String?
    /// A file of certificates (PEM) to trust in place of the system's.
    public var authorities: String?

    public var connectTimeout: Int64 = 5_000
    /// Of a whole message, from the connection to the server's word that it has it.
    public var timeout: Int64 = 30_000
    /// Messages beyond it wait for their turn, on their own time.
    public var maxConnections = 4
    /// Messages beyond it are refused at once.
    public var maxInFlight = 256

    /// Reads `smtp://user:password@host:port` or `smtps://…`, percent-encoded where that is needed. After it,
    /// `?tls=required` or `?tls=offered` may stand, and `ca=` with a file of certificates. With a password, TLS is
    /// required unless the text says otherwise.
    /// - Throws: `invalidConfiguration`, which never repeats the text.
    public init(_ text: String) throws(MailError) {
        guard let url = curl_url() else { throw .unreachable(reason: "libcurl could not be started") }
        defer { curl_url_cleanup(url) }
        guard curl_url_set(url, CURLUPART_URL, text, UInt32(CURLU_NON_SUPPORT_SCHEME)) == CURLUE_OK,
            let scheme = Self.part(url, CURLUPART_SCHEME), ["smtp", "smtps"].contains(scheme),
            let host = Self.part(url, CURLUPART_HOST), !host.isEmpty,
            ["", "/"].contains(Self.part(url, CURLUPART_PATH) ?? ""), Self.part(url, CURLUPART_FRAGMENT) == nil
        else { throw .invalidConfiguration(reason: "a mail server must be smtp://host:port or smtps://host:port") }
        let isImplicit = scheme == "smtps"
        self.host = host
        port = Self.part(url, CURLUPART_PORT).flatMap { UInt16($0) } ?? (isImplicit ? 465 : 25)
        user = Self.part(url, CURLUPART_USER)
        password = Self.part(url, CURLUPART_PASSWORD)
        security = isImplicit ? .implicit : password == nil ? .offered : .required
        for option in (Self.part(url, CURLUPART_QUERY) ?? "").split(separator: "&") {
            switch (option.prefix { $0 != "=" }, String(option.drop { $0 != "=" }.dropFirst())) {
            case ("tls", "required") where !isImplicit: security = .required
            case ("tls", "offered") where !isImplicit: security = .offered
            case ("ca", let path) where !path.isEmpty: authorities = path
            default: throw .invalidConfiguration(reason: "a mail server's options are tls=required|offered and ca=FILE")
            }
        }
    }

    func validate() throws(MailError) {
        let limits = [connectTimeout, timeout, Int64(maxConnections), Int64(maxInFlight)]
        guard limits.allSatisfy({ $0 > 0 }), timeout <= 3_600_000 else {
            throw .invalidConfiguration(reason: "every time and every limit must be positive")
        }
    }

    var url: String { "\(security == .implicit ? "smtps" : "smtp")://\(host):\(port)" }

    /// Without user and password, as they may not stand in a log.
    public var description: String { url }
    public var customMirror: Mirror { Mirror(self, children: ["url": url]) }

    private static func part(_ url: OpaquePointer, _ part: CURLUPart) -> String? {
        var text: UnsafeMutablePointer<CChar>?
        guard curl_url_get(url, part, &text, UInt32(CURLU_URLDECODE)) == CURLUE_OK, let text else { return nil }
        defer { curl_free(text) }
        return String(cString: text)
    }
}
