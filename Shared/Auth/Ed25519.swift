import CCrypto
import CSodium

/// Signatures by Ed25519 (RFC 8032): made by OpenSSL, and verified by libsodium, which takes three fifths of the time.
public enum Ed25519 {
    public static let keyLength = 32
    public static let signatureLength = 64

    /// An `EVP_PKEY` of OpenSSL.
    ///
    /// `@unchecked Sendable`: never changed after it is made, and OpenSSL counts its references atomically.
    fileprivate final class Handle: @unchecked Sendable {
        let pointer: OpaquePointer
        init(_ pointer: OpaquePointer) { self.pointer = pointer }
        deinit { EVP_PKEY_free(pointer) }
    }

    public struct PublicKey: Sendable, Equatable {
        public let bytes: [UInt8]

        /// Nil unless there are 32 bytes.
        public init?(bytes: [UInt8]) {
            guard bytes.count == keyLength else { return nil }
            self.bytes = bytes
        }

        public func verifies(_ signature: [UInt8], of message: [UInt8]) -> Bool {
            signature.count == signatureLength
                && crypto_sign_verify_detached(signature, message, UInt64(message.count), bytes) == 0
        }
    }

    public struct PrivateKey: Sendable {
        /// The 32-byte seed: a secret.
        public let bytes: [UInt8]
        public let publicKey: PublicKey
        private let handle: Handle

        /// Nil unless there are 32 bytes.
        public init?(bytes: [UInt8]) {
            guard bytes.count == keyLength,
                let key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nil, bytes, bytes.count)
            else { return nil }
            let handle = Handle(key)
            var length = keyLength
            var raw = [UInt8](repeating: 0, count: keyLength)
            guard EVP_PKEY_get_raw_public_key(key, &raw, &length) == 1, let publicKey = PublicKey(bytes: raw) else {
                return nil
            }
            self.bytes = bytes
            self.publicKey = publicKey
            self.handle = handle
        }

        /// A new key from OpenSSL's random generator; nil when that has no entropy.
        public static func generate() -> PrivateKey? {
            guard let context = EVP_PKEY_CTX_new_id(EVP_PKEY_ED25519, nil) else { return nil }
            defer { EVP_PKEY_CTX_free(context) }
            var key: OpaquePointer?
            guard EVP_PKEY_keygen_init(context) == 1, EVP_PKEY_keygen(context, &key) == 1, let key else { return nil }
            defer { EVP_PKEY_free(key) }
            var length = keyLength
            var seed = [UInt8](repeating: 0, count: keyLength)
            guard EVP_PKEY_get_raw_private_key(key, &seed, &length) == 1 else { return nil }
            return PrivateKey(bytes: seed)
        }

        /// 64 bytes; nil only when OpenSSL is out of memory.
        public func signature(of message: [UInt8]) -> [UInt8]? {
            guard let context = EVP_MD_CTX_new() else { return nil }
            defer { EVP_MD_CTX_free(context) }
            var length = signatureLength
            var signature = [UInt8](repeating: 0, count: signatureLength)
            guard EVP_DigestSignInit(context, nil, nil, nil, handle.pointer) == 1,
                EVP_DigestSign(context, &signature, &length, message, message.count) == 1
            else { return nil }
            return signature
        }
    }
}
