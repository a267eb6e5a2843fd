import API
import JSON
import Time

extension Fields {
    /// `from` and `to`, both included, each a moment or a whole day in UTC.
    mutating func period() -> Period? {
        let (from, to) = (bound("from"), bound("to"))
        let first = from.map { $0.moments.lowerBound }
        let last = to.map { $0.moments.upperBound }
        let period = Period(from: first.map(Timestamp.init(rawValue:)), to: last.map(Timestamp.init(rawValue:)))
        if period == nil { refuse("range_invalid", "The from is after the to.") }
        return period
    }
}

extension DateBound {
    /// A day's in UTC.
    fileprivate var moments: ClosedRange<Int64> {
        switch self {
        case .moment(let moment): moment.rawValue...moment.rawValue
        case .day(let day): Period.moments(ofDay: Int64(day.daysSinceEpoch))
        }
    }
}

extension CalendarDate {
    /// `2026-11-20`.
    var text: String {
        [(year, 4), (month, 2), (day, 2)].map { number, width in
            let digits = "\(number)"
            return String(repeating: "0", count: width - digits.count) + digits
        }.joined(separator: "-")
    }
}
