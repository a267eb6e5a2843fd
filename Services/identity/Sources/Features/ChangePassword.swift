import API
import Auth
import JSON
import SQLite
import Telemetry
import Time

extension IdentityService {
    /// `POST /v1/auth/password` `{current_password, new_password}`: 204. Withdraws every token of the account.
    func changePassword(_ request: Request, _ caller: Principal) async throws -> Response {
        let account = try account(of: caller)
        var fields = Fields(request.body)
        let current = fields.claim("current_password")
        let new = fields.newPassword("new_password", for: Email(account.email))
        guard let current, let new, fields.faults.isEmpty else { throw fields.refusal }

        let known = try database.read { connection in
            try connection.first(
                "SELECT password_hash, tokens_valid_from FROM users WHERE id = \(account.id)"
            ) { row in (hash: try row.text(0), validFrom: try row.value(1, as: Timestamp.self)) }
        }
        guard let known, try await passwords.verify(current, against: known.hash) else {
            throw IdentityRefusal.invalidCredentials
        }
        let hash = try await passwords.hash(new)
        let response = try await request.decide(in: database) { [clock] transaction in
            // Whoever was faster with another change has made the current password a wrong one.
            let changed = try transaction.execute(
                """
                UPDATE users SET password_hash = \(hash),
                    tokens_valid_from = \(TokenTime.withdrawal(at: clock.now(), validFrom: known.validFrom))
                WHERE id = \(account.id) AND tokens_valid_from = \(known.validFrom)
                """)
            guard changed == 1 else { throw IdentityRefusal.invalidCredentials }
            return .noContent
        }
        log.info(
            "password_changed", [("user", .string("\(account.id)")), ("request_id", .string(request.trace.requestID))])
        return response
    }
}
