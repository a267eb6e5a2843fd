/// An HTTP/1.1 answer with a `Content-Length`, which every answer of ours has, or without a body.
struct Answer {
    private(set) var status = 0
    private(set) var closes = false
    /// Whether it says when to come back.
    private(set) var saysWhen = false
    /// The first `"id":"…"` of the body, which the next step of a flow is about.
    private(set) var id = ""
    /// The first `"code":"…"` of a refusal's body.
    private(set) var code = ""

    /// Nil while there is not all of it; throws for what is no answer.
    init?(_ bytes: [UInt8]) throws(Failure) {
        var length = 0
        var start = 0
        while let end = bytes[start...].firstIndex(of: 0x0A) {
            let line = bytes[start..<max(start, end - 1)]
            if start == 0 {
                status = try Self.number(line.dropFirst(9).prefix(3))
            } else if line.isEmpty {
                guard bytes.count > end + length else { return nil }
                id = Self.first(#""id":""#, in: bytes[(end + 1)...])
                if status >= 400 { code = Self.first(#""code":""#, in: bytes[(end + 1)...]) }
                return
            } else if Self.line(line, begins: "content-length:") {
                length = try Self.number(line.dropFirst(15))
            } else if Self.line(line, begins: "retry-after:") {
                saysWhen = true
            } else if Self.line(line, begins: "connection: close") {
                closes = true
            } else if Self.line(line, begins: "transfer-encoding:") {
                throw Failure("a chunked answer")
            }
            start = end + 1
        }
        return nil
    }

    private static func line(_ line: ArraySlice<UInt8>, begins name: StaticString) -> Bool {
        name.withUTF8Buffer { name in
            // Letters, ':', ' ' and '-' that differ in this bit alone are letters.
            line.count >= name.count && zip(line, name).allSatisfy { $0 | 0x20 == $1 }
        }
    }

    private static func number(_ digits: ArraySlice<UInt8>) throws(Failure) -> Int {
        var number: Int?
        for digit in digits where digit != 0x20 {
            guard (0x30...0x39).contains(digit), (number ?? 0) < 1 << 40 else { throw Failure("not HTTP") }
            number = (number ?? 0) * 10 + Int(digit) - 0x30
        }
        guard let number else { throw Failure("not HTTP") }
        return number
    }

    /// The text that follows the first `"name":"` of a body.
    private static func first(_ name: String, in body: ArraySlice<UInt8>) -> String {
        let quote = UInt8(ascii: "\"")
        var rest = body
        while let start = rest.firstIndex(of: quote) {
            rest = rest[start...]
            if rest.starts(with: name.utf8) {
                let value = rest.dropFirst(name.utf8.count)
                return String(decoding: value[..<(value.firstIndex(of: quote) ?? value.endIndex)], as: UTF8.self)
            }
            rest = rest.dropFirst()
        }
        return ""
    }
}
