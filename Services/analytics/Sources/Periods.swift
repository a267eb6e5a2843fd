import API
import JSON
import Time

extension Fields {
    /// `from` and `to`, both included, each a moment or a whole day in UTC.
    mutating func period() -> Period? {
        let (from, to) = (bound("from"), bound("to"))
        let period = Period(from: from?.momentsInUTC.lowerBound, to: to?.momentsInUTC.upperBound)
        if period == nil { refuse("range_invalid", "The from is after the to.") }
        return period
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
