/// How often, how late and how many in all: retries help against a lost packet and hurt a neighbour that is overloaded.
public struct RetryPolicy: Sendable {
    public var maxRetries = 2
    /// Each call earns so many retries; 0.2 lets retries add a fifth to the load.
    public var budgetRatio = 0.2
    /// The most that can be saved up, and what there is at the start: a quiet client may retry its few calls.
    public var budgetBurst = 10.0
    public var firstBackoff: Int64 = 25
    public var maxBackoff: Int64 = 1_000

    public init() {}

    /// The upper bound of the wait before retry number `retry`, from 0 on, in milliseconds. The wait is drawn evenly
    /// from nought to it (full jitter), so that callers which failed together do not come back together.
    package func backoffLimit(_ retry: Int) -> Int64 {
        min(maxBackoff, firstBackoff << Int64(min(retry, 20)))
    }

    /// A response that says "not now": the neighbour itself, or what stands before it, is away or overloaded.
    package static func isTransient(status: Int) -> Bool {
        status == 502 || status == 503 || status == 504
    }

    /// RFC 9110 §10.2.3 in milliseconds. Only the seconds: our services never send the date form, and an unreadable
    /// value counts as none.
    package static func retryAfter(_ field: String?) -> Int64? {
        guard let field, (1...6).contains(field.utf8.count), let seconds = Int64(field), seconds >= 0 else {
            return nil
        }
        return seconds * 1_000
    }
}

/// A token bucket that calls fill and retries empty.
package struct RetryBudget: Sendable {
    private let ratio: Double
    private let burst: Double
    package private(set) var tokens: Double

    package init(_ policy: RetryPolicy) {
        ratio = policy.budgetRatio
        burst = policy.budgetBurst
        tokens = policy.budgetBurst
    }

    package mutating func earn() {
        tokens = min(burst, tokens + ratio)
    }

    package mutating func spend() -> Bool {
        guard tokens >= 1 else { return false }
        tokens -= 1
        return true
    }
}
