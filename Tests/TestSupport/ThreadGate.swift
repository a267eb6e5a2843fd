import Glibc
import Synchronization

/// Holds a thread where a test wants it.
public final class ThreadGate: Sendable {
    private let isReached = Atomic(false)
    private let isOpen = Atomic(false)

    public init() {}

    public func pass() {
        isReached.store(true, ordering: .releasing)
        while !isOpen.load(ordering: .acquiring) { usleep(200) }
    }

    public func open() { isOpen.store(true, ordering: .releasing) }

    public func reached() async {
        await eventually { isReached.load(ordering: .acquiring) }
    }
}
