import CEvent
import Glibc

/// One connection, on which one request at a time is sent and its answer awaited.
final class Client {
    let number: Int
    /// Where it is in its work, and since when.
    var journey = 0
    var step = 0
    var round = 0
    var id = ""
    var since: UInt64 = 0
    /// When its round was to begin.
    var intended: UInt64 = 0
    private unowned let driver: Driver
    private var descriptor: Int32 = -1
    private var readable: OpaquePointer?
    private var input: [UInt8] = []
    private var isWaiting = false

    init(_ number: Int, _ driver: Driver) throws(Failure) {
        self.number = number
        self.driver = driver
        try connect()
    }

    func connect() throws(Failure) {
        disconnect()
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = driver.address
        let status = withUnsafePointer(to: &address) { address in
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard status == 0 else { throw Failure("no connection: \(String(cString: strerror(errno)))") }
        var on: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
        evutil_make_socket_nonblocking(descriptor)
        // Unretained: the driver keeps its clients for as long as its loop runs.
        readable = event_new(
            driver.base, descriptor, Int16(EV_READ | EV_PERSIST),
            { _, _, context in
                guard let context else { return }
                Unmanaged<Client>.fromOpaque(context).takeUnretainedValue().read()
            }, Unmanaged.passUnretained(self).toOpaque())
        event_add(readable, nil)
    }

    private func disconnect() {
        if let readable { event_free(readable) }
        readable = nil
        if descriptor >= 0 { close(descriptor) }
        descriptor = -1
        input = []
        isWaiting = false
    }

    /// A request is far smaller than a socket's buffer, which is empty between two of them.
    func send(_ request: [UInt8]) {
        isWaiting = true
        if Glibc.send(descriptor, request, request.count, Int32(MSG_NOSIGNAL)) != request.count { lose() }
    }

    private func read() {
        let count = recv(descriptor, driver.chunk.baseAddress, driver.chunk.count, 0)
        if count < 0, errno == EAGAIN || errno == EINTR { return }
        guard count > 0 else { return lose() }
        input.append(contentsOf: driver.chunk[..<count])
        do throws(Failure) {
            guard let answer = try Answer(input) else { return }
            if !answer.id.isEmpty { id = answer.id }
            input.removeAll(keepingCapacity: true)
            isWaiting = false
            if answer.closes { try connect() }
            driver.received(Outcome(answer), by: self)
        } catch {
            driver.fail(error)
        }
    }

    /// The other side hung up: between two requests that is its right.
    private func lose() {
        let wasWaiting = isWaiting
        do throws(Failure) {
            try connect()
            if wasWaiting { driver.received(.lost, by: self) }
        } catch {
            driver.fail(error)
        }
    }
}
