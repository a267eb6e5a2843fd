/// Why a message was not made, or not handed over.
public enum MailError: Error, Equatable {
    /// Not an address that mail can be sent to in ASCII.
    case invalidAddress
    /// A control character, or too long for a line of a header.
    case invalidText
    /// A Message-ID of other characters than letters, digits and `._-`.
    case invalidMessageID
    /// A date of no year from 0 to 9999.
    case invalidDate
    /// A media type that is none.
    case invalidMediaType
    /// No recipient, or more than a message may have.
    case invalidRecipients
    case tooLarge(limit: Int)
    case invalidConfiguration(reason: String)

    /// The server said no for good, with that code (5xx).
    case refused(code: Int)
    /// The server said not now, with that code (4xx).
    case deferred(code: Int)
    /// TLS was required, and is not offered or not to be trusted.
    case insecure(reason: String)
    /// No connection was made: the server never saw the message.
    case unreachable(reason: String)
    /// Whether the server took the message is unknown.
    case connectionLost(reason: String)
    case timedOut
    /// The file could not be written.
    case unwritable(errno: Int32)
    /// As many messages as are allowed are under way.
    case tooMany(limit: Int)
    /// The calling task was cancelled, or the transport stopped.
    case cancelled

    /// Whether the same message would fail in the same way again.
    public var isPermanent: Bool {
        switch self {
        case .invalidAddress, .invalidText, .invalidMessageID, .invalidDate, .invalidMediaType, .invalidRecipients,
            .tooLarge, .invalidConfiguration, .refused:
            true
        case .deferred, .insecure, .unreachable, .connectionLost, .timedOut, .unwritable, .tooMany, .cancelled: false
        }
    }
}
