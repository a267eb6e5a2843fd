import EventLoop
import Synchronization
import Time

/// Verifies access tokens against identity's published keys.
///
/// The keys are kept in memory and in a file, so that tokens are verified while identity is away, also after a
/// restart; they are asked for again when a token names a key that is not known, at most once in a while.
/// A verified token is remembered by its loop until it expires: a signature costs more than most reads.
public final class TokenVerifier: Sendable {
    public static let refreshInterval: Int64 = 5_000
    /// In milliseconds, while no key is known at all.
    static let firstInterval: UInt64 = 100
    /// Tokens remembered by one loop; about 1 MB.
    static let remembered = 8192

    private struct State {
        var keys: KeySet
        var generation: UInt64 = 0
        var lastAttempt: UInt64?
        var refreshing: Task<Bool, Never>?
    }

    /// What one loop has verified, while the keys stay the same. Touched on its loop alone.
    private final class Memory {
        var generation: UInt64 = 0
        var tokens = TokenMemory(most: TokenVerifier.remembered)
    }

    private let state: Mutex<State>
    private let cache: KeyFile?
    private let fetch: @Sendable () async throws -> KeySet
    private let clock: WallClock
    private let interval: UInt64
    private let memory = LoopLocal { _ in Memory() }

    /// - Parameters:
    ///   - cachePath: a file that keeps the keys over restarts; nil keeps them in memory alone.
    ///   - refreshInterval: milliseconds in which identity is asked at most once.
    ///   - fetch: asks identity for its keys.
    public init(
        cachePath: String?, clock: WallClock, refreshInterval: Int64 = TokenVerifier.refreshInterval,
        fetch: @escaping @Sendable () async throws -> KeySet
    ) {
        cache = cachePath.map(KeyFile.init)
        state = Mutex(State(keys: cache?.read() ?? KeySet([])))
        self.fetch = fetch
        self.clock = clock
        interval = UInt64(max(0, refreshInterval)) * 1_000_000
    }

    public var hasKeys: Bool { state.withLock { !$0.keys.keys.isEmpty } }

    public func verify(_ text: String) async throws(TokenError) -> Principal {
        let nowSeconds = clock.now().rawValue / 1000
        if let known = remembered(text) {
            guard nowSeconds < known.expiresAt else { throw .expired }
            return principal(of: known)
        }
        let unverified = try AccessToken.Unverified(text)
        let token = try unverified.verified(by: try await key(unverified.keyID), nowSeconds: nowSeconds)
        remember(text, token)
        return principal(of: token)
    }

    /// Asks identity for its keys now, unless it was asked a moment ago; whoever comes while the question is under way
    /// waits for its answer. True when keys were read.
    @discardableResult
    public func refresh() async -> Bool {
        let question = state.withLock { state -> Task<Bool, Never>? in
            if let running = state.refreshing { return running }
            let now = monotonicNanoseconds()
            // Without any key nobody can be let in: whoever starts before identity asks again soon.
            let wait = state.keys.keys.isEmpty ? min(interval, Self.firstInterval * 1_000_000) : interval
            if let last = state.lastAttempt, now - last < wait { return nil }
            state.lastAttempt = now
            state.refreshing = Task { await self.ask() }
            return state.refreshing
        }
        return await question?.value ?? false
    }

    private func ask() async -> Bool {
        let keys = try? await fetch()
        let (read, changed) = state.withLock { state in
            state.refreshing = nil
            guard let keys, !keys.keys.isEmpty else { return (false, false) }
            guard state.keys != keys else { return (true, false) }
            state.keys = keys
            state.generation += 1
            return (true, true)
        }
        if changed, let keys { cache?.write(keys) }
        return read
    }

    private func key(_ id: String) async throws(TokenError) -> Ed25519.PublicKey {
        if let key = state.withLock({ $0.keys[id] }) { return key }
        await refresh()
        let (key, some) = state.withLock { ($0.keys[id], !$0.keys.keys.isEmpty) }
        if let key { return key }
        throw some ? .invalid : .keysUnavailable
    }

    private func remembered(_ text: String) -> AccessToken? {
        guard let memory = try? memory.value else { return nil }
        let generation = state.withLock { $0.generation }
        if memory.generation != generation {
            memory.generation = generation
            memory.tokens.forget()
        }
        return memory.tokens.token(text)
    }

    private func remember(_ text: String, _ token: AccessToken) {
        (try? memory.value)?.tokens.remember(token, text)
    }

    private func principal(of token: AccessToken) -> Principal {
        Principal(subject: token.subject, role: token.role, issuedAt: token.issuedAt * 1000)
    }
}
