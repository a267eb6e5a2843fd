import CSodium

/// SHA-256 (FIPS 180-4) through libsodium.
public enum SHA256 {
    public static let length = 32

    public static func hash(_ message: [UInt8]) -> [UInt8] {
        var hash = [UInt8](repeating: 0, count: length)
        crypto_hash_sha256(&hash, message, UInt64(message.count))
        return hash
    }
}
