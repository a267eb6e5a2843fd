import Synchronization
import Time

/// Makes identifiers: 41 bits of milliseconds since `epoch`, 10 bits of worker, 12 bits of sequence.
///
/// Within one process they only ever grow, also while the clock steps back: time then stands still here until the
/// clock has caught up, and a millisecond whose sequence is used up borrows from the next one.
public final class Snowflake: Sendable {
    /// 2024-01-01T00:00:00Z; 41 bits last until 2093.
    public static let epoch = Timestamp(rawValue: 1_704_067_200_000)
    public static let workers: Range<Int64> = 0..<1024

    private let worker: Int64
    private let clock: WallClock
    /// Milliseconds since the epoch and sequence of the last identifier, as one number.
    private let last = Mutex<Int64>(0)

    /// - Parameter worker: different in every process that makes identifiers of the same kind; nil is returned for
    ///   one outside `workers`.
    public init?(worker: Int64, clock: WallClock) {
        guard Self.workers.contains(worker) else { return nil }
        self.worker = worker
        self.clock = clock
    }

    /// From now on, every identifier is greater than `identifier`, also where the clock has stepped back since that was
    /// made, by another process.
    public func continueAfter(_ identifier: Int64) {
        last.withLock { last in last = max(last, (identifier >> 22) << 12 | 0xFFF) }
    }

    public func next<Tag>(_: TypedID<Tag>.Type = TypedID<Tag>.self) -> TypedID<Tag> {
        let elapsed = max(0, clock.now().rawValue - Self.epoch.rawValue)
        let tick = last.withLock { last in
            last = max(last + 1, elapsed << 12)
            return last
        }
        let milliseconds = tick >> 12
        return TypedID(rawValue: milliseconds << 22 | worker << 12 | tick & 0xFFF)
    }
}
