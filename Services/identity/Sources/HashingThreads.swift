import Glibc
import Synchronization
import Telemetry
import Time

/// Runs what takes a CPU and much memory for tens of milliseconds, away from the event loops: a few threads, and a
/// short queue before them. Whoever would wait too long is refused instead, so that a flood costs neither memory nor
/// the time of people who have long given up.
package final class HashingThreads: Sendable {
    private let queue: HashingQueue
    private let threads: [pthread_t]

    /// - Parameters:
    ///   - count: hashes at work at once, each with memory of its own.
    ///   - limit: how many may wait.
    ///   - longestWaitMilliseconds: what has waited for longer is refused when its turn comes.
    ///   - clock: monotonic, in nanoseconds.
    /// - Throws: `NoThread` when the system refuses one.
    package init(
        count: Int, limit: Int, longestWaitMilliseconds: UInt64 = 5_000, metrics: Metrics,
        clock: @escaping @Sendable () -> UInt64 = monotonicNanoseconds
    ) throws {
        let queue = HashingQueue(
            limit: limit, longestWait: longestWaitMilliseconds * 1_000_000, metrics: metrics, clock: clock)
        self.queue = queue
        var threads: [pthread_t] = []
        for _ in 0..<count {
            guard let thread = Self.start(queue) else {
                queue.close(threads: threads.count)
                throw NoThread()
            }
            threads.append(thread)
        }
        self.threads = threads
    }

    deinit {
        queue.close(threads: threads.count)
        threads.forEach { pthread_join($0, nil) }
    }

    struct NoThread: Error {}

    /// - Throws: `IdentityRefusal.overloaded`, or what `body` throws.
    package nonisolated(nonsending) func run<T: Sendable>(_ body: @escaping @Sendable () throws -> T) async throws -> T
    {
        try await withCheckedThrowingContinuation { continuation in
            queue.append(
                HashingQueue.Job(
                    run: {
                        let result = Result(catching: body)
                        return { continuation.resume(with: result) }
                    },
                    refuse: { continuation.resume(throwing: IdentityRefusal.overloaded) }))
        }
    }

    private static func start(_ queue: HashingQueue) -> pthread_t? {
        let box = Unmanaged.passRetained(queue)
        var thread = pthread_t()
        let status = pthread_create(
            &thread, nil,
            { context in
                guard let context else { return nil }
                // Of the calling thread alone, on Linux: an answer that needs no hash goes first.
                setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 10)
                Unmanaged<HashingQueue>.fromOpaque(context).takeRetainedValue().work()
                return nil
            }, box.toOpaque())
        guard status == 0 else {
            box.release()
            return nil
        }
        return thread
    }
}

/// What waits for a thread, first come first served.
///
/// `@unchecked Sendable`: `arrivals` is a POSIX semaphore, made for threads; the rest is behind `state`.
private final class HashingQueue: @unchecked Sendable {
    struct Job: Sendable {
        /// Does the work, and returns how to answer it.
        let run: @Sendable () -> @Sendable () -> Void
        let refuse: @Sendable () -> Void
    }

    private struct State {
        var waiting: [(job: Job, arrived: UInt64)] = []
        var isClosed = false
    }

    private let limit: Int
    private let longestWait: UInt64
    private let waiting: Gauge
    private let refusals: Counter
    private let duration: Histogram
    private let clock: @Sendable () -> UInt64
    private let state = Mutex(State())
    private let arrivals = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)

    init(limit: Int, longestWait: UInt64, metrics: Metrics, clock: @escaping @Sendable () -> UInt64) {
        self.limit = limit
        self.longestWait = longestWait
        self.clock = clock
        waiting = metrics.gauge("password_hashing_queue_depth", "Passwords that wait to be hashed.")
        refusals = metrics.counter("password_hashing_refusals_total", "Passwords not hashed because too many waited.")
        duration = metrics.histogram(
            "password_hashing_duration_seconds", "How long hashing a password took, without the wait for it.",
            bounds: [10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000], scale: 1e-6)
        sem_init(arrivals, 0, 0)
    }

    deinit {
        sem_destroy(arrivals)
        arrivals.deallocate()
    }

    func append(_ job: Job) {
        let now = clock()
        let isTaken = state.withLock { state in
            guard !state.isClosed, state.waiting.count < limit else { return false }
            state.waiting.append((job, now))
            waiting.set(Int64(state.waiting.count))
            return true
        }
        if isTaken { sem_post(arrivals) } else { refuse(job) }
    }

    /// Takes no more; each of the threads ends once nothing waits.
    func close(threads: Int) {
        state.withLock { $0.isClosed = true }
        for _ in 0..<threads { sem_post(arrivals) }
    }

    /// A thread's life.
    func work() {
        while let (job, arrived) = next() {
            let start = clock()
            guard start - arrived <= longestWait else {
                refuse(job)
                continue
            }
            let answer = job.run()
            duration.observe(Int64(clamping: (clock() - start) / 1000))
            answer()
        }
    }

    private func refuse(_ job: Job) {
        refusals.increment()
        job.refuse()
    }

    /// Nil when the queue is closed and empty.
    private func next() -> (job: Job, arrived: UInt64)? {
        while sem_wait(arrivals) != 0 {}  // EINTR
        return state.withLock { state in
            guard !state.waiting.isEmpty else { return nil }
            defer { waiting.set(Int64(state.waiting.count)) }
            return state.waiting.removeFirst()
        }
    }
}
