import API

extension IdentityRefusal: APIRefusal {
    package var apiError: APIError {
        switch self {
        case .emailTaken:
            APIError(409, "email_taken", "An account with this e-mail address exists already.")
        case .invalidCredentials:
            APIError(401, "invalid_credentials", "The e-mail address or the password is wrong.")
                .adding("WWW-Authenticate", "Bearer")
        case .tokenWithdrawn:
            .tokenInvalid
        case .notAdmin:
            APIError(403, "forbidden", "Your account may not do this. It takes the role admin.")
        case .userNotFound:
            APIError(404, "user_not_found", "There is no such user.")
        case .lastAdmin:
            APIError(409, "last_admin", "This is the last admin. Make somebody else one first.")
        case .keyIsOwn:
            APIError(409, "key_is_own", "Access tokens are signed with this key: it has no other purpose.")
        case .tooManyKeys(let most):
            APIError(409, "too_many_keys", "\(most) keys of other services are published already.")
        case .overloaded:
            .unavailable
        }
    }
}

/// What a command of the executable tells.
extension IdentityRefusal: CustomStringConvertible {
    package var description: String { apiError.faults.map(\.message).joined(separator: " ") }
}
