/// A body as forms are sent: `application/x-www-form-urlencoded`
/// (https://url.spec.whatwg.org/#application/x-www-form-urlencoded).
public enum FormBody {
    public static let contentType = "application/x-www-form-urlencoded"

    /// - Parameter fields: names and values as they are; they are percent-encoded here.
    public static func bytes(_ fields: [(String, String)]) -> [UInt8] {
        let pairs = fields.map { RequestTarget.encoded($0.0) + "=" + RequestTarget.encoded($0.1) }
        return Array(pairs.joined(separator: "&").utf8)
    }
}

/// Header fields that a caller adds to a request.
enum HeaderLine {
    /// - Throws: `invalidRequest` for a name that is none, and for a value that could end its line.
    static func make(_ fields: [(String, String)]) throws(HTTPClientError) -> [String] {
        var lines: [String] = []
        for (name, value) in fields {
            guard !name.isEmpty, name.utf8.allSatisfy(isNameByte), !value.isEmpty,
                value.utf8.allSatisfy({ (0x20...0x7E).contains($0) })
            else { throw .invalidRequest(reason: "a header field must be a name and visible ASCII") }
            lines.append("\(name): \(value)")
        }
        return lines
    }

    /// Letters, digits and hyphens: fewer than RFC 9110 §5.1 takes, and all that anybody uses.
    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
            true
        default: false
        }
    }
}
