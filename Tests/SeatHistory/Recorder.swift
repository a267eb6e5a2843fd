import Glibc
import Synchronization

/// Where all clients write down what they asked and were answered.
final class Recorder: Sendable {
    private let written = Mutex<[Entry]>([])
    private let ended = Mutex<[Moment]>([])

    var entries: [Entry] { written.withLock { $0 } }

    var ends: [Moment] { ended.withLock { $0 } }

    func writeEnd() { ended.withLock { $0.append(Self.now()) } }

    func write(_ entry: Entry) { written.withLock { $0.append(entry) } }

    static func now() -> Moment { nanoseconds(CLOCK_MONOTONIC) }

    /// A time of day as a moment. Read anew each time, since the clock on the wall is adjusted now and then.
    static func moment(ofMillisecond milliseconds: Int64) -> Moment {
        milliseconds * 1_000_000 + now() - nanoseconds(CLOCK_REALTIME)
    }

    static func sleep(until moment: Moment) {
        let left = moment - now()
        if left > 0 { usleep(UInt32(clamping: left / 1_000)) }
    }

    private static func nanoseconds(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
