/// What may stand in the first line of a request (RFC 3986, RFC 9112 §3.2).
package enum RequestTarget {
    /// - Throws: `invalidRequest` for a path that is not one already: it is refused, not repaired, because what it
    ///   would be repaired to is a guess, and a line break in it would be another request.
    package static func make(path: String, query: [(String, String)]) throws(HTTPClientError) -> String {
        guard path.utf8.first == UInt8(ascii: "/"), path.utf8.allSatisfy(isPathByte), hasWholeEscapes(path) else {
            throw .invalidRequest(reason: "the path must be absolute and percent-encoded")
        }
        // An id that reads ".." must not choose another resource.
        guard !path.split(separator: "/").contains(where: { isDotSegment($0) }) else {
            throw .invalidRequest(reason: "the path must not have dot segments")
        }
        guard !query.isEmpty else { return path }
        return path + "?" + query.map { encoded($0.0) + "=" + encoded($0.1) }.joined(separator: "&")
    }

    /// Scheme, host and perhaps a port; no user, path, query or fragment.
    package static func isBaseURL(_ text: String) -> Bool {
        guard let scheme = ["http://", "https://"].first(where: text.hasPrefix) else { return false }
        let authority = text.utf8.dropFirst(scheme.utf8.count)
        return !authority.isEmpty
            && authority.allSatisfy { byte in
                isAlphanumeric(byte) || "-.:[]".utf8.contains(byte)
            }
    }

    /// Every byte but RFC 3986's unreserved ones as `%XX`.
    package static func encoded(_ text: String) -> String {
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            if isUnreserved(byte) {
                bytes.append(byte)
            } else {
                bytes += [UInt8(ascii: "%"), hexadecimal(byte >> 4), hexadecimal(byte & 0xF)]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func hexadecimal(_ digit: UInt8) -> UInt8 {
        digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "A") + digit - 10
    }

    private static func isPathByte(_ byte: UInt8) -> Bool {
        isUnreserved(byte) || "/%!$&'()*+,;=:@".utf8.contains(byte)
    }

    private static func hasWholeEscapes(_ path: String) -> Bool {
        path.split(separator: "%", omittingEmptySubsequences: false).dropFirst().allSatisfy { part in
            part.utf8.count >= 2 && part.utf8.prefix(2).allSatisfy(isHexadecimal)
        }
    }

    private static func isDotSegment(_ segment: Substring) -> Bool {
        let plain = segment.lowercased().replacing("%2e", with: ".")
        return plain == "." || plain == ".."
    }

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        isAlphanumeric(byte) || "-._~".utf8.contains(byte)
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"):
            true
        default: false
        }
    }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "F"),
            UInt8(ascii: "a")...UInt8(ascii: "f"):
            true
        default: false
        }
    }
}
