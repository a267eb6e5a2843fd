/// What one server takes from the network before it says no. Every figure is for the whole server, not for a loop.
public struct HTTPLimits: Sendable {
    /// Request line and header fields, in bytes: 414 or 431 beyond.
    public var headBytes = 16 * 1024
    /// Header fields in one request: 431 beyond.
    public var headerFields = 100
    /// The body, in bytes: 413 beyond, as soon as the announced length or a chunk says so. It is refused before it is
    /// read and before the handler knows of the request, so a limit of the handler's own belongs below this one.
    public var bodyBytes = 1024 * 1024
    /// Open connections: the next one is answered 503 and closed; beyond twice as many, closed without a word.
    public var connections = 4096
    /// Requests that a handler is at work on: the next one is answered 503, its connection kept.
    public var requestsInFlight = 2048
    /// With so many requests at work the server is crowded: what is left up to `requestsInFlight` is for those that do
    /// not yield to others, which are answered 503.
    public var crowd = 1024
    /// From a request's last byte to the beginning of its handler: 503 beyond, rather than an answer that nobody waits
    /// for any more.
    public var waitMilliseconds = 1_000
    /// What all connections together hold in memory of requests that arrive and of answers on their way, in bytes: a body
    /// or an answer longer than `headBytes` is refused beyond, with 503.
    public var bytesHeld = 256 * 1024 * 1024
    /// From a request's first byte to its last: 408 beyond.
    public var requestMilliseconds = 10_000
    /// Between two requests, or before the first: closed beyond.
    public var idleMilliseconds = 75_000
    /// For the client to take a whole answer: closed beyond.
    public var answerMilliseconds = 30_000

    public init() {}
}
