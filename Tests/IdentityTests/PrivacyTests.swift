import Auth
import IdentityService
import JSON
import Lifecycle
import SQLite
import TestSupport
import Testing

@Suite("What is written down about people")
struct PrivacyTests {
    @Test("no log line holds an address, a password, a token or a key, whatever goes well or wrong")
    func log() async throws {
        let log = LogLines()
        var secrets = ["ada@", "admin@", "example.com", goodPassword, "seven lamps", "password123", "argon2id"]
        try await withIdentity(["LOG_LEVEL": "debug"], log: log) { identity in
            let (_, admin) = try await identity.person("admin@example.com", .admin)
            let (id, token) = try await identity.person("ada@example.com")
            secrets += [admin, token]
            secrets += [admin, token].flatMap { $0.split(separator: ".").dropFirst().map(String.init) }
            _ = try await identity.post("/v1/auth/signup", credentials("ada@example.com"))
            _ = try await identity.post("/v1/auth/signup", credentials("ada@", "password123"))
            _ = try await identity.post("/v1/auth/signin", credentials("ada@example.com", "password123"))
            _ = try await identity.get("/v1/users?email=ada@example.com", token: admin)
            _ = try await identity.send("PATCH", "/v1/users/\(id)", token: admin, body: #"{"role":"staff"}"#)
            _ = try await identity.changePassword(token, from: "password123", to: "seven lamps by the door")
            _ = try await identity.changePassword(token, to: "seven lamps by the door")
            try await identity.command("rotate-keys")
            // The worst case: a statement that fails, with an address among its arguments.
            let database = identity.running.context.database
            try await database.write { try $0.execute("ALTER TABLE users RENAME TO people") }
            #expect(try await identity.post("/v1/auth/signup", credentials("eve@example.com")).status == 500)
            #expect(try await identity.post("/v1/auth/signin", credentials("ada@example.com")).status == 500)
        }
        let lines = log.all
        for event in ["signing_key_made", "role_changed", "password_changed", "request_failed"] {
            #expect(lines.contains { $0.contains(#""event":"\#(event)""#) })
        }
        for secret in secrets { #expect(!lines.contains { $0.contains(secret) }, "\(secret)") }
    }
}
