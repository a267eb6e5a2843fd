import EventLoop
import Synchronization

/// A transport's own loop, which says whether it still takes work: what waits for it must not wait for ever.
final class MailLoop: Sendable {
    let loop: EventLoop
    private let isOpen = Mutex(true)

    init() throws(MailError) {
        do { loop = try EventLoop(name: "mail") } catch { throw .unreachable(reason: "no event loop") }
    }

    /// False once it has been stopped: `body` will not run.
    func run(_ body: @escaping @Sendable () -> Void) -> Bool {
        isOpen.withLock { isOpen in
            if isOpen { loop.run(body) }
            return isOpen
        }
    }

    /// Runs what was taken, and releases what the loop has of its own.
    func stop() {
        isOpen.withLock { $0 = false }
        loop.stop()
    }
}
