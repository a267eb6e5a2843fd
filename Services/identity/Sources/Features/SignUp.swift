import API
import Auth
import JSON
import SQLite
import Time
import TypedID

extension IdentityService {
    /// `POST /v1/auth/signup` `{email, password}`: 201 `{user: {id, email, created_at}}`.
    func signUp(_ request: Request) async throws -> Response {
        var fields = Fields(request.body)
        let email = fields.email("email")
        let password = fields.newPassword("password", for: email)
        guard let email, let password, fields.faults.isEmpty else { throw fields.refusal }

        // Asked before a hash is paid for; the schema decides in the end.
        let isTaken = try database.read { connection in
            try connection.first("SELECT 1 FROM users WHERE email_folded = \(email.folded)") { _ in true }
        }
        guard isTaken == nil else { throw IdentityRefusal.emailTaken }

        let hash = try await passwords.hash(password)
        let account = Account(id: ids.next(), email: email.text, role: .customer, createdAt: clock.now())
        try await database.write { transaction in
            let inserted = try transaction.execute(
                """
                INSERT INTO users (id, email, email_folded, password_hash, role, created_at)
                VALUES (\(account.id), \(account.email), \(email.folded), \(hash), \(account.role), \(account.createdAt))
                ON CONFLICT (email_folded) DO NOTHING
                """)
            guard inserted == 1 else { throw IdentityRefusal.emailTaken }
        }
        return .json(201) { json in
            json.object("user") { json in
                json.field("id", account.id)
                json.field("email", account.email)
                json.field("created_at", account.createdAt)
            }
        }
    }
}
