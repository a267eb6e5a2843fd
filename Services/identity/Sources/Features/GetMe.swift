import API
import Auth
import JSON

extension IdentityService {
    /// `GET /v1/auth/me`: 200 `{user: {id, email, role, created_at}}`.
    func getMe(_ request: Request, _ caller: Principal) async throws -> Response {
        .user(try account(of: caller))
    }
}

extension Response {
    /// `{user: {id, email, role, created_at}}`
    static func user(_ account: Account) -> Response {
        .json { json in
            json.object("user") { json in
                json.field("id", account.id)
                json.field("email", account.email)
                json.field("role", account.role.rawValue)
                json.field("created_at", account.createdAt)
            }
        }
    }
}
