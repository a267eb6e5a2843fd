import EventLoop
import Synchronization
import Testing

@Suite struct EventLoopTests {
    @Test("a task that prefers a loop runs on its thread, also after it was suspended")
    func executor() async throws {
        let loop = try EventLoop(name: "test")
        defer { loop.stop() }
        let seen = await loop.perform {
            let before = loop.isCurrent
            await Task.yield()
            try? await loop.sleep(milliseconds: 1)
            return [before, loop.isCurrent, EventLoop.current === loop]
        }
        #expect(seen == [true, true, true])
        #expect(EventLoop.current == nil)
    }

    @Test("two loops hand work to and fro without losing any")
    func pingPong() async throws {
        let loops = [try EventLoop(name: "a"), try EventLoop(name: "b")]
        defer { loops.forEach { $0.stop() } }
        let sum = await withTaskGroup(of: Int.self) { group in
            for number in 0..<500 {
                group.addTask {
                    await loops[number % 2].perform {
                        await loops[(number + 1) % 2].perform { number }
                    }
                }
            }
            return await group.reduce(0, +)
        }
        #expect(sum == 499 * 500 / 2)
    }

    @Test("bodies run in the order in which one thread handed them in")
    func order() async throws {
        let loop = try EventLoop(name: "test")
        let seen = Mutex<[Int]>([])
        await withCheckedContinuation { done in
            for number in 0..<1000 { loop.run { seen.withLock { $0.append(number) } } }
            loop.run { done.resume() }
        }
        loop.stop()
        #expect(seen.withLock { $0 } == Array(0..<1000))
    }

    @Test("timers run in the order of their times, and a cancelled one never does")
    func timers() async throws {
        let loop = try EventLoop(name: "test")
        defer { loop.stop() }
        let seen = Mutex<[String]>([])
        await withCheckedContinuation { done in
            loop.after(30) {
                seen.withLock { $0.append("late") }
                done.resume()
            }
            loop.after(1) { seen.withLock { $0.append("early") } }
            loop.after(10) { seen.withLock { $0.append("never") } }.cancel()
        }
        #expect(seen.withLock { $0 } == ["early", "late"])
    }

    @Test("a cancelled sleep ends at once and says so")
    func cancelledSleep() async throws {
        let loop = try EventLoop(name: "test")
        defer { loop.stop() }
        let nap = Task { try await loop.sleep(milliseconds: 3_600_000) }
        nap.cancel()
        await #expect(throws: CancellationError.self) { try await nap.value }
    }

    @Test("stopping runs what was queued before, drops what comes after, and may be said twice")
    func stop() async throws {
        let loop = try EventLoop(name: "test")
        let count = Mutex(0)
        for _ in 0..<100 { loop.run { count.withLock { $0 += 1 } } }
        loop.after(3_600_000) { Issue.record("a timer outlived its loop") }
        loop.stop()
        loop.stop()
        loop.run { count.withLock { $0 += 1 } }
        #expect(count.withLock { $0 } == 100)
    }
}

@Suite struct LoopLocalTests {
    private final class Witness: Sendable {
        let gone: @Sendable () -> Void
        init(_ gone: @escaping @Sendable () -> Void) { self.gone = gone }
        deinit { gone() }
    }

    @Test("it may be stopped while others hand it work")
    func stoppedUnderWork() async throws {
        for _ in 0..<200 {
            let loop = try EventLoop(name: "busy")
            let others = Task.detached { while !Task.isCancelled { loop.run {} } }
            await Task.yield()
            loop.stop()
            others.cancel()
            await others.value
        }
    }

    @Test("its thread keeps a loop that is let go of at once")
    func dropped() throws {
        for _ in 0..<100 {
            let loop = try #require(try Dropped().loop)
            loop.stop()
        }
    }

    @Test("each loop makes its own value once, and there is none off the loops")
    func perLoop() async throws {
        let loops = [try EventLoop(name: "a"), try EventLoop(name: "b")]
        defer { loops.forEach { $0.stop() } }
        let made = Mutex(0)
        let local = LoopLocal { loop in
            made.withLock { $0 += 1 }
            return loop.name
        }
        for _ in 0..<3 {
            for loop in loops {
                let value = try await loop.perform { try local.value }
                #expect(value == loop.name)
            }
        }
        #expect(made.withLock { $0 } == 2)
        #expect(try local.value == nil)
    }

    @Test("values are released on their own loop, when asked for and when the loop stops")
    func release() async throws {
        let loop = try EventLoop(name: "test")
        let gone = Mutex<[Bool]>([])
        let local = LoopLocal { loop in Witness { gone.withLock { $0.append(loop.isCurrent) } } }
        _ = try await loop.perform { try local.value == nil }
        await local.removeAll()
        #expect(gone.withLock { $0 } == [true])
        _ = try await loop.perform { try local.value == nil }
        loop.stop()
        #expect(gone.withLock { $0 } == [true, true])
        await local.removeAll()
    }

    @Test("a value goes with its owner, and no later owner ever finds it")
    func owner() async throws {
        let loop = try EventLoop(name: "test")
        defer { loop.stop() }
        let gone = Mutex(0)
        for number in 0..<50 {
            let local = LoopLocal { _ in (number, Witness { gone.withLock { $0 += 1 } }) }
            let found = try await loop.perform { try local.value?.0 }
            #expect(found == number)
        }
        await loop.perform { await Task.yield() }
        #expect(gone.withLock { $0 } == 50)
    }

    @Test("a value that cannot be made says why, and is tried again")
    func failure() async throws {
        struct Refused: Error {}
        let loop = try EventLoop(name: "test")
        defer { loop.stop() }
        let attempts = Mutex(0)
        let local = LoopLocal<Int> { _ in
            let attempt = attempts.withLock { attempts in
                attempts += 1
                return attempts
            }
            guard attempt > 1 else { throw Refused() }
            return attempt
        }
        await #expect(throws: Refused.self) { try await loop.perform { try local.value } }
        #expect(try await loop.perform { try local.value } == 2)
    }
}

/// Makes a loop and lets go of it.
private struct Dropped {
    weak var loop: EventLoop?

    init() throws {
        let made = try EventLoop(name: "dropped")
        loop = made
    }
}
