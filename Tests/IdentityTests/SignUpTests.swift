import IdentityService
import JSON
import TestSupport
import Testing
import Time

@Suite("Signing up")
struct SignUpTests {
    @Test("a new account answers its id, its address as given and its time, and nothing else")
    func created() async throws {
        try await withIdentity { identity in
            let answer = try await identity.post("/v1/auth/signup", credentials("  Ada@Example.com "))
            #expect(answer.status == 201)
            #expect(answer.header("content-type") == "application/json")
            let user = try #require(answer.json["user"])
            #expect(Answer.names(user) == ["id", "email", "created_at"])
            #expect(user["email"] == "Ada@Example.com")
            #expect(user["created_at"] == .string(identity.clock.now.rfc3339))
            #expect(try #require(user["id"]?.stringValue).wholeMatch(of: /usr_[1-9][0-9]{9,18}/) != nil)
            #expect(try await identity.me(identity.signIn("ada@example.com")).json["user"]?["role"] == "customer")
        }
    }

    private static let fine = #""email":"ada@example.com","password":"correct horse""#
    private static let long = String(repeating: "a", count: 250)

    @Test(
        "each fault has its code, and all of them are told at once",
        arguments: [
            ("[]", ["body_invalid"]), ("{}", ["email_missing", "password_missing"]),
            (#"{"email":null,"password":null}"#, ["email_missing", "password_missing"]),
            (#"{"email":1,"password":true}"#, ["email_invalid", "password_invalid"]),
            (#"{"email":"","password":"correct horse"}"#, ["email_invalid"]),
            (#"{"email":"ada","password":"correct horse"}"#, ["email_invalid"]),
            (#"{"email":"ada@exa\u0000mple.com","password":"correct horse"}"#, ["email_invalid"]),
            (#"{"email":"\#(long)@b.com","password":"correct horse"}"#, ["email_too_long"]),
            (#"{"email":"\#(long)@b.com","password":"short"}"#, ["email_too_long", "password_too_short"]),
            (#"{"email":"ada","password":"short"}"#, ["email_invalid", "password_too_short"]),
            (#"{"email":"ada@example.com","password":""}"#, ["password_too_short"]),
            (#"{"email":"ada@example.com","password":"👩‍👩‍👧‍👧"}"#, ["password_too_short"]),
            (
                #"{"email":"ada@example.com","password":"\#(String(repeating: "é", count: 129))"}"#,
                ["password_too_long"]
            ),
            (#"{"email":"ada@example.com","password":"tab\tulators"}"#, ["password_invalid"]),
            (#"{"email":"ada@example.com","password":"password"}"#, ["password_too_common"]),
            (#"{"email":"ada@example.com","password":"PassWord123"}"#, ["password_too_common"]),
            (#"{"email":"ada@example.com","password":"motdepasse"}"#, ["password_too_common"]),
            (#"{"email":"ada","password":"12345678"}"#, ["email_invalid", "password_too_common"]),
            (#"{"email":"ada@example.com","password":"ADA@example.COM"}"#, ["password_is_email"]),
        ] as [(String, [String])])
    func faults(body: String, codes: [String]) async throws {
        try await withIdentity { identity in
            let answer = try await identity.post("/v1/auth/signup", body)
            #expect(answer.status == 422)
            #expect(answer.codes == codes)
        }
    }

    @Test("passwords of 8 and of 128 code points are taken, in whatever script")
    func lengths() async throws {
        try await withIdentity { identity in
            for (index, password) in ["8 signs.", String(repeating: "é", count: 128), "密码密码密码密码"].enumerated() {
                try await identity.signUp("ada\(index)@example.com", password)
                _ = try await identity.signIn("ada\(index)@example.com", password)
            }
        }
    }

    @Test("an address is taken in every case, width and composition; with another accent it is free")
    func duplicates() async throws {
        try await withIdentity { identity in
            try await identity.signUp("Jérôme@exemple.fr")
            for same in [
                "jérôme@exemple.fr", "JÉRÔME@EXEMPLE.FR", "Je\u{301}ro\u{302}me@exemple.fr", " ｊérôme@exemple.fr",
            ] {
                let answer = try await identity.post("/v1/auth/signup", credentials(same))
                #expect(answer.status == 409)
                #expect(answer.codes == ["email_taken"])
            }
            try await identity.signUp("jerome@exemple.fr")
        }
    }

    @Test("of many who sign up with one address at the same time exactly one gets it")
    func rivals() async throws {
        try await withIdentity(["HASH_THREADS": "2", "HASH_WAIT_MILLISECONDS": "60000"]) { identity in
            let answers = try await withThrowingTaskGroup { group in
                for index in 0..<12 {
                    let email = index % 2 == 0 ? "ada@example.com" : "ADA@example.com"
                    group.addTask { try await identity.post("/v1/auth/signup", credentials(email)) }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(answers.count { $0.status == 201 } == 1)
            #expect(answers.count { $0.status == 409 && $0.codes == ["email_taken"] } == 11)
        }
    }

    @Test("a role in the body is an unknown field")
    func noRole() async throws {
        try await withIdentity { identity in
            let body = json(["email": "eve@example.com", "password": .string(goodPassword), "role": "admin"])
            #expect(try await identity.post("/v1/auth/signup", body).status == 201)
            let me = try await identity.me(identity.signIn("eve@example.com"))
            #expect(me.json["user"]?["role"] == "customer")
        }
    }
}
