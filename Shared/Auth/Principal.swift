/// What an account may do. Each role includes the ones before it.
public enum Role: String, Sendable, Comparable, CaseIterable {
    case customer, staff, admin

    public static func < (left: Role, right: Role) -> Bool { left.rank < right.rank }

    private var rank: Int {
        switch self {
        case .customer: 0
        case .staff: 1
        case .admin: 2
        }
    }
}

/// Who a verified token speaks for.
public struct Principal: Sendable, Equatable {
    /// The token's `sub`, as identity wrote it.
    public let subject: String
    public let role: Role
    /// The token's `iat`, in milliseconds since 1970: identity refuses tokens that are older than a password.
    public let issuedAt: Int64

    public init(subject: String, role: Role, issuedAt: Int64) {
        self.subject = subject
        self.role = role
        self.issuedAt = issuedAt
    }
}
