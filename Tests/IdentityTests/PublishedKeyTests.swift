import Auth
import JSON
import TestSupport
import Testing
import Time

@Suite("Keys of other services")
struct PublishedKeyTests {
    private let day: Int64 = 86_400_000

    private func tell(_ identity: Identity, _ key: Ed25519.PublicKey, purpose: String = "tickets") async throws
        -> Answer
    {
        let x = Base64URL.encode(key.bytes)
        return try await identity.sendInternal(
            "PUT", "/internal/v1/keys/\(KeySet.thumbprint(key))",
            body: #"{"key":{"kty":"OKP","crv":"Ed25519","x":"\#(x)","purpose":"\#(purpose)"}}"#)
    }

    private func newKey() throws -> Ed25519.PrivateKey { try #require(Ed25519.PrivateKey.generate()) }

    @Test("a key of another service is published under its purpose, and told to nobody who verifies access tokens")
    func published() async throws {
        try await withIdentity { identity in
            let key = try newKey().publicKey
            for _ in 0..<2 { #expect(try await tell(identity, key).status == 204) }
            let answer = try await identity.get("/.well-known/jwks.json")
            let jwks = answer.json["keys"]?.arrayValue ?? []
            #expect(jwks.map { $0["purpose"] } == [nil, "tickets"])
            #expect(jwks.last?["kid"] == .string(KeySet.thumbprint(key)))
            #expect(jwks.last?["use"] == "sig" && jwks.last?["alg"] == "EdDSA")
            #expect(KeySet(json: answer.body, purpose: "tickets") == KeySet([key]))
            #expect(KeySet(json: answer.body)?.keys.count == 1)
            let inside = try await identity.sendInternal("GET", "/internal/v1/jwks.json")
            #expect(inside.json["keys"]?.arrayValue?.count == 1)
        }
    }

    @Test("an access token that such a key signed is refused, here and by everybody who reads the published keys")
    func forged() async throws {
        try await withIdentity { identity in
            let (id, token) = try await identity.person("eve@example.com")
            let key = try newKey()
            _ = try await tell(identity, key.publicKey)
            let now = identity.clock.now.rawValue / 1000
            let claims = AccessToken(subject: id, role: .admin, issuedAt: now, expiresAt: now + 60)
            let forgery = try #require(claims.signed(with: key))
            #expect(try await identity.me(forgery).codes == ["token_invalid"])
            let published = try await publishedKeys(identity)
            let verifier = TokenVerifier(cachePath: nil, clock: identity.clock.wall) { published }
            await #expect(throws: TokenError.invalid) { try await verifier.verify(forgery) }
            #expect(try await verifier.verify(token).subject == id, "the control must pass")
        }
    }

    @Test("a key that is not told again is gone after thirty days")
    func forgotten() async throws {
        try await withIdentity { identity in
            let (first, second) = (try newKey().publicKey, try newKey().publicKey)
            _ = try await tell(identity, first)
            identity.clock.advance(byMilliseconds: 20 * day)
            _ = try await tell(identity, second)
            identity.clock.advance(byMilliseconds: 10 * day)
            let left = KeySet(json: try await identity.get("/.well-known/jwks.json").body, purpose: "tickets")
            #expect(left == KeySet([second]))
        }
    }

    @Test(
        "a key under another's name, without a purpose or of another kind is refused, and so is one of identity's own")
    func refused() async throws {
        try await withIdentity { identity in
            let key = try newKey().publicKey
            let (id, x) = (KeySet.thumbprint(key), Base64URL.encode(key.bytes))
            for jwk in [
                "{}", #"{"key":{}}"#, #"{"key":{"kty":"OKP","crv":"Ed25519","x":"\#(x)"}}"#,
                #"{"key":{"kty":"OKP","crv":"Ed25519","x":"\#(x)","purpose":""}}"#,
                #"{"key":{"kty":"OKP","crv":"Ed25519","x":"\#(x)","purpose":"a\"b"}}"#,
                #"{"key":{"kty":"OKP","crv":"X25519","x":"\#(x)","purpose":"tickets"}}"#,
                #"{"key":{"kty":"OKP","crv":"Ed25519","x":"AA","purpose":"tickets"}}"#,
            ] {
                let answer = try await identity.sendInternal("PUT", "/internal/v1/keys/\(id)", body: jwk)
                #expect(answer.status == 422 && answer.codes == ["key_invalid"], "\(jwk)")
            }
            let good = #"{"key":{"kty":"OKP","crv":"Ed25519","x":"\#(x)","purpose":"tickets"}}"#
            #expect(try await identity.sendInternal("PUT", "/internal/v1/keys/x", body: good).codes == ["key_invalid"])
            let target = "/internal/v1/keys/\(id)"
            #expect(try await identity.sendInternal("PUT", target, credential: nil, body: good).status == 401)
            let own = try #require(try await publishedKeys(identity).keys.first)
            #expect(try await tell(identity, own.key).codes == ["key_is_own"])
            for _ in 0..<16 { #expect(try await tell(identity, try newKey().publicKey).status == 204) }
            #expect(try await tell(identity, key).codes == ["too_many_keys"])
        }
    }
}
