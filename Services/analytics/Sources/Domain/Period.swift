import Time

/// From one moment to another, both included, as whole days in UTC and what is left of a day at its ends.
package struct Period: Equatable, Sendable {
    package static let dayMilliseconds: Int64 = 86_400_000
    package static let hourMilliseconds: Int64 = 3_600_000

    /// Whether it has no beginning.
    package let isFromEver: Bool
    /// Milliseconds since 1970.
    package let moments: ClosedRange<Int64>
    /// Days since 1970-01-01 that are in it whole.
    package let days: ClosedRange<Int64>?
    /// The moments that are in it and in none of `days`.
    package let edges: [ClosedRange<Int64>]

    /// Nil where `from` is after `to`. Years 0 to 9999 are all there are.
    package init?(from: Timestamp?, to: Timestamp?) {
        let first = from?.rawValue ?? -62_167_219_200_000
        let last = to?.rawValue ?? 253_402_300_799_999
        guard first <= last else { return nil }
        isFromEver = from == nil
        moments = first...last
        let (firstDay, lastDay) = (Self.day(of: first), Self.day(of: last))
        let (begin, end) = (Self.moments(ofDay: firstDay).lowerBound, Self.moments(ofDay: lastDay).upperBound)
        if firstDay == lastDay, first > begin || last < end {
            days = nil
            edges = [moments]
            return
        }
        let (firstWhole, lastWhole) = (first > begin ? firstDay + 1 : firstDay, last < end ? lastDay - 1 : lastDay)
        days = firstWhole <= lastWhole ? firstWhole...lastWhole : nil
        var edges: [ClosedRange<Int64>] = []
        if first > begin { edges.append(first...Self.moments(ofDay: firstDay).upperBound) }
        if last < end { edges.append(Self.moments(ofDay: lastDay).lowerBound...last) }
        self.edges = edges
    }

    /// A part of a day.
    package init(part: ClosedRange<Int64>) {
        isFromEver = false
        moments = part
        days = nil
        edges = [part]
    }

    package static func day(of moment: Int64) -> Int64 { floor(moment, dayMilliseconds).quotient }
    package static func hour(of moment: Int64) -> Int64 { floor(moment, hourMilliseconds).quotient }

    package static func moments(ofDay day: Int64) -> ClosedRange<Int64> {
        day * dayMilliseconds...(day + 1) * dayMilliseconds - 1
    }

    package static func moments(ofHour hour: Int64) -> ClosedRange<Int64> {
        hour * hourMilliseconds...(hour + 1) * hourMilliseconds - 1
    }
}
