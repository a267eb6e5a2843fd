import Time
import TimeZone

/// When something is, on the clocks and calendars of its place.
package struct LocalTime: Equatable, Sendable {
    /// In the order of a week.
    package enum Weekday: Int64, CaseIterable, Sendable {
        case monday, tuesday, wednesday, thursday, friday, saturday, sunday

        package var name: String { "\(self)" }
    }

    /// In the order of a day.
    package enum Slot: Int64, CaseIterable, Sendable {
        /// Before 12:00.
        case morning
        /// Before 17:00.
        case afternoon
        /// Before 21:00.
        case evening
        case night

        package var name: String { "\(self)" }
    }

    /// Days since 1970-01-01.
    package let day: Int64
    package let weekday: Weekday
    package let slot: Slot

    package init(_ moment: Timestamp, in zone: TimeZone) {
        self.init(moment, offsetSeconds: zone.offsetSeconds(at: moment))
    }

    /// - Parameter offsetSeconds: what the place's clocks are ahead of UTC.
    package init(_ moment: Timestamp, offsetSeconds: Int64) {
        let (day, second) = floor(floor(moment.rawValue, 1000).quotient + offsetSeconds, 86_400)
        self.day = day
        // 1970 began on a Thursday.
        weekday = Weekday(rawValue: floor(day + 3, 7).remainder) ?? .monday
        slot =
            switch second / 3600 {
            case ..<12: .morning
            case ..<17: .afternoon
            case ..<21: .evening
            default: .night
            }
    }
}

/// Division that rounds down, also below nought.
func floor(_ value: Int64, _ divisor: Int64) -> (quotient: Int64, remainder: Int64) {
    let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
}
