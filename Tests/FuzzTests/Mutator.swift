import TestSupport

/// Makes inputs from good ones: some are left as they are, most are changed in one to eight places.
struct Mutator {
    var random: SeededGenerator

    mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }

    /// True once in so many times.
    mutating func once(in times: Int) -> Bool { number(1...times) == 1 }

    mutating func pick<T>(_ choices: [T]) -> T { choices[number(0...choices.count - 1)] }

    mutating func input(from corpus: [[UInt8]], limit: Int) -> [UInt8] {
        var bytes = pick(corpus)
        if once(in: 16) { return Array(bytes.prefix(limit)) }
        for _ in 0..<number(1...8) where once(in: 2) || bytes.isEmpty { change(&bytes, pick(corpus)) }
        change(&bytes, pick(corpus))
        // Rarely as long as it may be, or one byte short of a power of two.
        if once(in: 256) { bytes = grown(bytes, to: once(in: 2) ? limit : limit / 16) }
        return Array(bytes.prefix(limit))
    }

    mutating func text(from corpus: [String], limit: Int) -> String {
        String(decoding: input(from: corpus.map { Array($0.utf8) }, limit: limit), as: UTF8.self)
    }

    private mutating func change(_ bytes: inout [UInt8], _ other: [UInt8]) {
        let start = number(0...bytes.count)
        let end = once(in: 2) ? min(bytes.count, start + number(0...4)) : number(start...bytes.count)
        switch number(0...13) {
        case 0 where start < bytes.count: bytes[start] ^= 1 << UInt8(number(0...7))
        case 1 where start < bytes.count: bytes[start] = UInt8(number(0...255))
        case 2 where start < bytes.count: bytes[start] = bytes[start] &+ (once(in: 2) ? 1 : 255)
        case 3: bytes.removeSubrange(start..<end)
        case 4: bytes = Array(bytes[..<start])
        case 5: bytes.insert(contentsOf: bytes[start..<end], at: start)
        case 6:
            let part = Array(bytes[start..<end].prefix(64))
            for _ in 0..<number(1...32) { bytes.insert(contentsOf: part, at: start) }
        case 7: bytes.replaceSubrange(start..<end, with: part(of: other))
        case 8: bytes = Array(bytes[..<start]) + part(of: other)
        case 9: bytes.replaceSubrange(start..<min(bytes.count, start + 1), with: pick(Self.oddities))
        case 10: bytes.insert(contentsOf: pick(Self.oddities), at: start)
        case 11: replaceNumber(&bytes, near: start)
        case 12: replaceLetter(&bytes, near: start)
        default:
            let part = Array(bytes[start..<end])
            bytes.removeSubrange(start..<end)
            bytes.insert(contentsOf: part, at: number(0...bytes.count))
        }
    }

    private mutating func part(of bytes: [UInt8]) -> [UInt8] {
        let start = number(0...bytes.count)
        return Array(bytes[start..<number(start...bytes.count)])
    }

    private mutating func grown(_ bytes: [UInt8], to length: Int) -> [UInt8] {
        let piece = once(in: 2) || bytes.isEmpty ? pick(Self.oddities) : part(of: bytes)
        guard !piece.isEmpty, piece.count < length else { return bytes }
        let at = number(0...bytes.count)
        let repeated = (0..<length / piece.count).flatMap { _ in piece }
        return Array(bytes[..<at]) + repeated + Array(bytes[at...])
    }

    /// Another number in place of the first one from there on.
    private mutating func replaceNumber(_ bytes: inout [UInt8], near start: Int) {
        let isDigit: (UInt8) -> Bool = { (48...57).contains($0) }
        guard let first = bytes[start...].firstIndex(where: isDigit) else { return }
        let end = bytes[first...].firstIndex { !isDigit($0) } ?? bytes.count
        let nines = String(repeating: "9", count: number(1...400))
        bytes.replaceSubrange(first..<end, with: Array(pick(Self.numbers + [nines, "\(random.next())"]).utf8))
    }

    /// What Unicode takes for the same letter, and bytes do not.
    private mutating func replaceLetter(_ bytes: inout [UInt8], near start: Int) {
        let (letter, twin) = pick(Self.twins)
        guard let first = bytes[start...].firstIndex(of: UInt8(ascii: letter)) else { return }
        bytes.replaceSubrange(first...first, with: Array(twin.utf8))
    }

    static let numbers = [
        "0", "00", "1", "-1", "+1", "9", "10", "99", "100", "127", "128", "255", "256", "999", "1000", "65535", "65536",
        "2147483647", "2147483648", "4294967296", "9007199254740993", "9223372036854775807", "9223372036854775808",
        "-9223372036854775808", "-9223372036854775809", "18446744073709551615", "18446744073709551616", "1e308",
        "1e309",
        "-1e309", "1e-400", "0.1", "1.", ".5", "0x10", "1_000", "١", "NaN",
    ]

    private static let twins: [(Unicode.Scalar, String)] = [
        ("K", "\u{212A}"), (";", "\u{37E}"), ("`", "\u{1FEF}"), ("A", "Å"), ("e", "é"), ("e", "e\u{301}"), ("i", "ı"),
        ("s", "ſ"), ("-", "\u{2010}"), ("0", "٠"), (" ", "\u{A0}"), ("=", "=\u{338}"), (",", ",\u{301}"),
    ]

    private static let oddities: [[UInt8]] =
        [
            [0], [9], [10], [13], [13, 10], [13, 10, 13, 10], [0x1F], [0x20], [0x7F], [0x80], [0xC0, 0x80],
            [0xE2, 0x80, 0xA8],
            [0xED, 0xA0, 0x80], [0xEF, 0xBB, 0xBF], [0xEF, 0xBF, 0xBF], [0xF0, 0x9F, 0x91, 0xAA],
            [0xF4, 0x90, 0x80, 0x80],
            [0xFF], [0xFE, 0xFF], [0xCC, 0x81], [0xC2, 0x85], [0xE2, 0x80, 0x8B], [0xE2, 0x80, 0xAE],
        ]
        + [
            "\"", "\\", "'", "%", "%00", "%2F", "%C3%28", "%u0000", "+", "&", "=", "&=", ";", ",", ".", "..", "../",
            "/", "//",
            ":", "-", "_", "*", "?", "#", "@", "[", "]", "{", "}", "[[[[[[[[", "{\"a\":", "null", "true", "\\u0000",
            "\\ud800",
            "\\uDFFF", "1-100000", "_1000", "q=0.5", "W/\"", "bytes=", "=?UTF-8?B?", "?=", "Content-Length: 1\r\n",
            "Transfer-Encoding: chunked\r\n", "0\r\n\r\n", " HTTP/1.1\r\n",
        ].map { Array($0.utf8) }
}
