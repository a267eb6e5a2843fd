import CSodium
import IdentityService
import JSON
import Lifecycle
import SQLite
import TestSupport
import Testing
import Time

@Suite("Changing the password")
struct PasswordTests {
    private let newPassword = "seven lamps by the door"

    @Test("the new password is right from then on, the old one wrong")
    func changed() async throws {
        try await withIdentity { identity in
            let (_, token) = try await identity.person("ada@example.com")
            let answer = try await identity.changePassword(token, to: newPassword)
            #expect(answer.status == 204)
            #expect(answer.body.isEmpty)
            let old = try await identity.post("/v1/auth/signin", credentials("ada@example.com"))
            #expect(old.codes == ["invalid_credentials"])
            _ = try await identity.signIn("ada@example.com", newPassword)
        }
    }

    @Test(
        "tokens from before are withdrawn, those from after are good, also within one second and at its very ends",
        arguments: [0, 1, 500, 999] as [Int64])
    func withdrawn(millisecond: Int64) async throws {
        let clock = ManualClock(Timestamp(rawValue: 1_795_199_400_000 + millisecond))
        try await withIdentity(clock: clock) { identity in
            let (_, first) = try await identity.person("ada@example.com")
            #expect(try await identity.changePassword(first, to: newPassword).status == 204)
            let second = try await identity.signIn("ada@example.com", newPassword)
            // Once more in the same millisecond: what has been issued meanwhile is withdrawn too.
            #expect(try await identity.changePassword(second, from: newPassword, to: goodPassword).status == 204)
            let third = try await identity.signIn("ada@example.com")
            for withdrawn in [first, second] {
                let answer = try await identity.me(withdrawn)
                #expect(answer.status == 401)
                #expect(answer.codes == ["token_invalid"])
                #expect(try await identity.changePassword(withdrawn, to: newPassword).status == 401)
            }
            #expect(try await identity.me(third).status == 200)
        }
    }

    @Test("a wrong current password changes nothing")
    func wrong() async throws {
        try await withIdentity { identity in
            let (_, token) = try await identity.person("ada@example.com")
            let answer = try await identity.changePassword(token, from: "wrong horse", to: newPassword)
            #expect(answer.status == 401)
            #expect(answer.codes == ["invalid_credentials"])
            #expect(answer.header("www-authenticate") == "Bearer")
            #expect(try await identity.me(token).status == 200)
            _ = try await identity.signIn("ada@example.com")
        }
    }

    @Test(
        "each fault has its code, and all of them are told at once",
        arguments: [
            ("{}", ["current_password_missing", "new_password_missing"]), ("7", ["body_invalid"]),
            (#"{"current_password":1,"new_password":[]}"#, ["current_password_invalid", "new_password_invalid"]),
            (#"{"current_password":"","new_password":"short"}"#, ["new_password_too_short"]),
            (
                #"{"current_password":"x","new_password":"\#(String(repeating: "x", count: 129))"}"#,
                ["new_password_too_long"]
            ),
            (#"{"current_password":"x","new_password":"motdepasse1"}"#, ["new_password_too_common"]),
            (#"{"current_password":"x","new_password":"ada@EXAMPLE.com"}"#, ["new_password_is_email"]),
            (#"{"new_password":"line\nfeeds"}"#, ["current_password_missing", "new_password_invalid"]),
        ] as [(String, [String])])
    func faults(body: String, codes: [String]) async throws {
        try await withIdentity { identity in
            let (_, token) = try await identity.person("Ada@example.com")
            let answer = try await identity.post("/v1/auth/password", body, token: token)
            #expect(answer.status == 422)
            #expect(answer.codes == codes)
        }
    }

    @Test("of rivals who know the current password exactly one changes it")
    func rivals() async throws {
        try await withIdentity(["HASH_THREADS": "2", "HASH_WAIT_MILLISECONDS": "60000"]) { identity in
            let (_, token) = try await identity.person("ada@example.com")
            let statuses = try await withThrowingTaskGroup { group in
                for index in 0..<6 {
                    group.addTask { try await identity.changePassword(token, to: "a new password \(index)").status }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses.count { $0 == 204 } == 1)
            #expect(statuses.count { $0 == 401 } == 5)
        }
    }

    @Test("a retry under the same key gets the first answer, with the token that the first attempt has withdrawn")
    func retried() async throws {
        try await withIdentity { identity in
            let (_, token) = try await identity.person("ada@example.com")
            let first = try await identity.changePassword(token, to: newPassword, key: "\"k1\"")
            #expect(first.status == 204)
            #expect(first.header("idempotent-replayed") == nil)
            let again = try await identity.changePassword(token, to: newPassword, key: "k1")
            #expect(again.status == 204)
            #expect(again.header("idempotent-replayed") == "true")
            let other = try await identity.changePassword(token, to: "another password", key: "k1")
            #expect(other.status == 422)
            #expect(other.codes == ["idempotency_key_reused"])
            #expect(try await identity.changePassword(token, to: newPassword, key: "k2").status == 401)
            #expect(
                try await identity.changePassword(token, to: newPassword, key: "é").codes == ["idempotency_key_invalid"]
            )
            _ = try await identity.signIn("ada@example.com", newPassword)
        }
    }

    @Test("a refusal is not kept: the same key may try again with the right password")
    func refusedThenRight() async throws {
        try await withIdentity { identity in
            let (_, token) = try await identity.person("ada@example.com")
            #expect(try await identity.changePassword(token, from: "wrong", to: newPassword, key: "k").status == 401)
            #expect(try await identity.changePassword(token, to: newPassword, key: "k").status == 204)
        }
    }

    @Test("nothing of a password is in the record of an answer, not even a digest that could be guessed at")
    func record() async throws {
        try await withIdentity { identity in
            let (_, token) = try await identity.person("ada@example.com")
            let body = json(["current_password": .string(goodPassword), "new_password": .string(newPassword)])
            let key = [("Idempotency-Key", "k")]
            #expect(try await identity.post("/v1/auth/password", body, token: token, headers: key).status == 204)
            let stored = try identity.running.context.database.read {
                try $0.rows("SELECT fingerprint FROM idempotency_records") { try $0.bytes(0) }
            }
            #expect(stored.count == 1)
            var guessable = [UInt8](repeating: 0, count: 32)
            crypto_generichash(&guessable, 32, body, UInt64(body.utf8.count), nil, 0)
            #expect(stored != [guessable])
        }
    }
}
