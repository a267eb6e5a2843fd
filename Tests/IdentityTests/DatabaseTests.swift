import Auth
import Glibc
import IdentityService
import JSON
import Lifecycle
import SQLite
import TestSupport
import Testing

@Suite("The database and what stands beside the code")
struct DatabaseTests {
    private let folder = checkoutPath + "/Services/identity"

    @Test("dump.sql is what the migrations make")
    func dump() throws {
        #expect(try SchemaDump.difference(folder + "/dump.sql", IdentityService.migrations) == nil)
    }

    @Test("dump.sql and seeds.sql make a database that the service runs on, and its sample people can sign in")
    func seeds() async throws {
        let path = temporaryPath("seeded.db")
        #expect(try shell("sqlite3 \(path) < \(folder)/dump.sql && sqlite3 \(path) < \(folder)/seeds.sql") == "")
        try await withIdentity(databasePath: path) { identity in
            for (id, role) in [(1, "customer"), (2, "staff"), (3, "admin")] {
                let token = try await identity.signIn("\(role)@marquee.example", "let-me-in-please")
                let me = try await identity.me(token).json["user"]
                #expect(me?["id"] == .string("usr_10000000000000\(id)"))
                #expect(me?["role"] == .string(role))
            }
            try await identity.signUp("ada@example.com")
        }
    }

    @Test("every sample password is the one that is written down, under a salt of its own, for a folded address")
    func samples() async throws {
        let path = temporaryPath("seeded.db")
        _ = try shell("sqlite3 \(path) < \(folder)/dump.sql && sqlite3 \(path) < \(folder)/seeds.sql")
        try await withIdentity(databasePath: path) { identity in
            let users = try identity.running.context.database.read {
                try $0.rows("SELECT email, email_folded, password_hash, created_at FROM users") {
                    (try $0.text(0), try $0.text(1), try $0.text(2), try $0.int(3))
                }
            }
            #expect(users.count == 43)
            #expect(Set(users.map(\.2)).count == 43)
            for (email, folded, hash, _) in users {
                #expect(Email(email)?.folded == folded)
                #expect(try await identity.service.passwords.verify("let-me-in-please", against: hash))
                #expect(!identity.service.passwords.isOutdated(hash))
            }
        }
    }

    @Test("the files of the database are their owner's alone")
    func modes() async throws {
        try await withIdentity { identity in
            try await identity.signUp("ada@example.com")
            for suffix in ["", "-wal", "-shm"] {
                var status = stat()
                #expect(stat(identity.databasePath + suffix, &status) == 0)
                #expect(status.st_mode & 0o777 == 0o600)
            }
        }
    }

    @Test(
        "the schema refuses what the program must never do",
        arguments: [
            "INSERT INTO users SELECT 2, 'b@c.d', email_folded, password_hash, role, 0, 0 FROM users",
            "UPDATE users SET role = 'owner'", "UPDATE users SET password_hash = 'let-me-in-please'",
            "UPDATE users SET role = 'staff' WHERE role = 'admin'", "UPDATE users SET tokens_valid_from = 1",
            "UPDATE users SET email = ''", "UPDATE signing_keys SET seed = x'00'",
        ] as [StaticString])
    func constraints(statement: StaticString) async throws {
        try await withIdentity { identity in
            _ = try await identity.person("admin@example.com", .admin)
            let database = identity.running.context.database
            await #expect(throws: DatabaseError.self) {
                try await database.write { try $0.execute(SQL(stringLiteral: statement)) }
            }
        }
    }

    @Test("however many accounts there are, every statement finds its rows by an index")
    func plans() async throws {
        try await withIdentity { identity in
            let (id, admin) = try await identity.person("admin@example.com", .admin)
            _ = try await identity.get("/v1/users?email=admin@example.com", token: admin)
            _ = try await identity.send("PATCH", "/v1/users/\(id)", token: admin, body: #"{"role":"admin"}"#)
            _ = try await identity.changePassword(admin, to: "seven lamps by the door", key: "k")
            let reports = try await identity.statementReports().filter {
                $0.sql.contains("users") || $0.sql.contains("idempotency_records")
            }
            #expect(reports.count >= 10)
            for report in reports { #expect(!report.plan.contains { $0.hasPrefix("SCAN") }, "\(report.sql)") }
        }
    }

    /// What a shell command prints, its errors too.
    private func shell(_ command: String) throws -> String {
        let pipe = try #require(popen("{ \(command); } 2>&1", "r"))
        defer { pclose(pipe) }
        var output: [UInt8] = []
        while case let byte = fgetc(pipe), byte != EOF { output.append(UInt8(truncatingIfNeeded: byte)) }
        return String(decoding: output, as: UTF8.self)
    }
}
