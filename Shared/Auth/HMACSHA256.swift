import CSodium

/// Codes by HMAC with SHA-256 (RFC 2104, RFC 6234) through libsodium, for those who share a secret.
public enum HMACSHA256 {
    public static let length = 32

    /// - Parameter key: of any length.
    public static func code(of message: [UInt8], key: [UInt8]) -> [UInt8] {
        var state = crypto_auth_hmacsha256_state()
        var code = [UInt8](repeating: 0, count: length)
        crypto_auth_hmacsha256_init(&state, key, key.count)
        crypto_auth_hmacsha256_update(&state, message, UInt64(message.count))
        crypto_auth_hmacsha256_final(&state, &code)
        sodium_memzero(&state, MemoryLayout<crypto_auth_hmacsha256_state>.size)
        return code
    }

    /// Compares in a time that does not depend on where the codes differ.
    public static func areEqual(_ one: [UInt8], _ other: [UInt8]) -> Bool {
        one.count == length && other.count == length && sodium_memcmp(one, other, length) == 0
    }
}
