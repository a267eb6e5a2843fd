/// One client's connection, kept for many requests, one after the other. It blocks: each belongs to a thread of
/// `Threads`.
public final class HTTPConnection {
    private let host: String
    private let port: UInt16
    private var connection: TCPConnection?
    private var pending: [UInt8] = []

    public init(host: String, port: UInt16) {
        self.host = host
        self.port = port
    }

    /// Connects now rather than with the first request.
    public func connect() throws {
        if connection == nil { connection = try TCPConnection(host: host, port: port) }
    }

    /// A body goes as JSON.
    /// - Throws: `RawHTTP.Failure` when there was no whole answer: whether the request was acted on is unknown. The
    ///   next one gets a new connection.
    public func send(
        _ method: String, _ target: String, token: String? = nil, headers: [(String, String)] = [], body: String? = nil
    ) throws -> Answer {
        do {
            try connect()
            var all = headers
            if let token { all.append(("Authorization", "Bearer \(token)")) }
            if body != nil { all.append(("Content-Type", "application/json")) }
            let body = body.map { Array($0.utf8) }
            connection?.send(RawHTTP.request(method, target, host: host, headers: all, body: body))
            let answer = try receive(isHead: method == "HEAD")
            if answer.header("connection")?.lowercased() == "close" { forget() }
            return answer
        } catch {
            forget()
            throw error
        }
    }

    private func forget() {
        connection = nil
        pending = []
    }

    private func receive(isHead: Bool) throws -> Answer {
        var end = pending.firstRange(of: Array("\r\n\r\n".utf8))
        while end == nil {
            try fill()
            end = pending.firstRange(of: Array("\r\n\r\n".utf8))
        }
        guard let end else { throw RawHTTP.Failure(reason: "no head") }
        let head = try RawHTTP.parseHead(pending[..<end.lowerBound], body: [])
        let length = isHead ? 0 : head.header("content-length").flatMap { Int($0) } ?? 0
        while pending.count < end.upperBound + length { try fill() }
        let body = Array(pending[end.upperBound..<end.upperBound + length])
        pending.removeFirst(end.upperBound + length)
        return Answer(status: head.status, headers: head.headers, body: body)
    }

    private func fill() throws {
        let chunk = try connection?.receive() ?? []
        guard !chunk.isEmpty else { throw RawHTTP.Failure(reason: "closed before the answer was whole") }
        pending += chunk
    }
}
