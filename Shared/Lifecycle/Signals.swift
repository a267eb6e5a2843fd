import Glibc

/// The signals that ask a process to end.
enum StopSignals {
    /// A POSIX semaphore, since a handler may call `sem_post` and next to nothing else (POSIX, 2.4.3). Never changed.
    private nonisolated(unsafe) static let arrivals = {
        let semaphore = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)
        sem_init(semaphore, 0, 0)
        return semaphore
    }()

    /// From here on they wait until somebody asks for them, and a peer that has gone is an error code and not a
    /// signal. They are handled, not blocked for a `sigwait`: below an asynchronous `main`, libdispatch parks the main
    /// thread in a `sigsuspend` that lets every signal through.
    static func handle() {
        _ = arrivals  // made before a handler needs it
        signal(SIGPIPE, SIG_IGN)
        for number in [SIGTERM, SIGINT] { signal(number) { _ in sem_post(StopSignals.arrivals) } }
    }

    /// Returns when the first one has come.
    static func wait() async {
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
                continuation.resume()
                return
            }
            pthread_detach(thread)
        }
    }

    fileprivate static func waitHere() {
        while sem_wait(arrivals) != 0 {}  // EINTR
    }
}

private final class Waiter: Sendable {
    private let continuation: CheckedContinuation<Void, Never>

    init(_ continuation: CheckedContinuation<Void, Never>) { self.continuation = continuation }

    func wait() {
        StopSignals.waitHere()
        continuation.resume()
    }
}
