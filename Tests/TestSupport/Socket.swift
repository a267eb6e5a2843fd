import Glibc

/// A TCP socket on the loopback network, blocking, with time-outs so that a test ends rather than hangs.
public struct Socket: Sendable {
    public let descriptor: Int32

    /// - Parameter source: the address to come from; the loopback network has many.
    public static func connect(to address: String, port: UInt16, from source: String? = nil) -> Socket? {
        let socket = Socket(descriptor: Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0))
        if let source { _ = withSocketAddress(source, 0) { bind(socket.descriptor, $0, $1) } }
        var timeout = timeval(tv_sec: 20, tv_usec: 0)
        setsockopt(socket.descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
        guard withSocketAddress(address, port, { Glibc.connect(socket.descriptor, $0, $1) }) == 0 else {
            socket.close()
            return nil
        }
        return socket
    }

    /// Listens on a port that the kernel picks.
    public static func listen(on address: String) -> (Socket, port: UInt16) {
        let socket = Socket(descriptor: Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0))
        let bound = withSocketAddress(address, 0) { bind(socket.descriptor, $0, $1) }
        precondition(bound == 0 && Glibc.listen(socket.descriptor, 64) == 0, "cannot listen on \(address)")
        var name = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutablePointer(to: &name) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                _ = getsockname(socket.descriptor, $0, &length)
            }
        }
        return (socket, UInt16(bigEndian: name.sin_port))
    }

    public func accept() -> Socket? {
        let accepted = Glibc.accept(descriptor, nil, nil)
        return accepted < 0 ? nil : Socket(descriptor: accepted)
    }

    /// What has arrived, at least one byte; nil at the end, and when nothing comes for too long.
    public func receive() -> [UInt8]? {
        var buffer = [UInt8](repeating: 0, count: 65536)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        return count > 0 ? Array(buffer[..<count]) : nil
    }

    public func send(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }

    /// Wakes whoever is blocked on it, in either direction.
    public func shutDown() { shutdown(descriptor, Int32(SHUT_RDWR)) }

    public func close() { Glibc.close(descriptor) }
}

private func withSocketAddress<R>(_ host: String, _ port: UInt16, _ body: (UnsafePointer<sockaddr>, socklen_t) -> R)
    -> R
{
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    inet_pton(AF_INET, host, &address.sin_addr)
    return withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
        }
    }
}
