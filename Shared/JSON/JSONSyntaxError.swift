/// Why a text is not JSON, and where. Never holds any of the text.
public struct JSONSyntaxError: Error, Sendable, Equatable, CustomStringConvertible {
    public enum Reason: Sendable, Equatable {
        /// Nothing but white space.
        case empty
        /// RFC 8259 §8.1 forbids to send one.
        case byteOrderMark
        case invalidUTF8
        case malformed
        /// The text ends inside a value.
        case truncated
        case trailingContent
        /// More than ``JSONValue/maximumDepth`` arrays and objects in one another.
        case tooDeep
    }

    public let reason: Reason
    /// Both from 1; the column counts code points.
    public let line: Int
    public let column: Int

    public init(reason: Reason, line: Int, column: Int) {
        self.reason = reason
        self.line = line
        self.column = column
    }

    public var description: String {
        switch reason {
        case .empty: "There is no JSON value."
        case .byteOrderMark: "JSON must not begin with a byte order mark."
        case .invalidUTF8: "The text is not valid UTF-8 (line \(line), column \(column))."
        case .malformed: "The text is not valid JSON (line \(line), column \(column))."
        case .truncated: "The JSON value is incomplete (line \(line), column \(column))."
        case .trailingContent: "There is more after the JSON value (line \(line), column \(column))."
        case .tooDeep:
            "JSON may be nested \(JSONValue.maximumDepth) levels deep at most (line \(line), column \(column))."
        }
    }
}
