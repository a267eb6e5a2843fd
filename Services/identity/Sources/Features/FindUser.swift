import API
import Auth
import SQLite

extension IdentityService {
    /// `GET /v1/users?email=`: 200 `{user}`, or 404 when nobody has this address.
    func findUser(_ request: Request, _ caller: Principal) async throws -> Response {
        try requireAdmin(caller)
        var fields = Fields(try request.query())
        guard let email = fields.email("email"), fields.faults.isEmpty else { throw fields.refusal }
        let account = try database.read { connection in
            try connection.first(
                "SELECT \(sql: Account.columns) FROM users WHERE email_folded = \(email.folded)", Account.init)
        }
        guard let account else { throw IdentityRefusal.userNotFound }
        return .user(account)
    }
}
