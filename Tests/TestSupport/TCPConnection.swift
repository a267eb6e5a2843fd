import Glibc

/// A blocking connection on the loopback network, with time limits so that a test fails rather than hangs. Not for the
/// threads that Swift's tasks run on.
public final class TCPConnection: Sendable {
    private let descriptor: Int32

    /// - Throws: `RawHTTP.Failure` when nobody listens there.
    public init(host: String = "127.0.0.1", port: UInt16, secondsToWait: Int = 30) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw RawHTTP.Failure(reason: "no socket: \(errno)") }
        var limit = timeval(tv_sec: secondsToWait, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = inet_addr(host)
        let connected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard connected == 0 else { throw RawHTTP.Failure(reason: "no connection to \(host):\(port): \(errno)") }
    }

    deinit { close(descriptor) }

    /// Sends all of it, unless the peer closes meanwhile, as one does that refuses a body.
    public func send(_ bytes: [UInt8]) {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes { bytes in
                Glibc.send(descriptor, bytes.baseAddress.map { $0 + sent }, bytes.count - sent, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return }
            sent += count
        }
    }

    /// Tells the peer that no more will come; its answer still does.
    public func finishSending() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// What has arrived; empty when the peer has closed.
    /// - Throws: `RawHTTP.Failure` when nothing comes in time, or the connection is broken.
    public func receive() throws -> [UInt8] {
        var chunk = [UInt8](repeating: 0, count: 65_536)
        let count = recv(descriptor, &chunk, chunk.count, 0)
        guard count >= 0 else { throw RawHTTP.Failure(reason: "no answer: \(errno)") }
        return Array(chunk.prefix(count))
    }
}
