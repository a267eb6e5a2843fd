import API
import Auth
import SQLite
import TypedID

extension Account {
    /// What `init(_:)` reads.
    static let columns: SQL = "id, email, role, created_at"

    init(_ row: Row) throws {
        id = try row.value(0)
        email = try row.text(1)
        role = try row.value(2)
        createdAt = try row.value(3)
    }
}

/// What a token claims was true when it was issued. Here, where it can be known, what counts is what is true now.
extension IdentityService {
    /// - Throws: `tokenWithdrawn` when the account is gone or has changed its password since.
    func account(of caller: Principal) throws -> Account {
        let id: UserID = try caller.id()
        let account = try database.read { connection in
            try connection.first(
                """
                SELECT \(sql: Account.columns) FROM users
                WHERE id = \(id) AND tokens_valid_from <= \(caller.issuedAt)
                """, Account.init)
        }
        guard let account else { throw IdentityRefusal.tokenWithdrawn }
        return account
    }

    /// - Throws: `tokenWithdrawn`, or `notAdmin` when the account has lost that role.
    func requireAdmin(_ caller: Principal) throws {
        guard try account(of: caller).role == .admin else { throw IdentityRefusal.notAdmin }
    }
}
