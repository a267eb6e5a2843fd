import Dispatch
import JSON

/// Sends a request over a socket of its own, byte for byte as a test wants it.
public enum RawHTTP {
    public struct Failure: Error {
        public let reason: String
    }

    /// - Parameter headers: besides `Host`, `Connection: close` and `Content-Length` where there is a body.
    public static func send(
        _ method: String, _ target: String, host: String = "127.0.0.1", port: UInt16, headers: [(String, String)] = [],
        body: [UInt8]? = nil
    ) async throws -> Answer {
        let bytes = request(method, target, host: host, headers: [("Connection", "close")] + headers, body: body)
        return try parse(try await exchange(bytes, host: host, port: port), isHead: method == "HEAD")
    }

    /// A request as it goes over the wire.
    public static func request(
        _ method: String, _ target: String, host: String, headers: [(String, String)], body: [UInt8]?
    ) -> [UInt8] {
        var head = "\(method) \(target) HTTP/1.1\r\nHost: \(host)\r\n"
        for (name, value) in headers { head += "\(name): \(value)\r\n" }
        if let body { head += "Content-Length: \(body.count)\r\n" }
        return Array((head + "\r\n").utf8) + (body ?? [])
    }

    /// Sends bytes and reads until the peer closes. Blocks a thread of Dispatch's, none of Swift's own.
    /// - Parameter halfClosing: whether the peer is told that no more will come.
    public static func exchange(
        _ bytes: [UInt8], host: String = "127.0.0.1", port: UInt16, halfClosing: Bool = false
    ) async throws -> [UInt8] {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async {
                continuation.resume(with: Result { try blockingExchange(bytes, host, port, halfClosing) })
            }
        }
    }

    private static func blockingExchange(
        _ bytes: [UInt8], _ host: String, _ port: UInt16, _ halfClosing: Bool
    ) throws -> [UInt8] {
        let connection = try TCPConnection(host: host, port: port)
        connection.send(bytes)
        if halfClosing { connection.finishSending() }
        var answer: [UInt8] = []
        while true {
            do {
                let chunk = try connection.receive()
                if chunk.isEmpty { return answer }
                answer += chunk
            } catch  where !answer.isEmpty {
                return answer  // a peer that refuses a body may reset the connection after its answer
            }
        }
    }

    /// Reads one whole answer with a `Content-Length`, or none where there is no body.
    public static func parse(_ bytes: [UInt8], isHead: Bool = false) throws -> Answer {
        guard let end = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else { throw Failure(reason: "no head") }
        let answer = try parseHead(bytes[..<end.lowerBound], body: Array(bytes[end.upperBound...]))
        guard isHead || answer.header("content-length").map({ Int($0) == answer.body.count }) ?? answer.body.isEmpty
        else { throw Failure(reason: "the body is not as long as announced") }
        return answer
    }

    static func parseHead(_ head: some Sequence<UInt8>, body: [UInt8]) throws -> Answer {
        let lines = String(decoding: Array(head), as: UTF8.self).split(separator: "\r\n")
        guard let first = lines.first, let status = first.split(separator: " ").dropFirst().first.flatMap({ Int($0) })
        else { throw Failure(reason: "no status") }
        let headers = lines.dropFirst().map { line -> (name: String, value: String) in
            let parts = line.split(separator: ":", maxSplits: 1)
            return (String(parts[0]), parts.count > 1 ? String(parts[1].drop { $0 == " " }) : "")
        }
        return Answer(status: status, headers: headers, body: body)
    }
}
