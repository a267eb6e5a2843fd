import IdentityService
import JSON
import Lifecycle
import Telemetry
import TestSupport
import Testing
import Threads

@Suite("More passwords than can be hashed", .timeLimit(.minutes(1)))
struct OverloadTests {
    @Test("when too many wait the next is refused at once, and what needs no hash goes on")
    func full() async throws {
        try await withIdentity(["HASH_THREADS": "1", "HASH_QUEUE": "2"]) { identity in
            let (_, token) = try await identity.person("ada@example.com")
            let threads = identity.service.passwords.threads
            let gate = ThreadGate()
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

    @Test("who has waited for a second is refused rather than hashed for, and told when to come back")
    func stale() async throws {
        try await withIdentity(["HASH_THREADS": "1"]) { identity in
            _ = try await identity.person("ada@example.com")
            let threads = identity.service.passwords.threads
            let gate = ThreadGate()
            defer { gate.open() }
            let held = Task { try await threads.run { gate.pass() } }
            await gate.reached()
            let stale = Task { try await identity.post("/v1/auth/signin", credentials("ada@example.com")) }
            await identity.running.context.metrics.waiting(1)
            try await Task.sleep(for: .milliseconds(1_100))
            gate.open()
            try await held.value
            let answer = try await stale.value
            #expect(answer.status == 503 && answer.codes == ["service_unavailable"])
            #expect(answer.header("retry-after") == "1")
            _ = try await identity.signIn("ada@example.com")
        }
    }
}

extension Metrics {
    /// Returns once so many passwords wait.
    fileprivate func waiting(_ count: Int64) async {
        let depth = gauge("password_hashing_queue_depth", "")
        await eventually { depth.value == count }
    }
}
