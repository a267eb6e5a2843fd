/// What an identifier identifies, told apart by the compiler and by the three letters in front of its number.
public protocol IDTag: Sendable {
    /// Three lower-case ASCII letters.
    static var prefix: StaticString { get }
}

/// A public identifier in the Stripe style, `mov_7265412058882048`: a prefix of three letters and a positive 63-bit
/// number in decimal, without leading zeros.
public struct TypedID<Tag: IDTag>: RawRepresentable, Hashable, Comparable, Sendable, LosslessStringConvertible {
    public let rawValue: Int64

    /// Takes what a database holds; text from outside goes through `init(_:)`.
    public init(rawValue: Int64) { self.rawValue = rawValue }

    /// Nil for another prefix, a sign, a leading zero, or a number that 63 bits cannot hold.
    public init?(_ text: String) {
        var rest = Substring(text).utf8
        let prefix = Tag.prefix.withUTF8Buffer { Array($0) }
        guard rest.starts(with: prefix) else { return nil }
        rest.removeFirst(prefix.count)
        guard rest.popFirst() == UInt8(ascii: "_"), let first = rest.first,
            (UInt8(ascii: "1")...UInt8(ascii: "9")).contains(first)
        else { return nil }
        var value: Int64 = 0
        for byte in rest {
            guard (48...57).contains(byte) else { return nil }
            let (shifted, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, carried) = shifted.addingReportingOverflow(Int64(byte) - 48)
            guard !overflow, !carried else { return nil }
            value = sum
        }
        rawValue = value
    }

    public var description: String { "\(Tag.prefix)_\(rawValue)" }

    public static func < (left: TypedID, right: TypedID) -> Bool { left.rawValue < right.rawValue }
}
