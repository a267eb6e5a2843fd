import Glibc
import Lifecycle
import Synchronization
import TestSupport

/// What connects one service with another, in a test's hands: byte for byte as they send it, but what is asked, or what
/// is answered, may be held, let go, or lost.
final class Wire: Sendable {
    enum Direction: Sendable { case requests, answers }

    private struct State {
        var far: Address?
        var holding: Direction?
        /// Grows with every cut: what was held before it is lost.
        var cuts = 0
        var held = 0
        var passed = 0
        var open: [Int32: Socket] = [:]
    }

    let url: String
    private let listener: Socket
    private let state = Mutex(State())

    init() {
        let (socket, port) = Socket.listen(on: "127.0.0.1")
        listener = socket
        url = "http://127.0.0.1:\(port)"
        Threads.start { [self] in
            while let near = listener.accept() { Threads.start { self.serve(near) } }
            listener.close()
        }
    }

    /// Where it leads: nowhere until then.
    func connect(to address: Address) { state.withLock { $0.far = address } }

    /// From now on, what goes in that direction goes no further.
    func hold(_ direction: Direction) { state.withLock { $0.holding = direction } }

    /// Lets go what is held, and what comes.
    func letGo() { state.withLock { $0.holding = nil } }

    /// Loses what is held with all connections; what comes is held as before.
    func cut() {
        state.withLock { state in
            state.cuts += 1
            state.open.values.forEach { $0.shutDown() }
        }
    }

    /// Whether something is held just now.
    var isHolding: Bool { state.withLock { $0.holding != nil && $0.held > 0 } }

    /// How often something went through, in either direction.
    var passed: Int { state.withLock { $0.passed } }

    func stop() {
        listener.shutDown()
        cut()
    }

    private func serve(_ near: Socket) {
        guard let address = state.withLock({ $0.far }), let far = Socket.connect(to: address.host, port: address.port)
        else {
            near.shutDown()
            return near.close()
        }
        let ends = [near, far]
        let cuts = state.withLock { state in
            for end in ends { state.open[end.descriptor] = end }
            return state.cuts
        }
        let bothAreThrough = Barrier(2)
        Threads.start { [self] in
            carry(far, near, .answers, since: cuts)
            bothAreThrough.wait()
        }
        carry(near, far, .requests, since: cuts)
        bothAreThrough.wait()
        // Within the lock, so that a cut never meets a descriptor that is another socket's by now.
        state.withLock { state in
            for end in ends {
                state.open[end.descriptor] = nil
                end.close()
            }
        }
    }

    /// Until either end closes.
    private func carry(_ from: Socket, _ to: Socket, _ direction: Direction, since cuts: Int) {
        while let bytes = from.receive(), pass(direction, since: cuts) {
            to.send(bytes)
            state.withLock { $0.passed += 1 }
        }
        from.shutDown()
        to.shutDown()
    }

    /// Waits for as long as that direction is held.
    /// - Returns: false when what waited is lost.
    private func pass(_ direction: Direction, since cuts: Int) -> Bool {
        state.withLock { $0.held += 1 }
        defer { state.withLock { $0.held -= 1 } }
        while state.withLock({ $0.holding == direction && $0.cuts == cuts }) { usleep(1_000) }
        return state.withLock { $0.cuts == cuts }
    }
}
