import Synchronization
import Telemetry

/// So many log lines a second of one kind, and no more: a flood of refusals must fill no disk, and writing about it must
/// not cost more than refusing.
package final class LogAllowance: Sendable {
    package static let linesPerSecond = 10
    private static let second: UInt64 = 1_000_000_000

    private let state = Mutex<(second: UInt64, lines: Int)>((0, 0))
    private let withheld: Counter

    /// - Parameter withheld: counts the lines that are not written.
    package init(_ withheld: Counter) { self.withheld = withheld }

    /// Whether the next line may be written.
    /// - Parameter now: in nanoseconds of the monotonic clock.
    package func take(at now: UInt64) -> Bool {
        let isAllowed = state.withLock { state in
            if state.second != now / Self.second { state = (now / Self.second, 0) }
            state.lines += 1
            return state.lines <= Self.linesPerSecond
        }
        if !isAllowed { withheld.increment() }
        return isAllowed
    }
}
