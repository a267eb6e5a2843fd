// Unsafe throughout: whoever calls these has seen to it that there is room.

extension UnsafeMutablePointer<UInt8> {
    /// Copies text up to the first byte that must be escaped. RFC 8259 §7: the quote, the backslash and U+0000 to
    /// U+001F; everything else stays as it is.
    /// - Returns: how many bytes were copied: all, or as many as stand before that one.
    func copy(plain text: UnsafeRawPointer, _ count: Int) -> Int {
        let target = UnsafeMutableRawPointer(self)
        var index = 0
        while index + 8 <= count {
            if let found = target.copyWord(text, index) { return found }
            index += 8
        }
        if index == count { return count }
        // The last eight once more, which is faster than the rest one by one.
        if count >= 8 { return target.copyWord(text, count - 8) ?? count }
        while index < count {
            let byte = text.load(fromByteOffset: index, as: UInt8.self)
            if byte.isEscaped { return index }
            self[index] = byte
            index += 1
        }
        return count
    }

    /// Six bytes at most.
    /// - Returns: how many.
    func writeEscape(of byte: UInt8) -> Int {
        self[0] = UInt8(ascii: "\\")
        switch byte {
        case 0x08: self[1] = UInt8(ascii: "b")
        case 0x09: self[1] = UInt8(ascii: "t")
        case 0x0A: self[1] = UInt8(ascii: "n")
        case 0x0C: self[1] = UInt8(ascii: "f")
        case 0x0D: self[1] = UInt8(ascii: "r")
        case 0..<0x20:
            (self[1], self[2], self[3]) = (UInt8(ascii: "u"), UInt8(ascii: "0"), UInt8(ascii: "0"))
            self[4] = UInt8(ascii: "0") + byte >> 4
            let low = byte & 0xF
            self[5] = low < 10 ? UInt8(ascii: "0") + low : UInt8(ascii: "a") + low - 10
            return 6
        default: self[1] = byte
        }
        return 2
    }
}

extension UnsafeMutableRawPointer {
    /// - Returns: the index of the first byte to escape among the eight, or nil.
    @inline(__always)
    fileprivate func copyWord(_ text: UnsafeRawPointer, _ index: Int) -> Int? {
        let word = text.loadUnaligned(fromByteOffset: index, as: UInt64.self)
        storeBytes(of: word, toByteOffset: index, as: UInt64.self)
        let found = UInt64(littleEndian: word).bytesToEscape
        return found == 0 ? nil : index + found.trailingZeroBitCount / 8
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
