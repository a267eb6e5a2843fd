import API
import Auth
import JSON
import SQLite
import Text
import Time
import TypedID

extension IdentityService {
    /// `POST /v1/auth/signin` `{email, password}`: 200 `{token}`. Wrong is wrong, by the same answer after the same
    /// work, whether there is such an account or not.
    func signIn(_ request: Request) async throws -> Response {
        var fields = Fields(request.body)
        let email = fields.claim("email")
        let password = fields.claim("password")
        guard let email, let password, fields.faults.isEmpty else { throw fields.refusal }

        // Before the account is read: a password changed while this one is compared withdraws the token too.
        let now = clock.now()
        let known = try database.read { connection in
            try connection.first(
                """
                SELECT id, role, password_hash, tokens_valid_from FROM users
                WHERE email_folded = \(email.trimmed.caseFolded)
                """
            ) { row in try Known(row) }
        }
        let isRight = try await passwords.verify(password, against: known?.hash ?? passwords.decoy)
        guard let known, isRight else { throw IdentityRefusal.invalidCredentials }
        if passwords.isOutdated(known.hash) { await renew(known, password) }

        let issuedAt = TokenTime.issuing(at: now, validFrom: known.validFrom)
        let token = AccessToken(
            subject: known.id.description, role: known.role, issuedAt: issuedAt, expiresAt: issuedAt + tokenSeconds)
        guard let text = token.signed(with: try keys.signing(at: now)) else { throw APIError.unavailable }
        return .json { json in json.field("token", text) }
    }

    private struct Known {
        let id: UserID
        let role: Role
        let hash: String
        let validFrom: Timestamp

        init(_ row: Row) throws {
            id = try row.value(0)
            role = try row.value(1)
            hash = try row.text(2)
            validFrom = try row.value(3)
        }
    }

    /// Hashes a right password anew with today's parameters. Signing in does not fail by it: there is a next time.
    private func renew(_ known: Known, _ password: String) async {
        guard let hash = try? await passwords.hash(password) else { return }
        let (id, outdated) = (known.id, known.hash)
        _ = try? await database.write { transaction in
            try transaction.execute(
                "UPDATE users SET password_hash = \(hash) WHERE id = \(id) AND password_hash = \(outdated)")
        }
    }
}
