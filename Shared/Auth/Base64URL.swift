import CSodium

/// Base64 for URLs without padding (RFC 4648, section 5; RFC 7515 asks for exactly this).
public enum Base64URL {
    public static func encode(_ bytes: [UInt8]) -> String {
        // With the zero byte that ends it.
        let length = sodium_base64_encoded_len(bytes.count, sodium_base64_VARIANT_URLSAFE_NO_PADDING)
        return String(unsafeUninitializedCapacity: length) { target in
            guard let start = target.baseAddress else { return 0 }
            return start.withMemoryRebound(to: CChar.self, capacity: length) { text in
                sodium_bin2base64(text, length, bytes, bytes.count, sodium_base64_VARIANT_URLSAFE_NO_PADDING)
                return length - 1
            }
        }
    }

    /// Nil for any character outside the alphabet, padding, and bits left over.
    public static func decode(_ text: some StringProtocol) -> [UInt8]? {
        var text = String(text)
        var whole = false
        let bytes = text.withUTF8 { source in
            [UInt8](unsafeUninitializedCapacity: source.count) { target, count in
                guard let from = source.baseAddress, let to = target.baseAddress else {
                    whole = source.isEmpty
                    return
                }
                // libsodium compares signed characters, and takes some that are negative for an underscore.
                guard source.allSatisfy({ $0 < 0x80 }) else { return }
                whole = from.withMemoryRebound(to: CChar.self, capacity: source.count) { characters in
                    sodium_base642bin(
                        to, target.count, characters, source.count, nil, &count, nil,
                        sodium_base64_VARIANT_URLSAFE_NO_PADDING) == 0
                }
            }
        }
        return whole ? bytes : nil
    }
}
