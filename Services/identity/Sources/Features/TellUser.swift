import API
import JSON
import SQLite
import TypedID

extension IdentityService {
    /// `GET /internal/v1/users/{user_id}`: 200 `{user: {id, email}}`, for a service that writes to somebody.
    func tellUser(_ request: Request) async throws -> Response {
        let account = try UserID(request.parameter("user_id")).flatMap { id in
            try database.read { connection in
                try connection.first("SELECT \(sql: Account.columns) FROM users WHERE id = \(id)", Account.init)
            }
        }
        guard let account else { throw IdentityRefusal.userNotFound }
        return .json { json in
            json.object("user") { json in
                json.field("id", account.id)
                json.field("email", account.email)
            }
        }
    }
}
