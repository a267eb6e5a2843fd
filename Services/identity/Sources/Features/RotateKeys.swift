import Lifecycle
import Time

extension IdentityService {
    /// `identity rotate-keys`: the next signing key, now and not when the last one has had its time. A service that
    /// runs on the same database publishes it at once, and signs with it from its moment on.
    static let rotateKeys = Command("rotate-keys", []) { _, context in
        "The new key signs from \(try await SigningKeys(context).rotate().rfc3339) on."
    }
}
