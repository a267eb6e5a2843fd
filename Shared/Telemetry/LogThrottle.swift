import JSON
import Synchronization
import Time

/// Lets through so many log lines of a kind in each interval, with how many were withheld since the one before: what goes
/// wrong again and again must fill no disk, nor cost more than what it tells of, and must not be silent either.
public final class LogThrottle: Sendable {
    private struct Kind {
        var begin: UInt64
        var lines = 0
        var withheld: Int64 = 0
    }

    /// Kinds may come from outside: those beyond are one.
    package static let mostKinds = 100

    private let lines: Int
    private let interval: UInt64
    private let now: @Sendable () -> UInt64
    private let kinds = Mutex<[String: Kind]>([:])

    /// - Parameter now: nanoseconds of a clock that does not step back.
    public init(
        lines: Int = 1, intervalMilliseconds: UInt64 = 60_000,
        now: @escaping @Sendable () -> UInt64 = monotonicNanoseconds
    ) {
        self.lines = lines
        interval = intervalMilliseconds * 1_000_000
        self.now = now
    }

    /// - Returns: how many lines of the kind were withheld before this one; nil where this one is withheld too.
    public func admit(_ kind: String) -> Int64? {
        let moment = now()
        return kinds.withLock { kinds in
            let name = kinds[kind] != nil || kinds.count < Self.mostKinds ? kind : ""
            var known = kinds[name] ?? Kind(begin: moment)
            defer { kinds[name] = known }
            if moment >= known.begin + interval { (known.begin, known.lines) = (moment, 0) }
            guard known.lines < lines else {
                known.withheld += 1
                return nil
            }
            known.lines += 1
            defer { known.withheld = 0 }
            return known.withheld
        }
    }
}

extension Logger {
    /// An error of a kind that may come again and again: how many were `withheld` since the last line stands in it.
    public func error(_ event: String, _ fields: Fields, kind: String, within throttle: LogThrottle) {
        guard let withheld = throttle.admit("\(event) \(kind)") else { return }
        error(event, fields + [("withheld", .integer(withheld))])
    }
}
