extension OutputSpan<UInt8> {
    /// The escape of one byte: six bytes at most.
    mutating func append(escapeOf byte: UInt8) {
        append(UInt8(ascii: "\\"))
        switch byte {
        case 0x08: append(UInt8(ascii: "b"))
        case 0x09: append(UInt8(ascii: "t"))
        case 0x0A: append(UInt8(ascii: "n"))
        case 0x0C: append(UInt8(ascii: "f"))
        case 0x0D: append(UInt8(ascii: "r"))
        case 0..<0x20:
            append(UInt8(ascii: "u"))
            append(UInt8(ascii: "0"))
            append(UInt8(ascii: "0"))
            append(UInt8(ascii: "0") + byte >> 4)
            let low = byte & 0xF
            append(low < 10 ? UInt8(ascii: "0") + low : UInt8(ascii: "a") + low - 10)
        default: append(byte)
        }
    }
}

extension Span<UInt8> {
    /// The index of the first byte to escape, or `count`. RFC 8259 §7: the quote, the backslash and U+0000 to U+001F;
    /// everything else stays as it is.
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
    /// Subtracting 1 from a zero byte, or 0x21 from one below 0x21, borrows into its high bit. A borrow can
    /// mislead only about the bytes after one that is truly found, so the lowest bit set is right.
    @inline(__always)
    fileprivate var bytesToEscape: UInt64 {
        let ones: UInt64 = 0x0101_0101_0101_0101
        // This swaps the quote with the space, and so puts it beside the controls.
        let swapped = self ^ (ones &* 0x02)
        let backslash = self ^ (ones &* UInt64(UInt8(ascii: "\\")))
        let low = (swapped &- ones &* 0x21) & ~swapped
        let backslashes = (backslash &- ones) & ~backslash
        return (low | backslashes) & (ones &* 0x80)
    }
}
