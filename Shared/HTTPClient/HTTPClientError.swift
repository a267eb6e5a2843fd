/// Why a call brought no answer. A neighbour's refusal (4xx, 5xx) is an answer, not an error.
public enum HTTPClientError: Error, Equatable {
    /// No whole answer within the call's time. Whether the neighbour acted on the request is unknown.
    case timedOut
    /// No connection could be made, so the neighbour never saw the request.
    case unreachable(reason: String)
    /// The connection broke under the request. Whether the neighbour acted on it is unknown.
    case connectionLost(reason: String)
    /// What came back is not HTTP.
    case malformedAnswer(reason: String)
    /// More bytes than `limit`, in the body or in the header section.
    case answerTooLarge(limit: Int)
    /// The neighbour failed too often lately: nothing was sent.
    case refusedByBreaker(retryAfterMilliseconds: Int64)
    /// As many calls as are allowed are in flight: nothing was sent.
    case tooManyCalls(limit: Int)
    /// The path, the method or the time given cannot be sent.
    case invalidRequest(reason: String)
    /// The configuration cannot be used.
    case invalidConfiguration(reason: String)
    /// The calling task was cancelled, or the client's loop stopped.
    case cancelled
}
