import Glibc

/// Waits for the signals that ask a process to end, on a thread of its own.
enum StopSignals {
    /// Called before any other thread is made, since threads inherit the mask: from then on SIGTERM and SIGINT wait
    /// until somebody asks for them, and a peer that has gone is an error code and not a signal.
    static func block() {
        signal(SIGPIPE, SIG_IGN)
        var set = stopSet()
        pthread_sigmask(SIG_BLOCK, &set, nil)
    }

    /// Returns the first one that comes.
    static func wait() async -> Int32 {
        await withCheckedContinuation { continuation in
            let box = Unmanaged.passRetained(Waiter(continuation))
            var thread = pthread_t()
            let status = pthread_create(
                &thread, nil,
                { context in
                    guard let context else { return nil }
                    Unmanaged<Waiter>.fromOpaque(context).takeRetainedValue().wait()
                    return nil
                }, box.toOpaque())
            guard status == 0 else {
                box.release()
                continuation.resume(returning: SIGTERM)
                return
            }
            pthread_detach(thread)
        }
    }

    fileprivate static func stopSet() -> sigset_t {
        var set = sigset_t()
        sigemptyset(&set)
        sigaddset(&set, SIGTERM)
        sigaddset(&set, SIGINT)
        return set
    }
}

private final class Waiter: Sendable {
    private let continuation: CheckedContinuation<Int32, Never>

    init(_ continuation: CheckedContinuation<Int32, Never>) { self.continuation = continuation }

    func wait() {
        var set = StopSignals.stopSet()
        var received: Int32 = 0
        while sigwait(&set, &received) != 0 {}
        continuation.resume(returning: received)
    }
}
