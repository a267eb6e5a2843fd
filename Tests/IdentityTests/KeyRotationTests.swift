import Auth
import IdentityService
import JSON
import Synchronization
import TestSupport
import Testing
import Time

@Suite("Rotating the signing keys")
struct KeyRotationTests {
    private let overlap: Int64 = 4_500_000
    private let day: Int64 = 86_400_000

    /// A service with nothing but the published keys, and how often it has asked for them.
    private final class Verifier: Sendable {
        let tokens: TokenVerifier
        let questions: Counted

        final class Counted: Sendable {
            private let count = Atomic(0)
            var value: Int { count.load(ordering: .acquiring) }
            func increment() { count.add(1, ordering: .acquiringAndReleasing) }
        }

        init(_ identity: Identity) {
            let questions = Counted()
            self.questions = questions
            tokens = TokenVerifier(cachePath: nil, clock: identity.clock.wall, refreshInterval: 0) {
                questions.increment()
                return try await publishedKeys(identity)
            }
        }
    }

    private func keyID(_ token: String) throws -> String {
        let head = try #require(token.split(separator: ".").first.flatMap { Base64URL.decode($0) })
        return try #require(try JSONValue(parsing: head)["kid"]?.stringValue)
    }

    @Test("two verifiers, one that asked before a rotation and one that asks while it goes on, refuse no good token")
    func twoVerifiers() async throws {
        try await withIdentity { identity in
            let (early, late) = (Verifier(identity), Verifier(identity))
            try await identity.signUp("ada@example.com")
            let good = { (token: String) in
                #expect(try await identity.me(token).status == 200)
                for verifier in [early, late] { _ = try await verifier.tokens.verify(token) }
            }
            let first = try await identity.signIn("ada@example.com")
            _ = try await early.tokens.verify(first)

            let activation = identity.clock.now.advanced(byMilliseconds: overlap)
            let told = try await identity.command("rotate-keys")
            #expect(told == "The new key signs from \(activation.rfc3339) on.")
            #expect(try await publishedKeys(identity).keys.count == 2)
            try await good(first)
            #expect(late.questions.value == 1)

            identity.clock.advance(byMilliseconds: overlap - 1)
            let last = try await identity.signIn("ada@example.com")
            #expect(try keyID(last) == keyID(first))
            identity.clock.advance(byMilliseconds: 1)
            let new = try await identity.signIn("ada@example.com")
            #expect(try keyID(new) != keyID(first))
            for token in [last, new] { try await good(token) }
            #expect((early.questions.value, late.questions.value) == (2, 1), "who asked late knew the new key already")

            identity.clock.advance(byMilliseconds: 3_598_000)
            try await identity.service.keys.tend()
            try await good(last)
            identity.clock.advance(byMilliseconds: overlap - 3_598_000)
            try await identity.service.keys.tend()
            let keys = try await publishedKeys(identity).keys.map(\.id)
            #expect(keys == [try keyID(new)])
            let renewed = try await identity.signIn("ada@example.com")
            try await good(renewed)
        }
    }

    @Test("one rotation at a time")
    func oneAtATime() async throws {
        try await withIdentity { identity in
            try await identity.command("rotate-keys")
            await #expect(throws: (any Error).self) { try await identity.command("rotate-keys") }
            identity.clock.advance(byMilliseconds: 2 * overlap - 1)
            await #expect(throws: (any Error).self) { try await identity.command("rotate-keys") }
            identity.clock.advance(byMilliseconds: 1)
            try await identity.command("rotate-keys")
            #expect(try await publishedKeys(identity).keys.count == 2)
        }
    }

    @Test("a key that has had its time is followed by another, published before and signing then")
    func byAge() async throws {
        try await withIdentity(["KEY_ROTATION_DAYS": "3"]) { identity in
            try await identity.signUp("ada@example.com")
            let first = try keyID(try await identity.signIn("ada@example.com"))
            identity.clock.advance(byMilliseconds: 3 * day - overlap - 1)
            try await identity.service.keys.tend()
            #expect(try await publishedKeys(identity).keys.map(\.id) == [first])
            identity.clock.advance(byMilliseconds: 1)
            try await identity.service.keys.tend()
            #expect(try await publishedKeys(identity).keys.count == 2)
            #expect(try keyID(try await identity.signIn("ada@example.com")) == first)
            identity.clock.advance(byMilliseconds: overlap)
            #expect(try keyID(try await identity.signIn("ada@example.com")) != first)
        }
    }

    @Test("what another process does to the keys is noticed at once")
    func otherProcess() async throws {
        try await withIdentity { identity in
            try await withIdentity(clock: identity.clock, databasePath: identity.databasePath) { other in
                try await other.command("rotate-keys")
                #expect(try await publishedKeys(identity).keys.count == 2)
                identity.clock.advance(byMilliseconds: overlap)
                try await other.signUp("ada@example.com")
                #expect(try await identity.me(other.signIn("ada@example.com")).status == 200)
                #expect(try await other.me(identity.signIn("ada@example.com")).status == 200)
            }
        }
    }

    @Test("a restart keeps the keys: tokens from before it are good after it")
    func restart() async throws {
        let clock = ManualClock()
        let (path, token) = try await withIdentity(clock: clock) { identity in
            (identity.databasePath, try await identity.person("ada@example.com").token)
        }
        try await withIdentity(clock: clock, databasePath: path) { identity in
            let answer = try await identity.me(token)
            #expect(answer.status == 200)
            #expect(try await publishedKeys(identity).keys.count == 1)
        }
    }

    @Test("a clock that steps back before the first key leaves it in use")
    func stepBack() async throws {
        try await withIdentity { identity in
            try await identity.signUp("ada@example.com")
            identity.clock.advance(byMilliseconds: -day)
            try await identity.service.keys.tend()
            #expect(try await identity.me(identity.signIn("ada@example.com")).status == 200)
            #expect(try await publishedKeys(identity).keys.count == 1)
        }
    }

    @Test(
        "settings under which a good token could not be verified are refused",
        arguments: [
            ["KEY_OVERLAP_SECONDS": "4499"], ["KEY_ROTATION_DAYS": "2"], ["TOKEN_SECONDS": "59"],
            ["TOKEN_SECONDS": "7200", "KEY_OVERLAP_SECONDS": "4500"], ["HASH_THREADS": "0"], ["HASH_QUEUE": "x"],
            ["HASH_WAIT_MILLISECONDS": "0"],
        ])
    func settings(settings: [String: String]) async throws {
        await #expect(throws: (any Error).self) { try await withIdentity(settings) { _ in } }
    }
}
