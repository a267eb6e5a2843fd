import Auth
import IdentityService
import JSON
import TestSupport
import Testing
import Time

@Suite("Tokens")
struct TokenTests {
    /// What another service knows of identity: the keys it publishes, and nothing else.
    private func verifier(_ identity: Identity) -> TokenVerifier {
        TokenVerifier(cachePath: nil, clock: identity.clock.wall) { try await publishedKeys(identity) }
    }

    @Test("a token tells everybody with the published keys who it speaks for, from when on and until when")
    func verified() async throws {
        try await withIdentity(["TOKEN_SECONDS": "120"]) { identity in
            let (id, token) = try await identity.person("ada@example.com", .staff)
            let now = identity.clock.now.rawValue
            let principal = try await verifier(identity).verify(token)
            #expect(principal == Principal(subject: id, role: .staff, issuedAt: now / 1000 * 1000))
            identity.clock.advance(byMilliseconds: 119_000)
            _ = try await verifier(identity).verify(token)
            #expect(try await identity.me(token).status == 200)
            identity.clock.advance(byMilliseconds: 1000)
            await #expect(throws: TokenError.expired) { try await verifier(identity).verify(token) }
            let expired = try await identity.me(token)
            #expect(expired.status == 401)
            #expect(expired.codes == ["token_expired"])
        }
    }

    @Test("a token's head and claims are those of RFC 9068")
    func form() async throws {
        try await withIdentity { identity in
            let (id, token) = try await identity.person("ada@example.com")
            let parts = token.split(separator: ".")
            let key = try #require(try await publishedKeys(identity).keys.first)
            #expect(try part(parts[0]) == ["alg": "EdDSA", "typ": "at+jwt", "kid": .string(key.id)])
            let now = identity.clock.now.rawValue / 1000
            #expect(
                try part(parts[1]) == [
                    "iss": "marquee/identity", "aud": "marquee", "sub": .string(id), "role": "customer",
                    "iat": .integer(now), "exp": .integer(now + 3600),
                ])
        }
    }

    private func part(_ text: Substring) throws -> JSONValue {
        try JSONValue(parsing: try #require(Base64URL.decode(text)))
    }

    @Test("the keys are public, cacheable, hold no secret, and are the same for other services")
    func keys() async throws {
        try await withIdentity { identity in
            let answer = try await identity.get("/.well-known/jwks.json")
            #expect(answer.status == 200)
            #expect(answer.header("content-type") == "application/json")
            #expect(answer.header("cache-control") == "public, max-age=300")
            let keys = try #require(answer.json["keys"]?.arrayValue)
            #expect(keys.count == 1)
            #expect(Set(Answer.names(keys[0])) == ["kty", "crv", "use", "alg", "kid", "x"])

            let inside = try await identity.sendInternal("GET", "/internal/v1/jwks.json")
            #expect(inside.status == 200)
            #expect(inside.body == answer.body)
            #expect(inside.header("cache-control") == "public, max-age=300")
            for credential in [nil, "another-credential-altogether"] as [String?] {
                let refused = try await identity.sendInternal("GET", "/internal/v1/jwks.json", credential: credential)
                #expect(refused.status == 401)
                #expect(refused.header("www-authenticate")?.hasPrefix("Bearer") == true)
            }
            #expect(try await identity.get("/internal/v1/jwks.json").status == 404)
        }
    }

    @Test("forged tokens of whatever kind are refused, here and by everybody with the published keys")
    func forged() async throws {
        try await withIdentity { identity in
            let (id, token) = try await identity.person("eve@example.com")
            let parts = token.split(separator: ".").map(String.init)
            let (head, claims) = (try part(token.split(separator: ".")[0]), try part(token.split(separator: ".")[1]))
            let stranger = try #require(Ed25519.PrivateKey.generate())
            let admin = try changed(claims, "role", "admin")
            let forgeries = [
                "", "x", "\(parts[0]).\(parts[1])", "\(parts[0]).\(parts[1]).", "\(parts[0]).\(admin).\(parts[2])",
                "\(try changed(head, "alg", "none")).\(parts[1]).", "\(try changed(head, "alg", "none")).\(admin).",
                "\(try changed(head, "alg", "HS256")).\(admin).\(parts[2])",
                "\(parts[0]).\(try changed(claims, "aud", "another")).\(parts[2])",
                try #require(
                    AccessToken(subject: id, role: .admin, issuedAt: 0, expiresAt: 9_999_999_999).signed(with: stranger)
                ),
                // What was signed for another audience, by whoever has a key of that name.
                try signed("\(parts[0]).\(try changed(claims, "aud", "another"))", stranger),
            ]
            let everybody = verifier(identity)
            for forgery in forgeries {
                let answer = try await identity.me(forgery)
                #expect(answer.status == 401)
                #expect(answer.codes == ["token_invalid"])
                #expect(answer.header("www-authenticate")?.hasPrefix("Bearer") == true)
                await #expect(throws: TokenError.invalid) { try await everybody.verify(forgery) }
            }
            #expect(try await identity.me(token).status == 200, "the control must pass")
        }
    }

    @Test("a token that identity itself signed for an account it does not have is refused")
    func noAccount() async throws {
        try await withIdentity { identity in
            let key = try identity.service.keys.signing(at: identity.clock.now)
            let now = identity.clock.now.rawValue / 1000
            for subject in ["usr_12345", "mov_1", "", "usr_0"] {
                let claims = AccessToken(subject: subject, role: .admin, issuedAt: now, expiresAt: now + 60)
                let token = try #require(claims.signed(with: key))
                for target in ["/v1/auth/me", "/v1/users/usr_1", "/v1/users?email=a@b.c"] {
                    let answer = try await identity.get(target, token: token)
                    #expect(answer.status == 401)
                    #expect(answer.codes == ["token_invalid"])
                }
            }
        }
    }

    @Test("without a token there is nobody")
    func missing() async throws {
        try await withIdentity { identity in
            for (method, target) in [
                ("GET", "/v1/auth/me"), ("POST", "/v1/auth/password"), ("GET", "/v1/users?email=a@b.c"),
                ("GET", "/v1/users/usr_1"), ("PATCH", "/v1/users/usr_1"),
            ] {
                let answer = try await identity.send(method, target, body: method == "GET" ? nil : "{}")
                #expect(answer.status == 401)
                #expect(answer.codes == ["token_missing"])
                #expect(answer.header("www-authenticate") == "Bearer")
            }
        }
    }

    private func changed(_ value: JSONValue, _ name: String, _ to: JSONValue) throws -> String {
        var object = try #require(value.objectValue)
        object[name] = to
        return Base64URL.encode(Array(json(.object(object)).utf8))
    }

    private func signed(_ message: String, _ key: Ed25519.PrivateKey) throws -> String {
        message + "." + Base64URL.encode(try #require(key.signature(of: Array(message.utf8))))
    }
}

func publishedKeys(_ identity: Identity) async throws -> KeySet {
    try #require(KeySet(json: try await identity.get("/.well-known/jwks.json").body))
}
