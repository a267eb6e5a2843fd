extension HTTPClient {
    /// One neighbour and every limit of the calls to it. Times are in milliseconds.
    public struct Configuration: Sendable {
        /// The neighbour's name, as metrics show it.
        public var neighbour: String
        /// What this client is for, as metrics show it, where the neighbour has another one as well.
        public var purpose: String?
        /// `http://host:port`, without a path.
        public var baseURL: String
        /// Sent as `Authorization: Bearer …` with every call.
        public var credential: String?

        /// The time of a whole call, its retries and the waits between them included.
        public var callTimeout: Int64 = 1_000
        /// The time of one attempt. Shorter than `callTimeout`, it leaves time to retry one that hangs.
        public var attemptTimeout: Int64 = 1_000
        public var connectTimeout: Int64 = 250

        public var retry = RetryPolicy()
        public var breaker = CircuitBreaker.Thresholds()

        /// Attempts beyond it wait for their turn, on their own time.
        public var maxConnectionsPerLoop = 16
        /// Calls beyond it are refused at once.
        public var maxCallsInFlight = 256
        public var maxAnswerBytes = 4 << 20
        public var maxHeaderBytes = 32 << 10

        /// How long an address is used before it is looked up again, in seconds: a restarted container gets another one.
        public var nameCacheSeconds = 10
        /// An idle connection older than this, in seconds, is not used again. Keep it below the neighbour's own limit.
        public var idleConnectionSeconds = 30

        public init(neighbour: String, baseURL: String, credential: String? = nil) {
            self.neighbour = neighbour
            self.baseURL = baseURL
            self.credential = credential
        }

        func validate() throws(HTTPClientError) {
            guard RequestTarget.isBaseURL(baseURL) else {
                throw .invalidConfiguration(reason: "the base URL must be http://host:port or https://host:port")
            }
            // RFC 6750 §2.1: b64token. Anything else could end the header line.
            guard credential?.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) != false else {
                throw .invalidConfiguration(reason: "the credential must be visible ASCII without spaces")
            }
            let times = [callTimeout, attemptTimeout, connectTimeout, breaker.openMilliseconds]
            let limits = [maxConnectionsPerLoop, maxCallsInFlight, maxAnswerBytes, maxHeaderBytes]
            guard times.allSatisfy({ $0 > 0 }), limits.allSatisfy({ $0 > 0 }), retry.maxRetries >= 0,
                nameCacheSeconds >= 0, idleConnectionSeconds > 0
            else {
                throw .invalidConfiguration(reason: "every time and every limit must be positive")
            }
        }
    }
}
