import Auth
import CXXHash
import HTTPServer
import JSON

/// What a handler answers.
public struct Response: Sendable {
    public let status: Int
    public var headers: [(String, String)]
    public let body: [UInt8]
    /// A strong entity tag (RFC 9110, 8.8.3), quotes included.
    public private(set) var entityTag: String?

    public init(status: Int, headers: [(String, String)] = [], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    public static let noContent = Response(status: 204)

    /// Whether a use case decided it, so that a repeated request is answered with it again. What says when to come back
    /// (`Retry-After`) is no decision, whatever its status.
    var isDecision: Bool {
        ((200..<300).contains(status) || status == 404 || status == 409)
            && !headers.contains { $0.0 == APIError.retryAfter }
    }

    /// A JSON object; `members` writes its members.
    public static func json<E: Error>(
        _ status: Int = 200, _ members: (inout JSONWriter) throws(E) -> Void
    ) throws(E) -> Response {
        var json = JSONWriter(reserving: 4096)
        try json.object(members)
        return Response(status: status, json: json.bytes)
    }

    public init(status: Int, json: [UInt8]) {
        self.init(status: status, headers: [("Content-Type", "application/json")], body: json)
    }

    /// The same answer with an entity tag of its bytes, so that a client which has them is told so with a 304.
    public func tagged() -> Response {
        // 128 bits that differ with the bytes, and are the same in every process: nobody gains by two answers of ours with
        // one tag, so no cryptographic hash is asked for.
        var digest = XXH128_canonical_t()
        XXH128_canonicalFromHash(&digest, XXH3_128bits(body, body.count))
        var copy = self
        let tag = "\"\(Base64URL.encode(withUnsafeBytes(of: digest) { Array($0) }))\""
        copy.entityTag = tag
        copy.headers.append(("ETag", tag))
        return copy
    }

    /// RFC 9110, 13.1.2: compared weakly, since the gateway makes a tag weak when it compresses.
    func matches(ifNoneMatch header: String) -> Bool {
        guard let entityTag else { return false }
        return header == "*"
            || header.split(separator: ",").contains { candidate in
                let trimmed = candidate.drop { $0 == " " || $0 == "\t" }
                let opaque = trimmed.hasPrefix("W/") ? trimmed.dropFirst(2) : trimmed
                return opaque.prefix { $0 != " " && $0 != "\t" } == entityTag
            }
    }

    /// As the HTTP server sends it.
    public var http: HTTPResponse { HTTPResponse(status: status, headers: headers, body: .bytes(body)) }
}
