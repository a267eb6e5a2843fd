import Synchronization

/// What ties together all that is done for one request: its id and its place in a W3C trace
/// (https://www.w3.org/TR/trace-context/). Passed on to every neighbour, returned to the client, logged.
public struct TraceContext: Sendable, Equatable {
    public let requestID: String
    /// 32 lower-case hexadecimal digits.
    public let traceID: String
    /// 16 lower-case hexadecimal digits: this service's own span.
    public let spanID: String
    let flags: String

    /// Takes over what the caller sent and makes what it did not. A request id of an unusual shape (more than 128
    /// characters, or others than letters, digits and `._:-`) and an unreadable `traceparent` are replaced.
    public init(requestID: String? = nil, traceparent: String? = nil) {
        let parent = traceparent.flatMap(Self.parse)
        traceID = parent?.traceID ?? hexadecimal(IDSource.next(), IDSource.next())
        flags = parent?.flags ?? "01"
        spanID = hexadecimal(IDSource.next())
        self.requestID = requestID.flatMap { Self.isUsable($0) ? $0 : nil } ?? traceID
    }

    /// The `traceparent` for a neighbour, whose parent is this span.
    public var traceparent: String { "00-\(traceID)-\(spanID)-\(flags)" }

    private static func isUsable(_ requestID: String) -> Bool {
        let bytes = requestID.utf8
        return (1...128).contains(bytes.count)
            && bytes.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: ":"),
                    UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }

    private static func parse(_ traceparent: String) -> (traceID: String, flags: String)? {
        let parts = traceparent.split(separator: "-", omittingEmptySubsequences: false)
        // A later version may append parts; version 00 has exactly four, and version ff is not allowed.
        guard parts.count >= 4, isHexadecimal(parts[0], 2), parts[0] != "ff", parts[0] != "00" || parts.count == 4,
            isHexadecimal(parts[1], 32), parts[1].contains(where: { $0 != "0" }), isHexadecimal(parts[2], 16),
            parts[2].contains(where: { $0 != "0" }), isHexadecimal(parts[3], 2)
        else { return nil }
        return (String(parts[1]), String(parts[3]))
    }

    private static func isHexadecimal(_ text: Substring, _ length: Int) -> Bool {
        text.utf8.count == length
            && text.utf8.allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
    }
}

private func hexadecimal(_ numbers: UInt64...) -> String {
    String(unsafeUninitializedCapacity: numbers.count * 16) { digits in
        for (position, number) in numbers.enumerated() {
            for digit in 0..<16 {
                let value = UInt8(truncatingIfNeeded: number >> UInt64(60 - digit * 4)) & 0xF
                digits[position * 16 + digit] = value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") - 10 + value
            }
        }
        return digits.count
    }
}

/// Ids that do not repeat, in this process or among others, and that are no secret: a call of the system for each of
/// them, as its random generator takes, would be a good part of a short request's time.
private enum IDSource {
    private static let start = UInt64.random(in: .min ... .max)
    private static let count = Atomic<UInt64>(0)

    /// SplitMix64, whose every step is a bijection: 2^64 ids before one comes back. 0, which the trace context does not
    /// allow, is passed over.
    static func next() -> UInt64 {
        var mixed = start &+ count.wrappingAdd(1, ordering: .relaxed).newValue &* 0x9E37_79B9_7F4A_7C15
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        mixed ^= mixed >> 31
        return mixed == 0 ? next() : mixed
    }
}
