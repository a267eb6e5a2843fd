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
    public static func verifies(_ code: [UInt8], of message: [UInt8], key: [UInt8]) -> Bool {
        code.count == length && sodium_memcmp(code, self.code(of: message, key: key), length) == 0
    }
}
