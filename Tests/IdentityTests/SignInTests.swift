import Auth
import IdentityService
import JSON
import Lifecycle
import SQLite
import Telemetry
import TestSupport
import Testing

@Suite("Signing in")
struct SignInTests {
    @Test("the right password answers a token and nothing else; in any case of the address, and in NFC")
    func right() async throws {
        try await withIdentity { identity in
            try await identity.signUp("Ada@example.com", "crème brûlée à neuf")
            for email in ["Ada@example.com", " ADA@EXAMPLE.COM "] {
                for password in ["crème brûlée à neuf", "cre\u{300}me bru\u{302}le\u{301}e a\u{300} neuf"] {
                    let answer = try await identity.post("/v1/auth/signin", credentials(email, password))
                    #expect(answer.status == 200)
                    #expect(Answer.names(answer.json) == ["token"])
                }
            }
        }
    }

    @Test("a wrong password, an unknown address and a malformed one are told apart by nothing, nor by the work done")
    func wrong() async throws {
        try await withIdentity { identity in
            try await identity.signUp("ada@example.com")
            let hashes = identity.running.context.metrics.histogram(
                "password_hashing_duration_seconds", "", bounds: [])
            var answers: [Answer] = []
            for (email, password) in [
                ("ada@example.com", "Correct horse battery staple"), ("bob@example.com", goodPassword),
                ("no address", goodPassword), ("", ""), ("ada@example.com", ""), ("ada@example.com", "nul\u{0}"),
                ("ada@example.com", String(repeating: "a", count: 20_000)),
                (String(repeating: "é\u{301}", count: 10_000), goodPassword),
            ] {
                let before = hashes.count
                answers.append(try await identity.post("/v1/auth/signin", credentials(email, password)))
                #expect(hashes.count == before + 1, "one hash each, known or not")
            }
            for answer in answers {
                #expect(answer.status == 401)
                #expect(answer.codes == ["invalid_credentials"])
                #expect(answer.header("www-authenticate") == "Bearer")
                #expect(answer.body == answers[0].body)
                #expect(answer.headers.map(\.name) == answers[0].headers.map(\.name))
            }
        }
    }

    @Test(
        "only what is absent or no text is malformed",
        arguments: [
            ("{}", ["email_missing", "password_missing"]), (#"{"email":null}"#, ["email_missing", "password_missing"]),
            (#"{"email":[],"password":1}"#, ["email_invalid", "password_invalid"]), (#""x""#, ["body_invalid"]),
        ] as [(String, [String])])
    func faults(body: String, codes: [String]) async throws {
        try await withIdentity { identity in
            let answer = try await identity.post("/v1/auth/signin", body)
            #expect(answer.status == 422)
            #expect(answer.codes == codes)
        }
    }

    @Test("a hash of other parameters is replaced at the next sign-in, and the password stays right")
    func renewal() async throws {
        // Argon2id with 8 MiB and one pass, of goodPassword.
        let old = "$argon2id$v=19$m=8192,t=1,p=1$imEIqhXSzSmtyAcX26iZBA$imEFds3xvCAaiycjfpK/51rkQJL+IJvIva1oi3dgPtM"
        try await withIdentity { identity in
            try await identity.signUp("ada@example.com")
            let database = identity.running.context.database
            try await database.write { try $0.execute("UPDATE users SET password_hash = \(old)") }
            for _ in 0..<2 {
                _ = try await identity.signIn("ada@example.com")
                let hash = try database.read { try $0.first("SELECT password_hash FROM users") { try $0.text(0) } }
                #expect(try #require(hash).hasPrefix("$argon2id$v=19$m=19456,t=2,p=1$"))
            }
        }
    }
}
