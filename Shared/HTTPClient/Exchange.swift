extension HTTPClient {
    public enum Method: String, Sendable, CaseIterable {
        case get = "GET"
        case head = "HEAD"
        case put = "PUT"
        case delete = "DELETE"
        case post = "POST"
        case patch = "PATCH"

        /// Whether doing it twice is doing it once (RFC 9110 §9.2.2).
        public var isIdempotent: Bool { self != .post && self != .patch }
    }

    /// What a neighbour answered.
    public struct Response: Sendable {
        public let status: Int
        public let body: [UInt8]
        let headers: [(name: String, value: String)]

        package init(status: Int, body: [UInt8], headers: [(name: String, value: String)] = []) {
            self.status = status
            self.body = body
            self.headers = headers
        }

        /// The first field of that name, in any case, without the white space around it.
        public func header(_ name: String) -> String? {
            let name = name.lowercased()
            return headers.first { $0.name == name }?.value
        }
    }

    /// A request that is safe to put on the wire.
    struct Request: Sendable {
        let method: Method
        let url: String
        let headers: [String]
        let body: [UInt8]?
        let retryable: Bool
    }
}
