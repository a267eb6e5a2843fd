/// Bytes that no client should send, and the statuses that they may be answered with. `{next}` stands for a request that
/// must not be taken for one; `{long}` for 70,000 letters.
struct WireProbe: Sendable {
    let what: String
    let bytes: [UInt8]
    let statuses: Set<Int>

    static let all = smuggling + lines + forms + versions + chunks + methods + lengths

    /// nginx still speaks HTTP/0.9.
    let place: Place

    enum Place { case services, anywhere }

    private init(_ what: String, _ text: String, _ statuses: Set<Int>, at place: Place = .anywhere) {
        self.what = what
        let next = "GET /v1/movies/smuggled HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
        let whole = text.replacing("{next}", with: next).replacing("{H}", with: "Host: a\r\n")
            .replacing("{long}", with: String(repeating: "a", count: 70_000))
        bytes = Array(whole.utf8)
        self.statuses = statuses
        self.place = place
    }

    private static func post(_ what: String, _ rest: String, _ statuses: Set<Int>) -> WireProbe {
        WireProbe(what, "POST /v1/analytics/track HTTP/1.1\r\n{H}\(rest)", statuses)
    }

    private static func get(_ what: String, _ target: String, _ statuses: Set<Int>) -> WireProbe {
        WireProbe(what, "GET \(target) HTTP/1.1\r\n{H}Connection: close\r\n\r\n", statuses)
    }

    private static let smuggling = [
        post("length and chunks", "Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{next}", [400]),
        post("chunks and length", "Transfer-Encoding: chunked\r\nContent-Length: 6\r\n\r\n0\r\n\r\n{next}", [400]),
        post("another case", "transfer-ENCODING: chunked\r\ncontent-length: 6\r\n\r\n0\r\n\r\n{next}", [400]),
        post("two lengths", "Content-Length: 0\r\nContent-Length: 90\r\n\r\n{next}", [400]),
        post("a list of lengths", "Content-Length: 0, 0\r\n\r\n{next}", [400]),
        post("a signed length", "Content-Length: +0\r\n\r\n{next}", [400]),
        post("a negative length", "Content-Length: -1\r\n\r\n{next}", [400]),
        post("a length in hexadecimal", "Content-Length: 0x0\r\n\r\n{next}", [400]),
        post("an endless length", "Content-Length: 18446744073709551617\r\n\r\n{next}", [400, 413]),
        post(
            "chunks twice", "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{next}",
            [400, 501]),
        post("chunks, and more", "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n{next}", [400, 501]),
        post("chunks that are none", "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n{next}", [400, 501]),
        post("a space before the colon", "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n{next}", [400]),
        post("a space before the length's", "Content-Length : 90\r\n\r\n{next}", [400]),
        post("a vertical tab", "Transfer-Encoding:\u{B}chunked\r\n\r\n0\r\n\r\n{next}", [400, 501]),
        post("a folded length", "Content-Length:\r\n 90\r\n\r\n{next}", [400]),
        post("a bare CR in a field", "X: a\rContent-Length: 90\r\n\r\n{next}", [400]),
        post("a NUL in a length", "Content-Length: 0\u{0}90\r\n\r\n{next}", [400]),
    ]

    private static let lines = [
        WireProbe("a fold before the first field", "GET /v1/movies HTTP/1.1\r\n Host: a\r\n\r\n{next}", [400]),
        WireProbe("two Hosts", "GET /v1/movies HTTP/1.1\r\n{H}{H}\r\n{next}", [400]),
        WireProbe("no Host", "GET /v1/movies HTTP/1.1\r\n\r\n{next}", [400]),
        WireProbe("a Host with a path", "GET /v1/movies HTTP/1.1\r\nHost: a/b\r\n\r\n{next}", [400]),
        WireProbe("a field without a name", "GET /v1/movies HTTP/1.1\r\n{H}: a\r\n\r\n{next}", [400]),
        WireProbe("a NUL in a target", "GET /v1/\u{0} HTTP/1.1\r\n{H}\r\n{next}", [400]),
        WireProbe("a long field", "GET /v1/movies HTTP/1.1\r\n{H}X: {long}\r\n\r\n", [400, 431]),
        WireProbe("a long name", "GET /v1/movies HTTP/1.1\r\n{H}{long}: a\r\n\r\n", [400, 431]),
        WireProbe("a line without an end", "GET /v1/movies HTTP/1.1\r\n{H}{long}", [400, 431]),
        WireProbe("a long target", "GET /{long} HTTP/1.1\r\n{H}\r\n", [414]),
        WireProbe("a long method", "{long} / HTTP/1.1\r\n{H}\r\n", [400, 414]),
        WireProbe("a head of TLS", "\u{16}\u{3}\u{1}\u{2}\r\n\r\n{next}", [400]),
        WireProbe("nothing but NULs", String(repeating: "\u{0}", count: 100), [400]),
    ]

