import CEvent
import Glibc

/// What RFC 9112 asks of a head that evhttp does not check, and what the answer has to know of it.
struct HeadCheck {
    /// The status that refuses the request, or nil.
    private(set) var refusal: Int?
    /// The connection cannot carry another request after this one.
    private(set) var closes = false
    private var hosts = 0
    private var lengths = 0
    private var encodings = 0
    private var expectsMore = false

    init(_ request: UnsafeMutablePointer<evhttp_request>, headerFields: Int) {
        guard request.pointee.major == 1 else {
            refusal = 505
            return
        }
        forEachHeader(of: request, limit: headerFields) { name, value in
            if !Self.isToken(name) { refusal = 400 }
            note(name, value)
        }
        let isOld = request.pointee.minor == 0
        if hosts > 1 || (hosts == 0 && !isOld) || lengths > 1 { refusal = 400 }
        if encodings > 0, encodings > 1 || lengths > 0 || isOld { refusal = 400 }
        // RFC 9110, section 10.1.1: HTTP/1.0 knows no expectations.
        if expectsMore, !isOld, refusal == nil { refusal = 417 }
        // A tunnel is nobody's here, and evhttp would keep the connection open for it.
        if request.pointee.type == EVHTTP_REQ_CONNECT { refusal = 400 }
        guard let target = request.pointee.uri, Self.isTarget(target) else {
            refusal = 400
            return
        }
        // evhttp does not read the body of these; what follows the head is then no request.
        let ignoresBody =
            request.pointee.type != EVHTTP_REQ_GET && !Self.withBody.contains(request.pointee.type.rawValue)
        if ignoresBody, lengths + encodings > 0 { closes = true }
    }

    private static let withBody: Set<UInt32> = [
        EVHTTP_REQ_POST.rawValue, EVHTTP_REQ_PUT.rawValue, EVHTTP_REQ_PATCH.rawValue, EVHTTP_REQ_DELETE.rawValue,
        EVHTTP_REQ_OPTIONS.rawValue,
    ]

    private mutating func note(_ name: UnsafePointer<CChar>, _ value: UnsafePointer<CChar>) {
        switch name[0] | 0x20 {
        case 0x68 where strcasecmp(name, "host") == 0:
            hosts += 1
            if strpbrk(value, " \t,/?#@\\") != nil { refusal = 400 }
        case 0x63 where strcasecmp(name, "content-length") == 0:
            lengths += 1
            // strtoll, which evhttp reads it with, takes a sign and white space.
            if value[0] == 0 || strspn(value, "0123456789") != strlen(value) { refusal = 400 }
        case 0x63 where strcasecmp(name, "connection") == 0:
            if Self.list(value, names: "close") { closes = true }
        case 0x74 where strcasecmp(name, "transfer-encoding") == 0:
            encodings += 1
            // Whatever else it says, evhttp has read no body by it (RFC 9112, section 6.1).
            if strcasecmp(value, "chunked") != 0 { refusal = 501 }
        case 0x65 where strcasecmp(name, "expect") == 0:
            if strcasecmp(value, "100-continue") != 0 { expectsMore = true }
        default:
            break
        }
    }

    /// RFC 9110, section 5.6.2. The space before a colon that hides a field from the next reader is no token.
    private static func isToken(_ name: UnsafePointer<CChar>) -> Bool {
        let tokens = "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
        return name[0] != 0 && strspn(name, tokens) == strlen(name)
    }

    /// Visible ASCII without a fragment (RFC 9112, section 3.2).
    private static func isTarget(_ target: UnsafePointer<CChar>) -> Bool {
        var next = target
        while next.pointee != 0 {
            guard (0x21...0x7E).contains(next.pointee), next.pointee != 0x23 else { return false }
            next += 1
        }
        return next != target
    }

    private static func list(_ value: UnsafePointer<CChar>, names option: String) -> Bool {
        String(cString: value).split(separator: ",").contains { item in
            item.trimmingPrefix { $0 == " " || $0 == "\t" }.prefix { $0 != " " && $0 != "\t" }.lowercased() == option
        }
    }
}

/// Calls `body` with the first `limit` header fields, in the order they came.
func forEachHeader(
    of request: UnsafeMutablePointer<evhttp_request>, limit: Int,
    _ body: (UnsafePointer<CChar>, UnsafePointer<CChar>) -> Void
) {
    var next = request.pointee.input_headers?.pointee.tqh_first
    var left = limit
    while let field = next, left > 0 {
        if let name = field.pointee.key, let value = field.pointee.value { body(name, value) }
        next = field.pointee.next.tqe_next
        left -= 1
    }
}
