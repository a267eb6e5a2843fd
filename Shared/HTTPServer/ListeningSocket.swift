import CEvent
import Glibc

/// Why a server could not be made.
public enum HTTPServerError: Error, Equatable {
    /// The host is no numeric IPv4 or IPv6 address.
    case invalidHost(String)
    /// Another process listens there.
    case addressInUse(host: String, port: UInt16)
    /// The port is one that only root may take.
    case permissionDenied(host: String, port: UInt16)
    /// No interface of this machine has that address.
    case addressNotAvailable(host: String)
    /// Whatever else the system says, by the call that said it.
    case system(call: String, errno: Int32)
}

/// A TCP socket that listens. Without SO_REUSEPORT: a forgotten process would silently take its share of the clients.
struct ListeningSocket {
    /// Connections that the kernel holds for us while the loops are busy; it may hold fewer (net.core.somaxconn).
    static let backlog: Int32 = 4096

    let descriptor: Int32
    let port: UInt16

    init(host: String, port: UInt16) throws(HTTPServerError) {
        var hints = addrinfo()
        hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var found: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, String(port), &hints, &found) == 0, let address = found else {
            throw .invalidHost(host)
        }
        defer { freeaddrinfo(found) }
        let type = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        descriptor = socket(address.pointee.ai_family, type, 0)
        guard descriptor >= 0 else { throw .system(call: "socket", errno: errno) }
        do {
            try Self.listen(descriptor, address.pointee, host, port)
            self.port = try Self.port(of: descriptor)
        } catch {
            Glibc.close(descriptor)
            throw error
        }
    }

    func close() { Glibc.close(descriptor) }

    /// Whether anybody is connected whom nobody has taken yet.
    var hasWaiting: Bool {
        var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&waiting, 1, 0) > 0
    }

    private static func listen(
        _ descriptor: Int32, _ address: addrinfo, _ host: String, _ port: UInt16
    ) throws(HTTPServerError) {
        // A restart must not wait for the connections of the process before it to leave TIME_WAIT.
        try set(SOL_SOCKET, SO_REUSEADDR, on: descriptor)
        // Accepted sockets inherit it: an answer is one write, which must not wait for the acknowledgement of the last.
        try set(Int32(IPPROTO_TCP), TCP_NODELAY, on: descriptor)
        guard bind(descriptor, address.ai_addr, address.ai_addrlen) == 0 else {
            switch errno {
            case EADDRINUSE: throw .addressInUse(host: host, port: port)
            case EACCES, EPERM: throw .permissionDenied(host: host, port: port)
            case EADDRNOTAVAIL: throw .addressNotAvailable(host: host)
            default: throw .system(call: "bind", errno: errno)
            }
        }
        guard Glibc.listen(descriptor, backlog) == 0 else {
            throw errno == EADDRINUSE ? .addressInUse(host: host, port: port) : .system(call: "listen", errno: errno)
        }
    }

    private static func set(_ level: Int32, _ option: Int32, on descriptor: Int32) throws(HTTPServerError) {
        var on: Int32 = 1
        guard setsockopt(descriptor, level, option, &on, socklen_t(MemoryLayout<Int32>.size)) == 0 else {
            throw .system(call: "setsockopt", errno: errno)
        }
    }

    private static func port(of descriptor: Int32) throws(HTTPServerError) -> UInt16 {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let status = withUnsafeMutablePointer(to: &storage) { storage in
            storage.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
        }
        guard status == 0 else { throw .system(call: "getsockname", errno: errno) }
        // The port stands at the same place in both families' addresses.
        return withUnsafeBytes(of: &storage) { UInt16(bigEndian: $0.loadUnaligned(fromByteOffset: 2, as: UInt16.self)) }
    }
}
