import CEvent
import Glibc

/// One request, whole: the handler is called when its last byte has come. It belongs to its loop and does not leave it;
/// what must travel is copied out.
public final class HTTPRequest {
    public let method: HTTPMethod
    /// As on the request line, in one of RFC 9112's forms.
    public let target: String
    /// The path, percent-encoded as it came; `/` at least. `*` for the server itself.
    public let path: String
    /// What follows the first `?`, as it came; nil without one.
    public let query: String?
    public let body: [UInt8]
    /// When its first byte was read, in nanoseconds of the monotonic clock.
    public let arrived: UInt64
    private let headerFields: Int
    /// Nil once it is answered, or its connection is gone.
    private(set) var raw: UnsafeMutablePointer<evhttp_request>?

    init(_ raw: UnsafeMutablePointer<evhttp_request>, headerFields: Int, arrived: UInt64) {
        self.raw = raw
        self.headerFields = headerFields
        self.arrived = arrived
        method = HTTPMethod(raw.pointee.type)
        target = raw.pointee.uri.map { String(cString: $0) } ?? ""
        (path, query) = Self.split(target)
        body = Self.bytes(of: raw.pointee.input_buffer)
    }

    /// A request that came over no connection, as evhttp would have read it: for simulations. Nil without memory, or for
    /// a header that cannot be.
    ///
    /// - Parameter body: runs with the request, which is gone after it.
    package static func with<T>(
        _ method: HTTPMethod, _ target: String, headers: [(name: String, value: String)], body bytes: [UInt8],
        _ body: (HTTPRequest) async -> T
    ) async -> T? {
        guard let raw = evhttp_request_new(nil, nil) else { return nil }
        defer { evhttp_request_free(raw) }
        raw.pointee.type = method.type
        raw.pointee.uri = strdup(target)
        for (name, value) in headers where evhttp_add_header(raw.pointee.input_headers, name, value) != 0 { return nil }
        evbuffer_add(raw.pointee.input_buffer, bytes, bytes.count)
        let request = HTTPRequest(raw, headerFields: headers.count, arrived: 0)
        defer { request.detach() }
        return await body(request)
    }

    func detach() { raw = nil }

    /// The client's address, numeric; empty once the connection is gone.
    public var remoteAddress: String {
        raw?.pointee.remote_host.map { String(cString: $0) } ?? ""
    }

    /// The first field of that name, whatever its case; nil without one, and once the request is answered.
    public func header(_ name: String) -> String? {
        guard let raw else { return nil }
        return name.withCString { name in
            var next = raw.pointee.input_headers?.pointee.tqh_first
            // Trailers stand after the header fields in the same list; RFC 9110, section 6.5.1, forbids to merge them.
            for _ in 0..<headerFields {
                guard let field = next else { return nil }
                if strcasecmp(field.pointee.key, name) == 0 { return String(cString: field.pointee.value) }
                next = field.pointee.next.tqe_next
            }
            return nil
        }
    }

    /// Every header field, in the order they came; none once the request is answered.
    public var headers: [(name: String, value: String)] {
        guard let raw else { return [] }
        var all: [(name: String, value: String)] = []
        forEachHeader(of: raw, limit: headerFields) { all.append((String(cString: $0), String(cString: $1))) }
        return all
    }

    /// Takes the authority off an absolute target, which every server must accept (RFC 9112, section 3.2.2).
    static func split(_ target: String) -> (path: String, query: String?) {
        var rest = target[...]
        if !target.hasPrefix("/"), let scheme = target.firstRange(of: "://") {
            rest = target[scheme.upperBound...]
            rest = rest[(rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex)...]
        }
        let mark = rest.utf8.firstIndex(of: 0x3F)
        let path = rest[..<(mark ?? rest.endIndex)]
        return (path.isEmpty ? "/" : String(path), mark.map { String(rest[rest.utf8.index(after: $0)...]) })
    }

    private static func bytes(of buffer: OpaquePointer?) -> [UInt8] {
        let count = buffer.map { evbuffer_get_length($0) } ?? 0
        guard count > 0 else { return [] }
        return [UInt8](unsafeUninitializedCapacity: count) { memory, initialized in
            initialized = max(0, Int(evbuffer_copyout(buffer, memory.baseAddress, count)))
        }
    }
}

extension HTTPMethod {
    fileprivate var type: evhttp_cmd_type {
        switch self {
        case .get: EVHTTP_REQ_GET
        case .head: EVHTTP_REQ_HEAD
        case .post: EVHTTP_REQ_POST
        case .put: EVHTTP_REQ_PUT
        case .patch: EVHTTP_REQ_PATCH
        case .delete: EVHTTP_REQ_DELETE
        case .options: EVHTTP_REQ_OPTIONS
        case .other: EVHTTP_REQ_TRACE
        }
    }

    init(_ type: evhttp_cmd_type) {
        self =
            switch type {
            case EVHTTP_REQ_GET: .get
            case EVHTTP_REQ_HEAD: .head
            case EVHTTP_REQ_POST: .post
            case EVHTTP_REQ_PUT: .put
            case EVHTTP_REQ_PATCH: .patch
            case EVHTTP_REQ_DELETE: .delete
            case EVHTTP_REQ_OPTIONS: .options
            default: .other
            }
    }
}
