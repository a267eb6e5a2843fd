/// A moment: whole milliseconds since 1970-01-01T00:00:00Z, leap seconds not counted.
public struct Timestamp: RawRepresentable, Hashable, Comparable, Sendable {
    public let rawValue: Int64

    public init(rawValue: Int64) { self.rawValue = rawValue }

    public static func < (left: Timestamp, right: Timestamp) -> Bool { left.rawValue < right.rawValue }

    /// The moment `milliseconds` later, or the last one there is.
    public func advanced(byMilliseconds milliseconds: Int64) -> Timestamp {
        let (sum, overflow) = rawValue.addingReportingOverflow(milliseconds)
        guard overflow else { return Timestamp(rawValue: sum) }
        return Timestamp(rawValue: milliseconds < 0 ? .min : .max)
    }
}

/// Where the time comes from: passed in, so that a test may hold it still.
public struct WallClock: Sendable {
    public let now: @Sendable () -> Timestamp

    public init(now: @escaping @Sendable () -> Timestamp) { self.now = now }
}
