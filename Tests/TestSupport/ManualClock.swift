import Synchronization
import Time

/// A clock that stands still until a test moves it, in either direction.
public final class ManualClock: Sendable {
    private let time: Mutex<Timestamp>

    public init(_ start: Timestamp = Timestamp(rawValue: 1_795_199_400_000)) { time = Mutex(start) }

    /// One that stands at the time it is, for data that is relative to it.
    public static func atSystemTime() -> ManualClock { ManualClock(WallClock.system.now()) }

    public var now: Timestamp {
        get { time.withLock { $0 } }
        set { time.withLock { $0 = newValue } }
    }

    public func advance(byMilliseconds milliseconds: Int64) {
        time.withLock { $0 = $0.advanced(byMilliseconds: milliseconds) }
    }

    public var wall: WallClock { WallClock { self.now } }
}
