import Glibc
import Synchronization
import Telemetry

/// A write on its way: nothing of it is answered before its batch is committed.
struct Write: Sendable {
    /// Does the work, and returns how to answer it once that is durable.
    let run: @Sendable (Transaction) throws -> @Sendable () -> Void
    /// Answers that it did not happen.
    let fail: @Sendable (any Error) -> Void
    /// When it was asked for, in microseconds of the monotonic clock.
    let arrived = Clock.monotonicMicroseconds()
}

/// Writes in the order of their arrival, from any thread, for the one thread that takes them.
///
/// `@unchecked Sendable`: `arrival` is a POSIX semaphore, made for threads; the rest is behind `state`.
final class WriteQueue: @unchecked Sendable {
    private struct State {
        var waiting: [Write] = []
        var isClosed = false
        var isTakerAsleep = false
    }

    private let limit: Int
    private let metrics: WriterMetrics
    private let state = Mutex(State())
    private let arrival = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)

    init(limit: Int, metrics: WriterMetrics) {
        self.limit = limit
        self.metrics = metrics
        sem_init(arrival, 0, 0)
    }

    deinit {
        sem_destroy(arrival)
        arrival.deallocate()
    }

    func append(_ write: Write) throws(DatabaseError) {
        let refusal: DatabaseError? = state.withLock { state in
            if state.isClosed { return .closed }
            if state.waiting.count >= limit { return .overloaded }
            state.waiting.append(write)
            metrics.depth.add(1)
            wake(&state)
            return nil
        }
        if refusal == .overloaded { metrics.refusals.increment() }
        if let refusal { throw refusal }
    }

    /// Takes no more; what is waiting is still handed out.
    func close() {
        state.withLock { state in
            state.isClosed = true
            wake(&state)
        }
    }

    /// How many writes wait.
    var count: Int { state.withLock { $0.waiting.count } }

    /// Up to `count` writes, as soon as there is one; nil when the queue is closed and empty.
    func take(upTo count: Int) -> ArraySlice<Write>? {
        while true {
            let (batch, isClosed) = state.withLock { state in
                let batch = takeWaiting(upTo: count, &state)
                state.isTakerAsleep = batch.isEmpty && !state.isClosed
                return (batch, state.isClosed)
            }
            if !batch.isEmpty { return batch }
            if isClosed { return nil }
            while sem_wait(arrival) != 0 {}  // EINTR
        }
    }

    /// Up to `count` writes of those that wait already.
    func takeWaiting(upTo count: Int) -> ArraySlice<Write> {
        state.withLock { takeWaiting(upTo: count, &$0) }
    }

    private func takeWaiting(upTo count: Int, _ state: inout State) -> ArraySlice<Write> {
        let batch = state.waiting.prefix(count)
        if batch.count == state.waiting.count {
            state.waiting = []
        } else {
            state.waiting.removeFirst(batch.count)
        }
        metrics.depth.add(Int64(-batch.count))
        return batch
    }

    /// One post for a sleeping taker, none for one at work: it looks again by itself.
    private func wake(_ state: inout State) {
        guard state.isTakerAsleep else { return }
        state.isTakerAsleep = false
        sem_post(arrival)
    }
}
