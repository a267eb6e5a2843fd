import Synchronization
import Telemetry
import TestSupport
import Testing
import Threads

@Suite("More work than can be done", .timeLimit(.minutes(1)))
struct WorkerThreadsTests {
    private struct Refused: Error, Equatable {}

    @Test("when too many wait the next is refused at once, and is counted")
    func full() async throws {
        let metrics = Metrics()
        let threads = try WorkerThreads("work", count: 1, limit: 1, refusal: Refused(), metrics: metrics)
        let gate = ThreadGate()
        defer { gate.open() }
        async let held: Void = threads.run { gate.pass() }
        await gate.reached()
        async let waiting = threads.run { 1 }
        await metrics.waiting(1)
        await #expect(throws: Refused()) { try await threads.run { 2 } }
        #expect(metrics.counter("work_refusals_total", "").value == 1)
        gate.open()
        try await held
        #expect(try await waiting == 1)
    }

    @Test("what has waited for too long is refused when its turn comes, what has not is done")
    func stale() async throws {
        let clock = ManualNanoseconds()
        let metrics = Metrics()
        let threads = try WorkerThreads(
            "work", count: 1, limit: 4, refusal: Refused(), longestWaitMilliseconds: 5_000, metrics: metrics,
            clock: { clock.now })
        let gate = ThreadGate()
        defer { gate.open() }
        let held = Task { try await threads.run { gate.pass() } }
        await gate.reached()
        let stale = Task { try await threads.run { 1 } }
        await metrics.waiting(1)
        clock.advance(byMilliseconds: 1)
        let fresh = Task { try await threads.run { 2 } }
        await metrics.waiting(2)
        clock.advance(byMilliseconds: 5_000)
        gate.open()
        try await held.value
        await #expect(throws: Refused()) { try await stale.value }
        #expect(try await fresh.value == 2)
    }

    @Test("what would wait for too long, by how long the work took of late, is refused at once")
    func expected() async throws {
        // Before the fourth are three, who take 450 ms; before a fifth there would be 600 ms.
        try await refusesOneMore(than: 4, whenOneTook: 150)
    }

    @Test("work that takes long is done one after the other all the same")
    func slow() async throws {
        try await refusesOneMore(than: 2, whenOneTook: 60_000)
    }

    /// So much may wait behind what is at work, where 500 ms are the longest that anything is to wait.
    private func refusesOneMore(than most: Int64, whenOneTook milliseconds: UInt64) async throws {
        let clock = ManualNanoseconds()
        let metrics = Metrics()
        let threads = try WorkerThreads(
            "work", count: 1, limit: 10, refusal: Refused(), expectedWaitMilliseconds: 500, metrics: metrics,
            clock: { clock.now })
        try await threads.run { clock.advance(byMilliseconds: milliseconds) }
        let gate = ThreadGate()
        defer { gate.open() }
        let held = Task { try await threads.run { gate.pass() } }
        await gate.reached()
        var waiting: [Task<Int64, any Error>] = []
        for number in 1...most {
            waiting.append(Task { try await threads.run { number } })
            await metrics.waiting(number)
        }
        await #expect(throws: Refused()) { try await threads.run { most + 1 } }
        gate.open()
        try await held.value
        for (index, task) in waiting.enumerated() { #expect(try await task.value == Int64(index + 1)) }
    }

    @Test("as many are at work at once as there are threads")
    func parallel() async throws {
        let threads = try WorkerThreads("work", count: 2, limit: 4, refusal: Refused(), metrics: Metrics())
        let (one, two) = (ThreadGate(), ThreadGate())
        async let first: Void = threads.run { one.pass() }
        async let second: Void = threads.run { two.pass() }
        await one.reached()
        await two.reached()
        one.open()
        two.open()
        _ = try await (first, second)
    }
}

private final class ManualNanoseconds: Sendable {
    private let time = Atomic<UInt64>(0)

    var now: UInt64 { time.load(ordering: .acquiring) }

    func advance(byMilliseconds milliseconds: UInt64) {
        time.wrappingAdd(milliseconds * 1_000_000, ordering: .releasing)
    }
}

extension Metrics {
    /// Returns once so much waits.
    fileprivate func waiting(_ count: Int64) async {
        let depth = gauge("work_queue_depth", "")
        await eventually { depth.value == count }
    }
}
