/// Everything that identity refuses once a request is well-formed.
package enum IdentityRefusal: Error, Equatable {
    /// The address has an account, whatever its case.
    case emailTaken
    /// The e-mail address or the password is wrong; which of them is nobody's business.
    case invalidCredentials
    /// The token is good, but its account is gone or has changed its password since.
    case tokenWithdrawn
    /// The account is no admin any more, whatever its token says.
    case notAdmin
    case userNotFound
    /// Nobody would be left to name another one.
    case lastAdmin
    /// Another service's key is one that access tokens are signed with.
    case keyIsOwn
    case tooManyKeys(most: Int64)
    /// Too many passwords wait to be hashed.
    case overloaded
}
