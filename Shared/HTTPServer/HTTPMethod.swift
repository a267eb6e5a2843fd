/// A request method (RFC 9110, section 9; PATCH is RFC 5789's).
public enum HTTPMethod: String, Sendable, Hashable, CaseIterable {
    case get = "GET"
    case head = "HEAD"
    case post = "POST"
    case put = "PUT"
    case patch = "PATCH"
    case delete = "DELETE"
    case options = "OPTIONS"
    /// TRACE, and whatever has no registered name: nothing here answers them but with 405.
    case other = "OTHER"
}
