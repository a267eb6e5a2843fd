import Glibc
import IdentityService
import JSON
import Lifecycle
import Synchronization
import Telemetry
import TestSupport
import Testing

@Suite("More passwords than can be hashed", .timeLimit(.minutes(1)))
struct OverloadTests {
    @Test("when too many wait the next is refused at once, and what needs no hash goes on")
    func full() async throws {
        try await withIdentity(["HASH_THREADS": "1", "HASH_QUEUE": "2"]) { identity in
            let (_, token) = try await identity.person("ada@example.com")
            let threads = identity.service.passwords.threads
            let gate = Gate()
            defer { gate.open() }
            let held = Task { try await threads.run { gate.pass() } }
            await gate.reached()
            let first = Task { try await identity.post("/v1/auth/signin", credentials("ada@example.com")) }
            let second = Task { try await identity.post("/v1/auth/signin", credentials("bob@example.com")) }
            await identity.running.context.metrics.waiting(2)

            let refused = [
                try await identity.post("/v1/auth/signin", credentials("ada@example.com")),
                try await identity.post("/v1/auth/signin", credentials("carl@example.com")),
                try await identity.post("/v1/auth/signup", credentials("dora@example.com")),
                try await identity.changePassword(token, to: "seven lamps by the door"),
            ]
            for answer in refused {
                #expect(answer.status == 503)
                #expect(answer.codes == ["service_unavailable"])
                #expect(answer.header("retry-after") == "1")
            }
            #expect(try await identity.get("/.well-known/jwks.json").status == 200)
            #expect(try await identity.me(token).status == 200)
            let malformed = try await identity.post("/v1/auth/signin", "{}")
            #expect(malformed.status == 422)

            gate.open()
            try await held.value
            #expect(try await first.value.status == 200)
            #expect(try await second.value.status == 401)
            _ = try await identity.signIn("ada@example.com")
        }
    }

    @Test("what has waited for too long is refused when its turn comes, what has not is done")
    func stale() async throws {
        let clock = ManualNanoseconds()
        let metrics = Metrics()
        let threads = try HashingThreads(
            count: 1, limit: 4, longestWaitMilliseconds: 5_000, metrics: metrics, clock: { clock.now })
        let gate = Gate()
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
        await #expect(throws: IdentityRefusal.overloaded) { try await stale.value }
        #expect(try await fresh.value == 2)
    }

    @Test("as many are at work at once as there are threads")
    func parallel() async throws {
        let threads = try HashingThreads(count: 2, limit: 4, metrics: Metrics())
        let (one, two) = (Gate(), Gate())
        async let first: Void = threads.run { one.pass() }
        async let second: Void = threads.run { two.pass() }
        await one.reached()
        await two.reached()
        one.open()
        two.open()
        _ = try await (first, second)
    }
}

/// Holds a thread where a test wants it.
private final class Gate: Sendable {
    private let isReached = Atomic(false)
    private let isOpen = Atomic(false)

    func pass() {
        isReached.store(true, ordering: .releasing)
        while !isOpen.load(ordering: .acquiring) { usleep(200) }
    }

    func open() { isOpen.store(true, ordering: .releasing) }

    func reached() async {
        await eventually { isReached.load(ordering: .acquiring) }
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
    /// Returns once so many passwords wait.
    fileprivate func waiting(_ count: Int64) async {
        let depth = gauge("password_hashing_queue_depth", "")
        await eventually { depth.value == count }
    }
}
