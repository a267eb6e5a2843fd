extension [UInt8] {
    /// Appends the inside of a JSON string. RFC 8259 §7: the quote, the backslash and U+0000 to U+001F are escaped;
    /// everything else stays as it is.
    mutating func append(escaping text: Span<UInt8>) {
        var copied = 0
        var next = text.firstEscape(from: 0)
        while next < text.count {
            append(copying: text.extracting(copied..<next))
            appendEscape(of: text[next])
            copied = next + 1
            next = text.firstEscape(from: copied)
        }
        append(copying: text.extracting(copied...))
    }

    private mutating func appendEscape(of byte: UInt8) {
        append(UInt8(ascii: "\\"))
        switch byte {
        case 0x08: append(UInt8(ascii: "b"))
        case 0x09: append(UInt8(ascii: "t"))
        case 0x0A: append(UInt8(ascii: "n"))
        case 0x0C: append(UInt8(ascii: "f"))
        case 0x0D: append(UInt8(ascii: "r"))
        case 0..<0x20:
            self += "u00".utf8
            append(UInt8(ascii: "0") + byte >> 4)
            let low = byte & 0xF
            append(low < 10 ? UInt8(ascii: "0") + low : UInt8(ascii: "a") + low - 10)
        default: append(byte)
        }
    }
}

extension Span<UInt8> {
    /// The index of the first byte to escape, or `count`.
    func firstEscape(from start: Int) -> Int {
        // Unsafe: eight bytes at a time, all of them inside the span.
        withUnsafeBytes { bytes in
            var index = start
            while index + 8 <= bytes.count {
                let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self))
                let found = word.bytesToEscape
                if found != 0 { return index + found.trailingZeroBitCount / 8 }
                index += 8
            }
            while index < bytes.count, !bytes[index].isEscaped { index += 1 }
            return index
        }
    }
}

extension UInt8 {
    fileprivate var isEscaped: Bool { self < 0x20 || self == UInt8(ascii: "\"") || self == UInt8(ascii: "\\") }
}

extension UInt64 {
    /// The high bit of the first byte that must be escaped, and perhaps of later ones; 0 when none must.
    ///
    /// Subtracting 1 from a zero byte, or 0x20 from one below 0x20, borrows into its high bit. A borrow can
    /// mislead only about the bytes after one that is truly found, so the lowest bit set is right.
    fileprivate var bytesToEscape: UInt64 {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let quote = self ^ (ones &* UInt64(UInt8(ascii: "\"")))
        let backslash = self ^ (ones &* UInt64(UInt8(ascii: "\\")))
        let controls = (self &- ones &* 0x20) & ~self
        let quotes = (quote &- ones) & ~quote
        let backslashes = (backslash &- ones) & ~backslash
        return (controls | quotes | backslashes) & (ones &* 0x80)
    }
}
