import Text

/// The parameters of a query string (`application/x-www-form-urlencoded`), decoded.
public struct Query: Sendable {
    public static let maximumCount = 64

    public private(set) var parameters: [(name: String, value: String)] = []

    /// - Parameter raw: what follows the `?`, as it came; nil and empty have no parameters.
    /// - Throws: `invalid_query` for a broken percent-encoding, for what is not UTF-8, for control characters and for
    ///   more than ``maximumCount`` parameters.
    public init(parsing raw: String?) throws(Fault) {
        guard let raw else { return }
        for pair in raw.utf8.split(separator: UInt8(ascii: "&")) {
            guard parameters.count < Query.maximumCount else {
                throw Query.fault("The query has more than \(Query.maximumCount) parameters.")
            }
            let equals = pair.firstIndex(of: UInt8(ascii: "=")) ?? pair.endIndex
            let name = try Query.decode(pair[..<equals])
            let value = try Query.decode(pair[equals...].dropFirst())
            parameters.append((name, value))
        }
    }

    /// The last value under that name: empty for `a=` and `a`, nil without one.
    public subscript(name: String) -> String? {
        parameters.last { $0.name == name }?.value
    }

    /// Every value under that name, in the order they came.
    public func all(_ name: String) -> [String] {
        parameters.filter { $0.name == name }.map(\.value)
    }

    private static func decode(_ encoded: Substring.UTF8View) throws(Fault) -> String {
        // As nearly everything is.
        if encoded.allSatisfy(isPlain) { return String(Substring(encoded)) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(encoded.count)
        var rest = encoded
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "+"): bytes.append(UInt8(ascii: " "))
            case UInt8(ascii: "%"):
                guard let high = rest.popFirst().flatMap(hexDigit), let low = rest.popFirst().flatMap(hexDigit) else {
                    throw fault("The query has a broken percent-encoding.")
                }
                bytes.append(high << 4 | low)
            default: bytes.append(byte)
            }
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw fault("The query is not valid UTF-8.")
        }
        guard !text.hasControlCharacters() else { throw fault("The query holds control characters.") }
        return text
    }

    /// Visible ASCII that stands for itself.
    private static func isPlain(_ byte: UInt8) -> Bool {
        (0x21...0x7E).contains(byte) && byte != UInt8(ascii: "+") && byte != UInt8(ascii: "%")
    }

    private static func hexDigit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        default: nil
        }
    }

    private static func fault(_ message: String) -> Fault { Fault(code: "invalid_query", message: message) }
}
