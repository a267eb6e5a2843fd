import Auth
import EventLoop
import TestSupport
import Testing
import Time

@Suite struct TokenTests {
    let clock = ManualClock()
    let key: Ed25519.PrivateKey
    var seconds: Int64 { clock.now.rawValue / 1000 }

    init() throws { key = try #require(Ed25519.PrivateKey.generate()) }

    private func verifier(_ keys: [Ed25519.PublicKey]) -> TokenVerifier {
        TokenVerifier(cachePath: nil, clock: clock.wall) { KeySet(keys) }
    }

    private func token(role: Role = .customer, issuedAt: Int64? = nil, lifetime: Int64 = 3600) throws -> String {
        let start = issuedAt ?? seconds
        let token = AccessToken(subject: "usr_1", role: role, issuedAt: start, expiresAt: start + lifetime)
        return try #require(token.signed(with: key))
    }

    @Test("a token of ours tells who it speaks for, on a loop and off it, the first time and again")
    func good() async throws {
        let loop = try EventLoop(name: "test")
        defer { loop.stop() }
        let verifier = verifier([key.publicKey])
        let text = try token(role: .staff)
        let expected = Principal(subject: "usr_1", role: .staff, issuedAt: seconds * 1000)
        #expect(try await verifier.verify(text) == expected)
        for _ in 0..<2 {
            #expect(try await loop.perform { try await verifier.verify(text) } == expected)
        }
    }

    @Test("a token is expired from its last second on, remembered or not")
    func expired() async throws {
        let loop = try EventLoop(name: "test")
        defer { loop.stop() }
        let verifier = verifier([key.publicKey])
        let text = try token(lifetime: 10)
        clock.advance(byMilliseconds: 9_999)
        _ = try await loop.perform { try await verifier.verify(text) }
        clock.advance(byMilliseconds: 1)
        await #expect(throws: TokenError.expired) { try await loop.perform { try await verifier.verify(text) } }
        await #expect(throws: TokenError.expired) { try await verifier.verify(text) }
    }

    @Test("a token from a clock far ahead is not valid yet")
    func notYet() async throws {
        let verifier = verifier([key.publicKey])
        _ = try await verifier.verify(try token(issuedAt: seconds + 59))
        await #expect(throws: TokenError.invalid) { try await verifier.verify(try token(issuedAt: seconds + 61)) }
    }

    /// Signs any header and claims, as a forger with a good key could.
    private func forge(_ header: String, _ claims: String) throws -> String {
        let message = Base64URL.encode(Array(header.utf8)) + "." + Base64URL.encode(Array(claims.utf8))
        return message + "." + Base64URL.encode(try #require(key.signature(of: Array(message.utf8))))
    }

    @Test(
        "forged, foreign and malformed tokens are refused",
        arguments: [
            (#"{"alg":"none","typ":"at+jwt","kid":"KID"}"#, nil), (#"{"alg":"HS256","typ":"at+jwt","kid":"KID"}"#, nil),
            (#"{"alg":"EdDSA","typ":"JWT","kid":"KID"}"#, nil), (#"{"alg":"EdDSA","kid":"KID"}"#, nil),
            (#"{"alg":"EdDSA","typ":"at+jwt","kid":"other"}"#, nil), (#"{"alg":"EdDSA","typ":"at+jwt"}"#, nil),
            (#"{"alg":"EdDSA","typ":"at+jwt","kid":"KID","crit":["x"]}"#, nil), ("[]", nil), ("{", nil),
            (nil, #"{"iss":"else","aud":"marquee","sub":"usr_1","role":"admin","iat":1,"exp":9999999999}"#),
            (nil, #"{"iss":"marquee/identity","aud":"else","sub":"usr_1","role":"admin","iat":1,"exp":9999999999}"#),
            (nil, #"{"iss":"marquee/identity","aud":"marquee","sub":1,"role":"admin","iat":1,"exp":9999999999}"#),
            (nil, #"{"iss":"marquee/identity","aud":"marquee","sub":"usr_1","role":"god","iat":1,"exp":9999999999}"#),
            (nil, #"{"iss":"marquee/identity","aud":"marquee","sub":"usr_1","role":"admin","iat":1}"#),
            (nil, #"{"iss":"marquee/identity","aud":"marquee","sub":"usr_1","role":"admin","iat":1,"exp":"9"}"#),
            (
                nil,
                #"{"iss":"marquee/identity","aud":"marquee","sub":"usr_1","role":"admin","iat":\#(Int64.min),"exp":9999999999}"#
            ),
        ] as [(String?, String?)])
    func forged(header: String?, claims: String?) async throws {
        let goodHeader = #"{"alg":"EdDSA","typ":"at+jwt","kid":"KID"}"#
        let goodClaims =
            #"{"iss":"marquee/identity","aud":"marquee","sub":"usr_1","role":"admin","iat":1,"exp":9999999999}"#
        let kid = KeySet.thumbprint(key.publicKey)
        let verifier = verifier([key.publicKey])
        let good = try forge(goodHeader.replacing("KID", with: kid), goodClaims)
        #expect(try await verifier.verify(good).role == .admin, "the control must pass")
        let bad = try forge((header ?? goodHeader).replacing("KID", with: kid), claims ?? goodClaims)
        await #expect(throws: TokenError.invalid) { try await verifier.verify(bad) }
    }

    @Test("no character of a token can be changed, and none of its parts left out")
    func altered() async throws {
        let verifier = verifier([key.publicKey])
        let text = Array(try token().utf8)
        for position in text.indices {
            var altered = text
            altered[position] = altered[position] == UInt8(ascii: "A") ? UInt8(ascii: "Z") : UInt8(ascii: "A")
            let changed = String(decoding: altered, as: UTF8.self)
            await #expect(throws: TokenError.invalid, "position \(position)") { try await verifier.verify(changed) }
        }
        let parts = String(decoding: text, as: UTF8.self).split(separator: ".")
        for bad in ["", ".", "..", "\(parts[0]).\(parts[1])", "\(parts[0]).\(parts[1]).", "a.b.c.d"] {
            await #expect(throws: TokenError.invalid) { try await verifier.verify(bad) }
        }
        let long = String(decoding: text, as: UTF8.self) + String(repeating: "A", count: 3000)
        await #expect(throws: TokenError.invalid) { try await verifier.verify(long) }
    }

    @Test("what Unicode takes for the same text as a token that is remembered is another")
    func twin() async throws {
        let loop = try EventLoop(name: "test")
        defer { loop.stop() }
        let verifier = verifier([key.publicKey])
        // A signature is as good as random: some token has a K, and most do.
        var text = ""
        for lifetime in 3600..<3700 where !text.contains("K") { text = try token(lifetime: Int64(lifetime)) }
        let twin = text.replacing("K", with: "\u{212A}")
        try #require(twin == text && !twin.utf8.elementsEqual(text.utf8))
        _ = try await loop.perform { [text] in try await verifier.verify(text) }
        await #expect(throws: TokenError.invalid) { try await loop.perform { try await verifier.verify(twin) } }
    }

    @Test("a token signed by another key is refused")
    func otherKey() async throws {
        let other = try #require(Ed25519.PrivateKey.generate())
        let verifier = verifier([other.publicKey])
        await #expect(throws: TokenError.invalid) { try await verifier.verify(try token()) }
    }
}
