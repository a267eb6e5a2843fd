import CSodium

/// Tokens that were verified, by a digest of their bytes, which takes a twentieth of their room. Once it is full, those
/// that nobody has shown since it was half full make place.
///
/// The digest is SipHash-2-4 with 128 bits, under a key that is nobody's and of this memory alone: whoever wants another
/// text to pass for a token has to guess all of them.
package struct TokenMemory {
    private struct Digest: Hashable {
        var words: (UInt64, UInt64) = (0, 0)

        static func == (left: Digest, right: Digest) -> Bool { left.words == right.words }
        func hash(into hasher: inout Hasher) { hasher.combine(words.0) }
    }

    private let most: Int
    private let key: [UInt8]
    private var recent: [Digest: AccessToken] = [:]
    private var earlier: [Digest: AccessToken] = [:]

    package init(most: Int) {
        self.most = most
        var key = [UInt8](repeating: 0, count: Int(crypto_shorthash_siphashx24_KEYBYTES))
        randombytes_buf(&key, key.count)
        self.key = key
    }

    /// How many there are.
    package var count: Int { recent.count + earlier.count }

    package mutating func token(_ text: String) -> AccessToken? {
        let digest = digest(of: text)
        if let known = recent[digest] { return known }
        guard let known = earlier.removeValue(forKey: digest) else { return nil }
        keep(known, digest)
        return known
    }

    package mutating func remember(_ token: AccessToken, _ text: String) { keep(token, digest(of: text)) }

    package mutating func forget() {
        recent = [:]
        earlier = [:]
    }

    private mutating func keep(_ token: AccessToken, _ digest: Digest) {
        if recent.count >= most / 2 {
            earlier = recent
            recent = [:]
        }
        recent[digest] = token
    }

    private func digest(of text: String) -> Digest {
        var (text, digest) = (text, Digest())
        text.withUTF8 { bytes in
            withUnsafeMutablePointer(to: &digest.words) { words in
                _ = words.withMemoryRebound(to: UInt8.self, capacity: 16) { words in
                    crypto_shorthash_siphashx24(words, bytes.baseAddress, UInt64(bytes.count), key)
                }
            }
        }
        return digest
    }
}
