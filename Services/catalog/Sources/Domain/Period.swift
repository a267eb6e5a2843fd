import Time
import TimeZone

/// All moments from one to another, both included.
package struct Period: Equatable, Sendable {
    package let first: Timestamp
    package let last: Timestamp

    /// - Parameters:
    ///   - from: a moment, or the whole day from its beginning; nil for all that came before.
    ///   - to: a moment, or the whole day to its end; nil for all that is to come.
    ///   - zone: says when a day begins and ends.
    package init(from: DateBound?, to: DateBound?, in zone: TimeZone) throws(CatalogRefusal) {
        first =
            switch from {
            case .moment(let moment): moment
            case .day(let day): zone.moments(of: day).lowerBound
            case nil: Timestamp(rawValue: -.max)
            }
        last =
            switch to {
            case .moment(let moment): moment
            case .day(let day): zone.moments(of: day).upperBound.advanced(byMilliseconds: -1)
            case nil: Timestamp(rawValue: .max)
            }
        guard first <= last else { throw .periodBackwards }
    }
}
