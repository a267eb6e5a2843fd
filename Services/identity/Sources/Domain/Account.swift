import Auth
import Time
import TypedID

enum UserTag: IDTag {
    static let prefix: StaticString = "usr"
}

typealias UserID = TypedID<UserTag>

/// An account as people see it.
struct Account: Sendable, Equatable {
    let id: UserID
    /// As it was given, not folded.
    let email: String
    let role: Role
    let createdAt: Timestamp
}
