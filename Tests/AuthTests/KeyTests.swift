import Auth
import Synchronization
import TestSupport
import Testing
import Time

@Suite struct KeyTests {
    @Test("identity is asked once for all who wait, and not again for a while whatever kid is tried")
    func asksOnce() async throws {
        let key = try #require(Ed25519.PrivateKey.generate())
        let other = try #require(Ed25519.PrivateKey.generate())
        let asked = Mutex(0)
        let clock = ManualClock()
        let verifier = TokenVerifier(cachePath: nil, clock: clock.wall) {
            asked.withLock { $0 += 1 }
            try await Task.sleep(for: .milliseconds(20))
            return KeySet([key.publicKey])
        }
        let now = clock.now.rawValue / 1000
        let good = AccessToken(subject: "usr_1", role: .customer, issuedAt: now, expiresAt: now + 60)
        let text = try #require(good.signed(with: key))
        let unknown = try #require(good.signed(with: other))
        await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<20 { group.addTask { (try? await verifier.verify(text)) != nil } }
            for await verified in group { #expect(verified) }
        }
        for _ in 0..<20 { await #expect(throws: TokenError.invalid) { try await verifier.verify(unknown) } }
        #expect(asked.withLock { $0 } == 1)
    }

    @Test("without a key nothing can be said; with a key on disk, identity is not needed")
    func away() async throws {
        struct Away: Error {}
        let key = try #require(Ed25519.PrivateKey.generate())
        let clock = ManualClock()
        let now = clock.now.rawValue / 1000
        let token = AccessToken(subject: "usr_1", role: .customer, issuedAt: now, expiresAt: now + 60)
        let text = try #require(token.signed(with: key))
        let path = temporaryPath("jwks.json")
        let lonely = TokenVerifier(cachePath: path, clock: clock.wall) { throw Away() }
        await #expect(throws: TokenError.keysUnavailable) { try await lonely.verify(text) }
        #expect(!lonely.hasKeys)

        let first = TokenVerifier(cachePath: path, clock: clock.wall) { KeySet([key.publicKey]) }
        #expect(await first.refresh())
        let restarted = TokenVerifier(cachePath: path, clock: clock.wall) { throw Away() }
        #expect(try await restarted.verify(text).subject == "usr_1")
    }

    @Test("who starts before identity is let in soon after it has come")
    func early() async throws {
        struct Away: Error {}
        let key = try #require(Ed25519.PrivateKey.generate())
        let clock = ManualClock()
        let now = clock.now.rawValue / 1000
        let token = AccessToken(subject: "usr_1", role: .customer, issuedAt: now, expiresAt: now + 60)
        let text = try #require(token.signed(with: key))
        let asked = Mutex(0)
        let verifier = TokenVerifier(cachePath: nil, clock: clock.wall) {
            let count = asked.withLock { asked in
                asked += 1
                return asked
            }
            guard count > 3 else { throw Away() }
            return KeySet([key.publicKey])
        }
        var verified: Principal?
        for _ in 0..<1_000 where verified == nil {
            verified = try? await verifier.verify(text)
            try await Task.sleep(for: .milliseconds(5))
        }
        #expect(verified?.subject == "usr_1")
        #expect(asked.withLock { $0 } == 4)
    }

    @Test("a key set reads back as itself, and passes over keys of other kinds")
    func keySet() throws {
        let keys = KeySet([
            try #require(Ed25519.PrivateKey.generate()).publicKey,
            try #require(Ed25519.PrivateKey.generate()).publicKey,
        ])
        #expect(KeySet(json: keys.json) == keys)
        let foreign = #"{"keys":[{"kty":"RSA","kid":"a"},{"kty":"OKP","crv":"Ed25519","kid":"b","x":"AA"}]}"#
        #expect(KeySet(json: Array(foreign.utf8))?.keys.isEmpty == true)
        #expect(KeySet(json: Array("[]".utf8)) == nil)
        #expect(KeySet(json: []) == nil)
    }

    @Test("RFC 8032, 7.1 and RFC 8037, appendix A: a known signature and a known thumbprint")
    func vectors() throws {
        let seed: [UInt8] = [
            0x9d, 0x61, 0xb1, 0x9d, 0xef, 0xfd, 0x5a, 0x60, 0xba, 0x84, 0x4a, 0xf4, 0x92, 0xec, 0x2c, 0xc4, 0x44, 0x49,
            0xc5, 0x69, 0x7b, 0x32, 0x69, 0x19, 0x70, 0x3b, 0xac, 0x03, 0x1c, 0xae, 0x7f, 0x60,
        ]
        let key = try #require(Ed25519.PrivateKey(bytes: seed))
        #expect(Base64URL.encode(key.publicKey.bytes) == "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo")
        #expect(KeySet.thumbprint(key.publicKey) == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k")
        let signature = try #require(key.signature(of: []))
        #expect(signature.prefix(4) == [0xe5, 0x56, 0x43, 0x00])
        #expect(key.publicKey.verifies(signature, of: []))
        #expect(!key.publicKey.verifies(signature, of: [0]))
        #expect(Ed25519.PublicKey(bytes: [1]) == nil && Ed25519.PrivateKey(bytes: [1]) == nil)
    }

    @Test(
        "base64url refuses padding, other alphabets and bits left over",
        arguments: ["A", "AA==", "A+", "A/", "AB", "A A", "_\u{202E}"])
    func base64(text: String) {
        #expect(Base64URL.decode(text) == nil)
        #expect(Base64URL.decode("") == [])
        #expect(Base64URL.decode("_-8") == [0xFF, 0xEF])
    }
}
