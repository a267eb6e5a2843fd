import Auth
import Lifecycle
import SQLite
import Text

extension IdentityService {
    /// `identity grant EMAIL ROLE`: how the first admin is made, by whoever has the database.
    static let grantRole = Command("grant", ["EMAIL", "ROLE"]) { arguments, context in
        guard let role = Role(rawValue: arguments[1]) else {
            throw SettingError("ROLE must be customer, staff or admin, not '\(arguments[1])'.")
        }
        let folded = arguments[0].nfc.trimmed.caseFolded
        let account = try await context.database.write { transaction in
            let id = try transaction.first("SELECT id FROM users WHERE email_folded = \(folded)") { row in
                try row.value(0, as: UserID.self)
            }
            guard let id else { throw IdentityRefusal.userNotFound }
            return try setRole(role, of: id, in: transaction)
        }
        return "\(account.id) is \(account.role.rawValue) now."
    }
}
