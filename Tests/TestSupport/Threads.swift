import Glibc
import Synchronization

/// Clients that block, each on a thread of its own, so that hundreds of them are at work at once.
public enum Threads {
    /// Runs `body` once on each of `count` threads, and returns when the last one is through.
    public static func run(_ count: Int, _ body: @escaping @Sendable (_ index: Int) -> Void) async {
        await withCheckedContinuation { continuation in
            let left = Left(count) { continuation.resume() }
            for index in 0..<count {
                start {
                    body(index)
                    left.oneIsThrough()
                }
            }
        }
    }

    /// Runs `body` on a thread of its own.
    public static func start(_ body: @escaping @Sendable () -> Void) {
        let box = Unmanaged.passRetained(Body(body))
        var thread = pthread_t()
        let status = pthread_create(
            &thread, nil,
            { context in
                guard let context else { return nil }
                Unmanaged<Body>.fromOpaque(context).takeRetainedValue().run()
                return nil
            }, box.toOpaque())
        precondition(status == 0, "the system has no more threads")
        pthread_detach(thread)
    }

    private final class Body: Sendable {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }

    private final class Left: Sendable {
        private let count: Atomic<Int>
        private let end: @Sendable () -> Void

        init(_ count: Int, end: @escaping @Sendable () -> Void) {
            self.count = Atomic(count)
            self.end = end
        }

        func oneIsThrough() {
            if count.subtract(1, ordering: .acquiringAndReleasing).newValue == 0 { end() }
        }
    }
}

/// Where threads wait for one another, to begin at one moment.
///
/// `@unchecked Sendable`: a POSIX barrier is made for threads.
public final class Barrier: @unchecked Sendable {
    private let barrier = UnsafeMutablePointer<pthread_barrier_t>.allocate(capacity: 1)

    public init(_ count: Int) { pthread_barrier_init(barrier, nil, UInt32(count)) }

    deinit {
        pthread_barrier_destroy(barrier)
        barrier.deallocate()
    }

    public func wait() { pthread_barrier_wait(barrier) }
}
