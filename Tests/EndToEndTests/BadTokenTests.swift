import Auth
import JSON
import TestSupport
import Testing
import Time

@Suite struct BadTokenTests {
    @Test("nobody gets in with a token that identity has not signed for this, and for now")
    func tokens() async throws {
        try await Stack.withstand { stack in
            let good = stack.token(user: 100_000_000_000_001)
            for (method, target) in Self.targets {
                for (what, header, code) in Self.forgeries(stack, good) {
                    try await Hostile(
                        what: what, method: method, target: target, headers: [("Authorization", header)], status: 401,
                        codes: [code]
                    ).send(to: stack)
                }
            }
            for (method, target) in Self.targets.dropLast() {
                try await Hostile(what: "none", method: method, target: target, status: 401, codes: ["token_missing"])
                    .send(to: stack)
            }
            let scheme = try await stack.send("GET", "/v1/bookings", headers: [("Authorization", "bEARER \(good)")])
            #expect(scheme.status == 200)
            try await Hostile(
                what: "another role's", method: "GET", target: "/v1/users?email=a@b.example", token: good, status: 403,
                codes: ["forbidden"]
            ).send(to: stack)
        }
    }

    /// One of each service; the last one takes requests without a token, but none with a bad one.
    private static let targets = [
        ("GET", "/v1/auth/me"), ("POST", "/v1/movies/\(StackSession.movie)/rate"), ("GET", "/v1/bookings"),
        ("POST", "/v1/analytics/track"),
    ]

    private static func forgeries(_ stack: Stack, _ good: String) -> [(String, String, String)] {
        let parts = good.split(separator: ".").map(String.init)
        let admin = stack.token(user: 100_000_000_000_001, role: .admin).split(separator: ".").map(String.init)
        let forger = Forger(stack.key)
        let other = Ed25519.PrivateKey.generate() ?? stack.key
        let texts = [
            ("one letter more", good + "A"), ("one letter less", String(good.dropLast())),
            ("no signature", parts[0] + "." + parts[1] + "."),
            ("two parts", parts[0] + "." + parts[1]), ("four parts", good + ".x"), ("nonsense", "x.y.z"),
            ("an admin's claims", "\(parts[0]).\(admin[1]).\(parts[2])"), ("padding", good + "="),
            ("no algorithm", forger.token(algorithm: "none", signature: [])),
            ("HMAC", forger.token(algorithm: "HS256")),
            ("another key", Forger(other, as: stack.key).token()), ("an unknown key", Forger(other).token()),
            ("another issuer", forger.token { $0["iss"] = "marquee" }),
            ("another audience", forger.token { $0["aud"] = "another" }),
            ("an id token", forger.token(type: "JWT")), ("an extension", forger.token(critical: true)),
            ("an unknown role", forger.token { $0["role"] = "owner" }),
            ("no role", forger.token { $0["role"] = .null }),
            ("no one's", forger.token { $0["sub"] = 1 }),
            ("from tomorrow", forger.token { $0["iat"] = .integer(now + 86_400) }),
            ("without an end", forger.token { $0["exp"] = .null }),
            ("ends at infinity", forger.token { $0["exp"] = .number(.infinity) }),
            ("too long", forger.token { $0["x"] = .string(String(repeating: "x", count: 5_000)) }),
        ]
        return texts.map { ($0.0, "Bearer \($0.1)", "token_invalid") } + [
            ("expired", "Bearer \(forger.token { $0["exp"] = .integer(now - 1) })", "token_expired"),
            ("another scheme", "Basic \(good)", "token_invalid"), ("no scheme", good, "token_invalid"),
            ("no token", "Bearer ", "token_invalid"), ("two tokens", "Bearer \(good) \(good)", "token_invalid"),
        ]
    }

    private static var now: Int64 { WallClock.system.now().rawValue / 1000 }

    /// Signs what identity never would.
    private struct Forger {
        let key: Ed25519.PrivateKey
        let named: Ed25519.PrivateKey

        init(_ key: Ed25519.PrivateKey, as named: Ed25519.PrivateKey? = nil) {
            self.key = key
            self.named = named ?? key
        }

        func token(
            algorithm: String = "EdDSA", type: String = "at+jwt", critical: Bool = false, signature: [UInt8]? = nil,
            _ change: (inout JSONObject) -> Void = { _ in }
        ) -> String {
            var header = JSONObject([
                ("alg", .string(algorithm)), ("typ", .string(type)),
                ("kid", .string(KeySet.thumbprint(named.publicKey))),
            ])
            if critical { header["crit"] = ["exp"] }
            var claims = JSONObject([
                ("iss", .string(AccessToken.issuer)), ("aud", .string(AccessToken.audience)),
                ("sub", "usr_100000000000001"), ("role", "customer"), ("iat", .integer(now)),
                ("exp", .integer(now + 60)),
            ])
            change(&claims)
            let message = [header, claims].map { part in
                var json = JSONWriter()
                json.element(part)
                return Base64URL.encode(json.bytes)
            }.joined(separator: ".")
            let signature = signature ?? key.signature(of: Array(message.utf8)) ?? []
            return "\(message).\(Base64URL.encode(signature))"
        }
    }
}
