import Synchronization
import TestSupport
import Time

/// What the services' wall clock has shown, in milliseconds, by the time of the tests, which does not step.
final class SteppedClock: Sendable {
    private struct Period {
        let from: Int64
        var to = Int64.max
        let off: Int64
    }

    private let periods = Mutex<[Period]>([Period(from: .min, off: 0)])

    /// How far it is off.
    var seconds: Int64 { periods.withLock { ($0.last?.off ?? 0) / 1_000 } }

    /// Now, by a clock that does not step.
    static var now: Int64 { WallClock.system.now().rawValue }

    /// While it is being set it may show either.
    func step(to seconds: Int64, _ set: (Int64) -> Void) {
        periods.withLock { $0.append(Period(from: Self.now, off: seconds * 1_000)) }
        set(seconds)
        periods.withLock { $0[$0.count - 2].to = Self.now }
    }

    /// The least and the most that it can have shown from one moment to another.
    func shown(from: Int64, to: Int64) -> ClosedRange<Int64> {
        let met = periods.withLock { $0.filter { $0.from <= to && $0.to >= from } }
        let least = met.map { max($0.from, from) + $0.off }.min() ?? from
        let most = met.map { min($0.to, to) + $0.off }.max() ?? to
        return min(least, most)...max(least, most)
    }
}
