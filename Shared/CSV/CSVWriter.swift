/// Writes a table as RFC 4180 has it: UTF-8, commas, CRLF, quotation marks where they are needed.
public struct CSVWriter: Sendable {
    public private(set) var bytes: [UInt8] = []

    public init() {}

    public mutating func append(_ fields: [String]) {
        for (index, field) in fields.enumerated() {
            if index > 0 { bytes.append(.comma) }
            append(field)
        }
        bytes += [.carriageReturn, .lineFeed]
    }

    /// What another program could take for a separator, or leave out, is quoted too.
    private mutating func append(_ field: String) {
        let needsQuotes = field.utf8.contains {
            [.quote, .comma, .semicolon, .tab, .lineFeed, .carriageReturn].contains($0)
        }
        guard needsQuotes || field.utf8.first == UInt8(ascii: " ") || field.utf8.last == UInt8(ascii: " ") else {
            bytes += field.utf8
            return
        }
        bytes.append(.quote)
        for byte in field.utf8 {
            if byte == .quote { bytes.append(.quote) }
            bytes.append(byte)
        }
        bytes.append(.quote)
    }
}
