import CSodium
import Glibc
import Threads

/// Keeps passwords as Argon2id hashes (RFC 9106) with the least that OWASP's Password Storage Cheat Sheet recommends:
/// 19 MiB, two passes, one lane.
package struct PasswordHasher: Sendable {
    private static let passes: UInt64 = 2
    private static let memoryBytes = 19 * 1_048_576

    package let threads: WorkerThreads
    /// The hash of a password that nobody knows: comparing with it takes as long as with an account's own.
    let decoy: String

    init(threads: WorkerThreads) async throws {
        // Picks the implementations that suit the CPU; once for all.
        guard sodium_init() >= 0 else { throw IdentityRefusal.overloaded }
        self.threads = threads
        decoy = try await threads.run {
            try Self.hash((0..<32).map { _ in CChar(truncatingIfNeeded: randombytes_random()) })
        }
    }

    /// - Throws: `IdentityRefusal.overloaded` when too many wait, or there is no memory for it.
    func hash(_ password: String) async throws -> String {
        try await threads.run { try Self.hash(password.utf8.map(CChar.init(bitPattern:))) }
    }

    /// - Throws: `IdentityRefusal.overloaded` when too many wait, or there is no memory for it.
    package func verify(_ password: String, against hash: String) async throws -> Bool {
        try await threads.run {
            let text = password.utf8.map(CChar.init(bitPattern:))
            if crypto_pwhash_str_verify(hash, text, UInt64(text.count)) == 0 { return true }
            // A wrong password is EINVAL; too little memory must not pass for one.
            guard errno == EINVAL else { throw IdentityRefusal.overloaded }
            return false
        }
    }

    /// Whether a hash was made with other parameters than today's.
    package func isOutdated(_ hash: String) -> Bool {
        crypto_pwhash_str_needs_rehash(hash, Self.passes, Self.memoryBytes) != 0
    }

    private static func hash(_ text: [CChar]) throws -> String {
        var hash = [CChar](repeating: 0, count: Int(crypto_pwhash_STRBYTES))
        guard crypto_pwhash_str(&hash, text, UInt64(text.count), passes, memoryBytes) == 0 else {
            throw IdentityRefusal.overloaded
        }
        return String(decoding: hash.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
