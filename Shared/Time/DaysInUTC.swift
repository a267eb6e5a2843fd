extension CalendarDate {
    private static let milliseconds: Int64 = 86_400_000

    /// From its first millisecond to its last, where days are those of UTC.
    public var momentsInUTC: ClosedRange<Timestamp> {
        let first = Timestamp(rawValue: Int64(daysSinceEpoch) * Self.milliseconds)
        return first...first.advanced(byMilliseconds: Self.milliseconds - 1)
    }
}

extension DateBound {
    /// What it stands for where days are those of UTC: one moment, or all of a day.
    public var momentsInUTC: ClosedRange<Timestamp> {
        switch self {
        case .moment(let moment): moment...moment
        case .day(let day): day.momentsInUTC
        }
    }
}
