/// Collects an answer's header lines as libcurl hands them over: every answer's, the interim ones' (1xx) and the
/// trailer's too, of which only the final answer's own fields count.
struct AnswerHeader {
    private(set) var fields: [(name: String, value: String)] = []
    private(set) var byteCount = 0
    private var isComplete = false

    mutating func take(_ line: UnsafeRawBufferPointer) {
        byteCount += line.count
        let text = trimmed(line[...])
        if line.starts(with: "HTTP/".utf8) {
            fields = []
            isComplete = false
        } else if text.isEmpty {
            isComplete = true
        } else if !isComplete, let colon = text.firstIndex(of: UInt8(ascii: ":")) {
            let name = String(decoding: text[..<colon], as: UTF8.self).lowercased()
            let value = String(decoding: trimmed(text[text.index(after: colon)...]), as: UTF8.self)
            fields.append((name, value))
        }
    }

    private func trimmed(_ bytes: Slice<UnsafeRawBufferPointer>) -> Slice<UnsafeRawBufferPointer> {
        let isSpace: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D || $0 == 0x0A }
        guard let first = bytes.firstIndex(where: { !isSpace($0) }), let last = bytes.lastIndex(where: { !isSpace($0) })
        else { return bytes.prefix(0) }
        return bytes[first...last]
    }
}
