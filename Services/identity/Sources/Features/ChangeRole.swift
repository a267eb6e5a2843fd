import API
import Auth
import JSON
import SQLite
import Telemetry
import TypedID

extension IdentityService {
    /// `PATCH /v1/users/{user_id}` `{role}`: 200 `{user}`. The last admin stays one.
    func changeRole(_ request: Request, _ caller: Principal) async throws -> Response {
        try requireAdmin(caller)
        var fields = Fields(request.body)
        guard let role = fields.choice("role", of: Role.self), fields.faults.isEmpty else { throw fields.refusal }
        guard let id = UserID(request.parameter("user_id")) else { throw IdentityRefusal.userNotFound }

        let account = try await database.write { try Self.setRole(role, of: id, in: $0) }
        log.info(
            "role_changed",
            [
                ("user", .string("\(account.id)")), ("role", .string(role.rawValue)), ("by", .string(caller.subject)),
                ("request_id", .string(request.trace.requestID)),
            ])
        return .user(account)
    }

    /// The schema itself refuses to lose its last admin.
    /// - Throws: `userNotFound`, `lastAdmin`.
    static func setRole(_ role: Role, of id: UserID, in transaction: Transaction) throws -> Account {
        do {
            let account = try transaction.first(
                "UPDATE users SET role = \(role) WHERE id = \(id) RETURNING \(sql: Account.columns)", Account.init)
            guard let account else { throw IdentityRefusal.userNotFound }
            return account
        } catch DatabaseError.constraint(.trigger, "last_admin") {
            throw IdentityRefusal.lastAdmin
        }
    }
}
