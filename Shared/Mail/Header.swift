import CSodium
import Text

/// One line of text for a person: a subject, a name. It cannot end a header's line, and so cannot begin another header.
public struct HeaderText: Hashable, Sendable {
    /// In code points.
    public static let longest = 250
    /// In bytes, of what stands on one line as it is.
    private static let longestPlain = 62
    public let text: String

    /// - Throws: `invalidText` for a control character or a line separator, or for more than `longest` code points.
    public init(_ text: String) throws(MailError) {
        let text = text.nfc.trimmed
        let breaks = text.unicodeScalars.contains { $0 == "\u{2028}" || $0 == "\u{2029}" }
        guard !text.hasControlCharacters(), !breaks, text.codePointCount <= Self.longest else { throw .invalidText }
        self.text = text
    }

    /// As it is where that is short ASCII, as encoded words of RFC 2047 on as many lines as they take otherwise.
    var encoded: String {
        let isPlain = text.utf8.allSatisfy { (0x20..<0x7F).contains($0) } && text.utf8.count <= Self.longestPlain
        return isPlain && !text.contains("=?") ? text : encodedWords
    }

    /// The same, as it may stand before an address: quoted, unless it is encoded (RFC 5322 §3.2.4).
    var encodedPhrase: String {
        let plain = encoded
        guard plain == text else { return plain }
        let quoted = "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
        // With what is put before quotes it may be too long for a line (RFC 5322 §2.1.1).
        return quoted.utf8.count <= Self.longestPlain ? quoted : encodedWords
    }

    /// Words of at most 75 characters that each hold whole code points.
    private var encodedWords: String {
        var chunks: [[UInt8]] = [[]]
        for scalar in text.unicodeScalars {
            let bytes = Array(String(scalar).utf8)
            if chunks[chunks.count - 1].count + bytes.count > 36 { chunks.append([]) }
            chunks[chunks.count - 1] += bytes
        }
        return chunks.map { "=?UTF-8?B?\(base64($0[...]))?=" }.joined(separator: "\r\n ")
    }

    /// A file's name as a parameter of Content-Disposition; what is not short ASCII by RFC 2231, in parts.
    var fileNameParameters: String {
        let isPlain = text.utf8.allSatisfy { (0x20..<0x7F).contains($0) && $0 != 0x22 && $0 != 0x5C }
        guard !isPlain || text.utf8.count > 60 else { return ";\r\n filename=\"\(text)\"" }
        var parts = ["UTF-8''"]
        for byte in text.utf8 {
            let isPlain = isAlphanumeric(byte) || "-._~".utf8.contains(byte)
            let hex = String(byte, radix: 16, uppercase: true)
            let piece = isPlain ? String(UnicodeScalar(byte)) : byte < 16 ? "%0\(hex)" : "%\(hex)"
            if parts[parts.count - 1].utf8.count + piece.utf8.count > 55 { parts.append("") }
            parts[parts.count - 1] += piece
        }
        return parts.enumerated().map { ";\r\n filename*\($0.offset)*=\($0.element)" }.joined()
    }
}

func base64(_ bytes: ArraySlice<UInt8>) -> String {
    let capacity = sodium_base64_encoded_len(bytes.count, sodium_base64_VARIANT_ORIGINAL)
    // Unsafe: libsodium takes pointers and lengths, and ends what it writes with a zero.
    return bytes.withUnsafeBufferPointer { bytes in
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: capacity) { text in
            guard let start = text.baseAddress else { return "" }
            sodium_bin2base64(start, capacity, bytes.baseAddress, bytes.count, sodium_base64_VARIANT_ORIGINAL)
            return String(cString: start)
        }
    }
}

func isAlphanumeric(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "a")...UInt8(ascii: "z"):
        true
    default: false
    }
}
