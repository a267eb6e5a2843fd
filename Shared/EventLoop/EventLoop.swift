import CEvent
import Glibc
import Synchronization

/// Why a loop could not be made.
public enum EventLoopError: Error, Equatable {
    case noBase
    case noThread(errno: Int32)
}

/// One thread, one libevent base and one Swift executor: a task that prefers this loop runs on its thread, between
/// two rounds of events, and so may touch whatever the loop owns without a lock.
///
/// `@unchecked Sendable`: `base` and `wake` are set once, and libevent locks them itself (`evthread_use_pthreads`);
/// `locals` and `timers` are touched by the loop's own thread alone; the rest is behind `state`.
public final class EventLoop: TaskExecutor, @unchecked Sendable {
    /// The `event_base`, for mechanisms that add events of their own. Valid until `stop()` returns.
    public let base: OpaquePointer
    public let name: String
    var locals: [UInt64: AnyObject] = [:]
    var timers: [ObjectIdentifier: Timer] = [:]

    private enum Work {
        case job(UnownedJob)
        case body(@Sendable () -> Void)
    }

    private struct State {
        var work: [Work] = []
        var running = true
    }

    private let wake: OpaquePointer
    private let thread: pthread_t
    private let state = Mutex(State())

    private static let threadsEnabled: Bool = evthread_use_pthreads() == 0

    /// Starts the loop's thread.
    /// - Throws: `EventLoopError` when the system refuses an event base or a thread.
    public init(name: String) throws(EventLoopError) {
        guard Self.threadsEnabled, let base = Self.newBase() else { throw .noBase }
        self.base = base
        self.name = name
        // The loop outlives the thread's start by this box: `self` is not whole before `thread` is known.
        let start = ThreadStart()
        let box = Unmanaged.passRetained(start)
        let wakeUp: event_callback_fn = { _, _, context in
            guard let context else { return }
            Unmanaged<ThreadStart>.fromOpaque(context).takeUnretainedValue().loop?.runQueuedWork()
        }
        guard let wake = event_new(base, -1, 0, wakeUp, box.toOpaque()) else {
            box.release()
            event_base_free(base)
            throw .noBase
        }
        self.wake = wake
        var thread = pthread_t()
        let status = pthread_create(
            &thread, nil,
            { context in
                guard let context else { return nil }
                Unmanaged<ThreadStart>.fromOpaque(context).takeRetainedValue().run()
                return nil
            }, box.toOpaque())
        guard status == 0 else {
            box.release()
            event_free(wake)
            event_base_free(base)
            throw .noThread(errno: status)
        }
        self.thread = thread
        start.begin(self)
    }

    /// Changes to what is watched are handed to epoll together, once a round. That asks that nobody duplicates a
    /// watched descriptor, which nothing here does.
    private static func newBase() -> OpaquePointer? {
        let configuration = event_config_new()
        defer { event_config_free(configuration) }
        event_config_set_flag(configuration, Int32(EVENT_BASE_FLAG_EPOLL_USE_CHANGELIST.rawValue))
        return event_base_new_with_config(configuration)
    }

    /// The loop whose thread this is, or nil.
    public static var current: EventLoop? {
        guard let loop = marquee_current_loop() else { return nil }
        return Unmanaged<EventLoop>.fromOpaque(loop).takeUnretainedValue()
    }

    public var isCurrent: Bool { marquee_current_loop() == Unmanaged.passUnretained(self).toOpaque() }

    public func enqueue(_ job: consuming ExecutorJob) {
        submit(.job(UnownedJob(job)))
    }

    /// Runs `body` on the loop's thread, after what was queued before it. Nothing runs once the loop has stopped.
    public func run(_ body: @escaping @Sendable () -> Void) {
        submit(.body(body))
    }

    /// A task whose nonisolated code runs on this loop.
    @discardableResult
    public func task(_ body: @escaping @Sendable () async -> Void) -> Task<Void, Never> {
        Task(executorPreference: self) { await body() }
    }

    /// Runs `body` on the loop and hands its result back to the caller's own executor.
    public func perform<T: Sendable>(_ body: @Sendable () async throws -> T) async rethrows -> T {
        try await withTaskExecutorPreference(self) { try await body() }
    }

    /// Leaves the loop after the work that is already queued, and waits for the thread to end.
    /// What loop-local values hold is released on the loop's own thread, while its base is still whole.
    public func stop() {
        precondition(!isCurrent, "a loop cannot wait for itself")
        let first = state.withLock { state in
            defer { state.running = false }
            return state.running
        }
        guard first else { return }
        event_active(wake, 0, 0)
        pthread_join(thread, nil)
        event_free(wake)
        event_base_free(base)
    }

    var isStopped: Bool { state.withLock { !$0.running } }

    /// The wake-up is sent under the lock: after it, `stop()` may have freed the event.
    private func submit(_ work: Work) {
        state.withLock { state in
            guard state.running else { return }
            state.work.append(work)
            if state.work.count == 1 { event_active(wake, 0, 0) }
        }
    }

    /// Runs what is queued, and what that queues, until nothing is: for a simulation on the loop's own thread, which has
    /// neither sockets nor timers.
    package func runUntilIdle() {
        precondition(isCurrent, "a loop's work is done on its own thread")
        while state.withLock({ !$0.work.isEmpty }) { runQueuedWork() }
    }

    /// One swap of the queue a round, so that work which queues more work cannot keep the sockets waiting.
    fileprivate func runQueuedWork() {
        let (work, running) = state.withLock { state in
            let work = state.work
            state.work = []
            return (work, state.running)
        }
        for item in work {
            switch item {
            case .job(let job): job.runSynchronously(on: asUnownedTaskExecutor())
            case .body(let body): body()
            }
        }
        if !running { event_base_loopbreak(base) }
    }

    fileprivate func runUntilStopped() {
        marquee_set_current_loop(Unmanaged.passUnretained(self).toOpaque())
        marquee_name_thread(String(name.prefix(15)))
        event_base_loop(base, EVLOOP_NO_EXIT_ON_EMPTY)
        for timer in timers.values { timer.finish() }
        locals.removeAll()
        marquee_set_current_loop(nil)
    }
}

/// Hands the finished loop to its new thread.
///
/// `@unchecked Sendable`: `loop` is written once before `ready` is posted, and read by the thread after it.
private final class ThreadStart: @unchecked Sendable {
    /// Strong: whoever made the loop may let go of it before the thread has begun.
    private(set) var loop: EventLoop?
    private let ready = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)

    init() { sem_init(ready, 0, 0) }
    deinit {
        sem_destroy(ready)
        ready.deallocate()
    }

    func begin(_ loop: EventLoop) {
        self.loop = loop
        sem_post(ready)
    }

    func run() {
        while sem_wait(ready) != 0 {}
        guard let loop else { return }
        withExtendedLifetime((loop, self)) { loop.runUntilStopped() }
    }
}
