/// Stops asking a neighbour that fails, and tries it again with one call at a time. A value without a clock: every
/// moment is handed in, in milliseconds of any clock that does not step back.
public struct CircuitBreaker: Sendable {
    /// When the breaker opens, and for how long.
    public struct Thresholds: Sendable {
        /// So many failures in a row open it.
        public var consecutiveFailures = 5
        /// So large a share of the window's calls opens it, once the window has `minimumCalls`.
        public var failureRatio = 0.5
        public var minimumCalls = 20
        public var windowMilliseconds: Int64 = 10_000
        /// How long it stays open before a call is let through as a probe.
        public var openMilliseconds: Int64 = 1_000

        public init() {}
    }

    public enum State: Int64, Sendable {
        case closed = 0
        case halfOpen = 1
        case open = 2
    }

    /// Ties an outcome to the state it was admitted in: an answer that is late says nothing about a later state.
    public struct Permit: Sendable, Equatable {
        fileprivate let generation: UInt64
    }

    public enum Admission: Sendable, Equatable {
        case admitted(Permit)
        case refused(retryAfterMilliseconds: Int64)
    }

    public enum Outcome: Sendable {
        case success
        case failure
        /// Given up by the caller: says nothing about the neighbour.
        case abandoned
    }

    public private(set) var state = State.closed
    private let thresholds: Thresholds
    private var generation: UInt64 = 0
    private var failuresInARow = 0
    private var windowStart: Int64 = 0
    private var calls = 0
    private var failures = 0
    private var openedAt: Int64 = 0
    private var isProbing = false

    public init(_ thresholds: Thresholds) {
        self.thresholds = thresholds
    }

    public mutating func admit(at now: Int64) -> Admission {
        if state == .open {
            let left = openedAt + thresholds.openMilliseconds - now
            guard left <= 0 else { return .refused(retryAfterMilliseconds: left) }
            enter(.halfOpen)
        }
        if state == .halfOpen {
            guard !isProbing else { return .refused(retryAfterMilliseconds: thresholds.openMilliseconds) }
            isProbing = true
        }
        return .admitted(Permit(generation: generation))
    }

    /// Every admitted call must be recorded once, or a probe would never end.
    public mutating func record(_ outcome: Outcome, of permit: Permit, at now: Int64) {
        guard permit.generation == generation else { return }
        switch (state, outcome) {
        case (.halfOpen, .success): enter(.closed)
        case (.halfOpen, .failure): open(at: now)
        case (.halfOpen, .abandoned): isProbing = false
        case (.closed, .success): count(failed: false, at: now)
        case (.closed, .failure):
            count(failed: true, at: now)
            if hasFailedTooOften { open(at: now) }
        case (.closed, .abandoned), (.open, _): break
        }
    }

    private var hasFailedTooOften: Bool {
        failuresInARow >= thresholds.consecutiveFailures
            || calls >= thresholds.minimumCalls && Double(failures) >= thresholds.failureRatio * Double(calls)
    }

    private mutating func count(failed: Bool, at now: Int64) {
        if now - windowStart >= thresholds.windowMilliseconds {
            windowStart = now
            calls = 0
            failures = 0
        }
        calls += 1
        failures += failed ? 1 : 0
        failuresInARow = failed ? failuresInARow + 1 : 0
    }

    private mutating func open(at now: Int64) {
        enter(.open)
        openedAt = now
    }

    private mutating func enter(_ next: State) {
        state = next
        generation += 1
        failuresInARow = 0
        calls = 0
        failures = 0
        isProbing = false
    }
}
