import Glibc
import Synchronization
import Telemetry
import TestSupport

/// Holds a thread where a test wants it: a writer in the middle of a batch, a reader in the middle of its snapshot.
final class Gate: Sendable {
    private let isReached = Atomic(false)
    private let isOpen = Atomic(false)

    func pass() {
        isReached.store(true, ordering: .releasing)
        while !isOpen.load(ordering: .acquiring) { usleep(200) }
    }

    func open() { isOpen.store(true, ordering: .releasing) }

    func reached() async {
        await eventually { isReached.load(ordering: .acquiring) }
    }
}

extension Metrics {
    /// Returns once so many writes wait for the writer.
    func queued(_ count: Int64) async {
        let depth = gauge("sqlite_queue_depth", "")
        await eventually { depth.value == count }
    }
}
