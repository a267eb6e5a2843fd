import Glibc

/// A TCP connection that sends exactly the bytes it is given.
final class RawClient: Sendable {
    struct Failure: Error, Equatable { var errno: Int32 }

    /// What came back, and how the connection stood after it.
    struct Received {
        var bytes: [UInt8] = []
        var closed = false

        var text: String { String(decoding: bytes, as: UTF8.self) }
        var statuses: [Int] {
            text.ranges(of: "HTTP/1.").compactMap { Int(text[$0.upperBound...].dropFirst(2).prefix(3)) }
        }
        /// The part after the last head.
        var body: String {
            guard let end = text.ranges(of: "\r\n\r\n").last else { return "" }
            return String(text[end.upperBound...])
        }
        func header(_ name: String) -> String? {
            for line in text.split(separator: "\r\n") {
                guard let colon = line.firstIndex(of: ":") else { continue }
                if line[..<colon].lowercased() == name.lowercased() {
                    return String(line[line.index(after: colon)...].drop { $0 == " " })
                }
            }
            return nil
        }
    }

    let descriptor: Int32

    init(port: UInt16, seconds: Int = 10) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var wait = timeval(tv_sec: seconds, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &wait, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &wait, socklen_t(MemoryLayout<timeval>.size))
        let size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let status = withUnsafePointer(to: &address) { address in
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, size) }
        }
        guard status == 0 else {
            throw Failure(errno: errno)
        }
    }

    deinit { close(descriptor) }

    /// False once the other side has gone.
    @discardableResult
    func send(_ bytes: [UInt8]) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return false }
            sent += count
        }
        return true
    }

    @discardableResult
    func send(_ text: String) -> Bool { send(Array(text.utf8)) }

    func finishSending() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// Reads until `enough` says so, the server closes, or ten seconds pass without a byte.
    func receive(until enough: (Received) -> Bool = { _ in false }) -> Received {
        var received = Received()
        var chunk = [UInt8](repeating: 0, count: 65536)
        while !enough(received) {
            let count = recv(descriptor, &chunk, chunk.count, 0)
            if count <= 0 {
                received.closed = count == 0 || errno == ECONNRESET
                return received
            }
            received.bytes += chunk[..<count]
        }
        return received
    }

    /// Reads `count` whole answers, each with a Content-Length.
    func answers(_ count: Int = 1) -> Received {
        receive { received in
            var rest = received.text[...]
            for _ in 0..<count {
                guard let end = rest.firstRange(of: "\r\n\r\n") else { return false }
                let head = rest[..<end.lowerBound]
                let length = head.firstRange(of: "Content-Length: ").map {
                    head[$0.upperBound...].prefix { $0.isNumber }
                }
                let body = rest[end.upperBound...]
                guard let size = Int(length ?? "0"), body.utf8.count >= size else { return false }
                rest = body[body.utf8.index(body.startIndex, offsetBy: size)...]
            }
            return true
        }
    }
}
