import Glibc
import Synchronization
import Telemetry
import Time

/// Runs what takes a CPU and much memory for tens of milliseconds, away from the event loops: a few threads, and a
/// short queue before them. Whoever would wait too long is refused instead, so that a flood costs neither memory nor
/// the time of people who have long given up. `name_queue_depth`, `name_refusals_total` and `name_duration_seconds` are
/// counted of them.
public final class WorkerThreads: Sendable {
    private let queue: WorkQueue
    private let threads: [pthread_t]
    private let refusal: any Error

    /// - Parameters:
    ///   - name: what is done there, as metrics are named.
    ///   - count: pieces of work under way at once, each with memory of its own.
    ///   - limit: how many may wait.
    ///   - refusal: what is thrown to those who may not.
    ///   - longestWaitMilliseconds: what has waited for longer is refused when its turn comes.
    ///   - expectedWaitMilliseconds: what would wait for longer, if all before it take as long as those of late, is
    ///     refused at once. Under a flood everybody who is served would otherwise wait for as long as anybody may.
    ///   - whenIdle: whether it is done only where no other thread wants the processor.
    ///   - clock: monotonic, in nanoseconds.
    /// - Throws: `NoThread` when the system refuses one.
    public init(
        _ name: String, count: Int, limit: Int, refusal: any Error, longestWaitMilliseconds: UInt64 = 5_000,
        expectedWaitMilliseconds: UInt64? = nil, whenIdle: Bool = false, metrics: Metrics,
        clock: @escaping @Sendable () -> UInt64 = monotonicNanoseconds
    ) throws {
        let queue = WorkQueue(
            name, threads: count, limit: limit, longestWait: longestWaitMilliseconds * 1_000_000,
            expectedWait: expectedWaitMilliseconds.map { $0 * 1_000_000 }, whenIdle: whenIdle, metrics: metrics,
            clock: clock)
        self.queue = queue
        self.refusal = refusal
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

    public struct NoThread: Error {}

    /// - Throws: the refusal, or what `body` throws.
    public nonisolated(nonsending) func run<T: Sendable>(_ body: @escaping @Sendable () throws -> T) async throws -> T {
        try await withCheckedThrowingContinuation { continuation in
            queue.append(
                WorkQueue.Job(
                    run: {
                        let result = Result(catching: body)
                        return { continuation.resume(with: result) }
                    },
                    refuse: { [refusal] in continuation.resume(throwing: refusal) }))
        }
    }

    private static func start(_ queue: WorkQueue) -> pthread_t? {
        let box = Unmanaged.passRetained(queue)
        var thread = pthread_t()
        let status = pthread_create(
            &thread, nil,
            { context in
                guard let context else { return nil }
                let queue = Unmanaged<WorkQueue>.fromOpaque(context).takeRetainedValue()
                // Both of the calling thread alone, on Linux: an answer that needs none of this goes first.
                setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 10)
                if queue.whenIdle {
                    var parameters = sched_param()
                    sched_setscheduler(0, WorkQueue.idlePolicy, &parameters)
                }
                queue.work()
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
private final class WorkQueue: @unchecked Sendable {
    struct Job: Sendable {
        /// Does the work, and returns how to answer it.
        let run: @Sendable () -> @Sendable () -> Void
        let refuse: @Sendable () -> Void
    }

    private struct State {
        var waiting: [(job: Job, arrived: UInt64)] = []
        /// How long one takes, by those of late, the last ones most; 0 before the first.
        var typical: UInt64 = 0
        var isClosed = false
    }

    /// `SCHED_IDLE`, which Glibc's headers show to few.
    static let idlePolicy: Int32 = 5

    /// So many may wait for each thread however long they take: they are no flood.
    private static let fewest = 2

    let whenIdle: Bool
    private let threads: Int
    private let limit: Int
    private let longestWait: UInt64
    private let expectedWait: UInt64?
    private let waiting: Gauge
    private let refusals: Counter
    private let duration: Histogram
    private let clock: @Sendable () -> UInt64
    private let state = Mutex(State())
    private let arrivals = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)

    init(
        _ name: String, threads: Int, limit: Int, longestWait: UInt64, expectedWait: UInt64?, whenIdle: Bool,
        metrics: Metrics, clock: @escaping @Sendable () -> UInt64
    ) {
        self.whenIdle = whenIdle
        self.threads = threads
        self.expectedWait = expectedWait
        self.limit = limit
        self.longestWait = longestWait
        self.clock = clock
        waiting = metrics.gauge("\(name)_queue_depth", "What waits for a thread.")
        refusals = metrics.counter("\(name)_refusals_total", "What was not done because too much waited.")
        duration = metrics.histogram(
            "\(name)_duration_seconds", "How long it took, without the wait for a thread.",
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
            guard !state.isClosed, state.waiting.count < limit, comesInTime(state) else { return false }
            state.waiting.append((job, now))
            waiting.set(Int64(state.waiting.count))
            return true
        }
        if isTaken { sem_post(arrivals) } else { refuse(job) }
    }

    private func comesInTime(_ state: State) -> Bool {
        guard let expectedWait, state.waiting.count >= Self.fewest * threads else { return true }
        return UInt64(state.waiting.count) * state.typical / UInt64(threads) <= expectedWait
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
            let time = clock() - start
            duration.observe(Int64(clamping: time / 1000))
            state.withLock { $0.typical = $0.typical == 0 ? time : $0.typical / 8 * 7 + time / 8 }
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
