/// On which lines the sessions of a JSON file are, and their columns: libjansson does not say. Only for a text that it has
/// read, with a list of `sessions` in an object; a name that is written with escapes is not recognised.
struct ProgrammeLines {
    struct Item {
        /// Where it begins.
        let line: Int
        /// Where the names are of the columns that it has.
        var columns: [ProgrammeColumn: Int] = [:]
    }

    private(set) var items: [Item] = []
    private var line = 1
    /// What stands around the position: the name of a member, nil in a list, empty in an object before the first one.
    private var path: [String?] = []

    init(_ text: [UInt8]) {
        var position = 0
        while position < text.count {
            let byte = text[position]
            let end = byte == UInt8(ascii: "\"") ? Self.endOfString(text, from: position) : position + 1
            switch byte {
            case 0x0A: line += 1
            case 0x20, 0x09, 0x0D, UInt8(ascii: ":"), UInt8(ascii: ","): break
            case UInt8(ascii: "]"), UInt8(ascii: "}"): _ = path.popLast()
            case UInt8(ascii: "\"") where path.last != .some(nil) && Self.isName(text, endingAt: end):
                enter(String(decoding: text[position + 1..<end - 1], as: UTF8.self))
            default:
                begin(byte)
                if byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "[") && byte != UInt8(ascii: "{") {
                    position = Self.endOfWord(text, from: position)
                    continue
                }
            }
            position = end
        }
    }

    /// The member of that name.
    private mutating func enter(_ name: String) {
        path[path.count - 1] = name
        // Of equal names the last counts.
        if path == ["sessions"] { items = [] }
        guard path.starts(with: ["sessions", nil]), !items.isEmpty else { return }
        let column: ProgrammeColumn? =
            switch path.dropFirst(2) {
            case [name]: name == "price" ? .priceAmount : ProgrammeColumn(rawValue: name)
            case ["price", name]: ProgrammeColumn(rawValue: "price_\(name)")
            default: nil
            }
        if let column { items[items.count - 1].columns[column] = line }
    }

    /// A value.
    private mutating func begin(_ byte: UInt8) {
        if path == ["sessions", nil] { items.append(Item(line: line)) }
        if byte == UInt8(ascii: "{") { path.append("") }
        if byte == UInt8(ascii: "[") { path.append(nil) }
    }

    /// Past the closing quote.
    private static func endOfString(_ text: [UInt8], from start: Int) -> Int {
        var position = start + 1
        while position < text.count, text[position] != UInt8(ascii: "\"") {
            position += text[position] == UInt8(ascii: "\\") ? 2 : 1
        }
        return min(position + 1, text.count)
    }

    /// Past a number, true, false or null.
    private static func endOfWord(_ text: [UInt8], from start: Int) -> Int {
        text[start...].firstIndex { " \t\r\n,]}".utf8.contains($0) } ?? text.count
    }

    /// Whether a colon follows.
    private static func isName(_ text: [UInt8], endingAt end: Int) -> Bool {
        text[end...].first { !" \t\r\n".utf8.contains($0) } == UInt8(ascii: ":")
    }
}
