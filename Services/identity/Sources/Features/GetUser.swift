import API
import Auth
import SQLite
import TypedID

extension IdentityService {
    /// `GET /v1/users/{user_id}`: 200 `{user}`.
    func getUser(_ request: Request, _ caller: Principal) async throws -> Response {
        try requireAdmin(caller)
        let account = try UserID(request.parameter("user_id")).flatMap { id in
            try database.read { connection in
                try connection.first("SELECT \(sql: Account.columns) FROM users WHERE id = \(id)", Account.init)
            }
        }
        guard let account else { throw IdentityRefusal.userNotFound }
        return .user(account)
    }
}