    private static let forms = [
        get("an absolute target", "http://b.example/v1/movies?limit=1", [200, 404]),
        get("an absolute target of another scheme", "ftp://b.example/v1/movies", [200, 400, 404]),
        get("an authority", "b.example:80", [400, 404]), get("an asterisk", "*", [400, 404]),
        get("no slash", "v1/movies", [400, 404]), get("a fragment", "/v1/movies#a", [200, 400]),
        get("a user", "http://u:p@b.example/v1/movies?limit=1", [200, 400, 404]),
        get("a broken escape", "/v1/movies/%", [400, 404]), get("no digits", "/v1/movies/%zz", [400, 404]),
        get("an escaped NUL", "/v1/movies/%00", [400, 404]), get("an overlong slash", "/v1/movies/%c0%af", [400, 404]),
        get("an escaped line end", "/v1/movies/%0d%0aX:%20y", [400, 404]),
        get("a path upwards", "/../../etc/passwd", [400, 404]),
        get("the same, escaped", "/%2e%2e/%2e%2e/etc", [400, 404]),
        get("a backslash", "/v1\\movies", [400, 404]), get("brackets", "/v1/movies/[]{}<>\"^`|", [400, 404]),
    ]

    private static let versions = [
        WireProbe("HTTP/0.9", "GET /v1/movies\r\n", [400], at: .services),
        WireProbe(
            "HTTP/1.0 with chunks", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{next}",
            [400, 404, 501]),
        WireProbe("HTTP/1.0", "GET /v1/movies?limit=1 HTTP/1.0\r\n\r\n{next}", [200, 404]),
        WireProbe("HTTP/2's preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", [400, 405, 505]),
        WireProbe("a version to come", "GET / HTTP/3.0\r\n{H}\r\n{next}", [400, 505]),
        WireProbe("no version of HTTP", "GET / XTTP/1.1\r\n{H}\r\n{next}", [400]),
    ]

    private static let chunks =
        ["-5", "xyz", "10000000000000000", "FFFFFFFFFFFFFFFF", "", "5\r5"].map { chunk($0, [400, 413]) }
        // An extension, which nginx passes over, and what strtoll takes besides digits: the service then says 404, and the
        // gateway's service that this is no JSON.
        + ["5;", "0x5", "+5"].map { chunk($0, [400, 404, 413, 415]) }

    private static func chunk(_ size: String, _ statuses: Set<Int>) -> WireProbe {
        let body = "\(size)\r\nhello\r\n0\r\n\r\n"
        return post(
            "a chunk of \(size.debugDescription)", "Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n\(body)",
            statuses)
    }

    private static let methods = [
        "CONNECT a:80", "TRACE /v1/movies", "BREW /v1/movies", "get /v1/movies", "PRI *", "G\u{7}T /",
    ].map {
        WireProbe($0, "\($0) HTTP/1.1\r\n{H}Connection: close\r\n\r\n", [400, 404, 405, 501])
    }

    /// Nothing but services and the gateway itself know how large is too large: they agree on what is far beyond.
    private static let lengths = [
        post("a body too long", "Content-Length: 9000000\r\n\r\n{long}", [413]),
        post("a chunk too long", "Transfer-Encoding: chunked\r\n\r\n895440\r\n{long}", [413]),
        post("the same, waiting to be asked for", "Expect: 100-continue\r\nContent-Length: 9000000\r\n\r\n", [413]),
    ]
}
