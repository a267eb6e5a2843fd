import Dispatch
import Glibc
import JSON

/// Sends a request over a socket of its own, byte for byte as a test wants it.
public enum RawHTTP {
    public struct Failure: Error {
        public let reason: String
    }

    /// - Parameter headers: besides `Host`, `Connection: close` and `Content-Length` where there is a body.
    public static func send(
        _ method: String, _ target: String, port: UInt16, headers: [(String, String)] = [], body: [UInt8]? = nil
    ) async throws -> Answer {
        var head = "\(method) \(target) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nConnection: close\r\n"
        for (name, value) in headers { head += "\(name): \(value)\r\n" }
        if let body { head += "Content-Length: \(body.count)\r\n" }
        let bytes = Array((head + "\r\n").utf8) + (body ?? [])
        return try parse(try await exchange(bytes, port: port), isHead: method == "HEAD")
    }

    /// Sends bytes and reads until the peer closes. Blocks a thread of Dispatch's, none of Swift's own.
    public static func exchange(_ bytes: [UInt8], port: UInt16) async throws -> [UInt8] {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async {
                continuation.resume(with: Result { try blockingExchange(bytes, port: port) })
            }
        }
    }

    private static func blockingExchange(_ bytes: [UInt8], port: UInt16) throws -> [UInt8] {
        let connection = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard connection >= 0 else { throw Failure(reason: "no socket: \(errno)") }
        defer { close(connection) }
        var limit = timeval(tv_sec: 30, tv_usec: 0)
        setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let connected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(connection, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard connected == 0 else { throw Failure(reason: "no connection to \(port): \(errno)") }
        var sent = 0
        while sent < bytes.count {
            let count = Glibc.send(connection, Array(bytes[sent...]), bytes.count - sent, Int32(MSG_NOSIGNAL))
            guard count > 0 else { break }  // a peer that refuses a body closes while it is sent
            sent += count
        }
        var answer: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = recv(connection, &chunk, chunk.count, 0)
            if count == 0 || (count < 0 && errno == ECONNRESET && !answer.isEmpty) { return answer }
            guard count > 0 else { throw Failure(reason: "no answer: \(errno)") }
            answer += chunk.prefix(count)
        }
    }

    /// Reads one whole answer with a `Content-Length`, or none where there is no body.
    public static func parse(_ bytes: [UInt8], isHead: Bool = false) throws -> Answer {
        guard let end = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else { throw Failure(reason: "no head") }
        let lines = String(decoding: bytes[..<end.lowerBound], as: UTF8.self).split(separator: "\r\n")
        guard let first = lines.first, let status = first.split(separator: " ").dropFirst().first.flatMap({ Int($0) })
        else { throw Failure(reason: "no status") }
        let headers = lines.dropFirst().map { line -> (name: String, value: String) in
            let parts = line.split(separator: ":", maxSplits: 1)
            return (String(parts[0]), parts.count > 1 ? String(parts[1].drop { $0 == " " }) : "")
        }
        let answer = Answer(status: status, headers: headers, body: Array(bytes[end.upperBound...]))
        guard isHead || answer.header("content-length").map({ Int($0) == answer.body.count }) ?? answer.body.isEmpty
        else { throw Failure(reason: "the body is not as long as announced") }
        return answer
    }
}
