/// A table as RFC 4180 writes it, read to its end whatever is wrong with some of its records: each fault has its line.
///
///     let text = CSVText(bytes)
///     for record in text.records { … record.fields … }
///
/// Besides what the RFC has, any line end is taken (CRLF, LF, CR), and a byte order mark is passed over. The separator is
/// the first comma, semicolon or tab of the first line: names of columns have none of them. Lines without anything
/// but separators are no records.
public struct CSVText: Sendable {
    public struct Record: Sendable, Equatable {
        /// Where it begins, from 1.
        public let line: Int
        public let fields: [String]
    }

    public struct Fault: Sendable, Equatable {
        public enum Reason: Sendable {
            /// A quotation mark within a field that does not begin with one.
            case strayQuote
            /// Something between a closing quotation mark and the next separator.
            case textAfterQuote
            /// A field that begins with a quotation mark, and does not end.
            case openQuote
            case notUTF8
        }

        /// Of the record, from 1.
        public let line: Int
        public let reason: Reason
    }

    public private(set) var records: [Record] = []
    public private(set) var faults: [Fault] = []
    public let separator: UInt8

    /// The caller bounds the size.
    public init(_ bytes: [UInt8]) {
        let body = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...]
        separator = Self.separator(of: body)
        var scan = RecordScan(rest: body, separator: separator)
        while let (line, result) = scan.next() {
            switch result {
            case .success(let fields):
                let texts = fields.compactMap { String(validating: $0, as: UTF8.self) }
                if texts.count < fields.count {
                    faults.append(Fault(line: line, reason: .notUTF8))
                } else if texts.contains(where: { !$0.isEmpty }) {
                    records.append(Record(line: line, fields: texts))
                }
            case .failure(let broken): faults.append(Fault(line: line, reason: broken.reason))
            }
        }
    }

    private static func separator(of text: ArraySlice<UInt8>) -> UInt8 {
        var isQuoted = false
        for byte in text.drop(while: \.endsLine) {
            switch byte {
            case .quote: isQuoted.toggle()
            case .comma where !isQuoted, .semicolon where !isQuoted, .tab where !isQuoted: return byte
            case .lineFeed where !isQuoted, .carriageReturn where !isQuoted: return .comma
            default: break
            }
        }
        return .comma
    }
}

/// Goes over a text record by record, and counts its lines.
private struct RecordScan {
    struct Broken: Error { let reason: CSVText.Fault.Reason }

    var rest: ArraySlice<UInt8>
    let separator: UInt8
    private var line = 1

    init(rest: ArraySlice<UInt8>, separator: UInt8) {
        self.rest = rest
        self.separator = separator
    }

    /// The fields of the next record and the line that it begins in. One that is broken ends with its line.
    mutating func next() -> (Int, Result<[[UInt8]], Broken>)? {
        guard !rest.isEmpty else { return nil }
        let first = line
        var fields: [[UInt8]] = []
        do throws(Broken) {
            repeat { fields.append(try field()) } while skip(separator)
            endLine()
            return (first, .success(fields))
        } catch {
            while let byte = rest.first, !byte.endsLine { rest.removeFirst() }
            endLine()
            return (first, .failure(error))
        }
    }

    private mutating func field() throws(Broken) -> [UInt8] {
        if rest.first == .quote { return try quoted() }
        let end = rest.firstIndex { $0 == separator || $0.endsLine || $0 == .quote } ?? rest.endIndex
        if end < rest.endIndex, rest[end] == .quote { throw Broken(reason: .strayQuote) }
        defer { rest = rest[end...] }
        return Array(rest[..<end])
    }

    /// Two marks within are one.
    private mutating func quoted() throws(Broken) -> [UInt8] {
        var field: [UInt8] = []
        rest.removeFirst()
        while let byte = rest.popFirst() {
            if byte == .quote, !skip(.quote) {
                guard rest.first.map({ $0 == separator || $0.endsLine }) ?? true else {
                    throw Broken(reason: .textAfterQuote)
                }
                return field
            }
            if byte == .lineFeed || byte == .carriageReturn && rest.first != .lineFeed { line += 1 }
            field.append(byte)
        }
        throw Broken(reason: .openQuote)
    }

    private mutating func skip(_ byte: UInt8) -> Bool {
        guard rest.first == byte else { return false }
        rest.removeFirst()
        return true
    }

    private mutating func endLine() {
        guard !rest.isEmpty else { return }
        if skip(.carriageReturn) { _ = skip(.lineFeed) } else { _ = skip(.lineFeed) }
        line += 1
    }
}

extension UInt8 {
    static let quote = UInt8(ascii: "\"")
    static let comma = UInt8(ascii: ",")
    static let semicolon = UInt8(ascii: ";")
    static let tab = UInt8(ascii: "\t")
    static let lineFeed = UInt8(ascii: "\n")
    static let carriageReturn = UInt8(ascii: "\r")

    fileprivate var endsLine: Bool { self == .lineFeed || self == .carriageReturn }
}
