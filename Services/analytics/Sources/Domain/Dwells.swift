/// How many visits lasted how long, in milliseconds: enough to say the median and other percentiles of any sum of such
/// counts, in a few kilobytes at most.
///
/// Up to `mostExact` different durations are kept as they are, and percentiles are exact. Beyond that each is counted
/// as the middle of its bucket, of which there are 32 between a number and its double: off by 1/64 (1.6 %) at most.
package struct Dwells: Equatable, Sendable {
    package static let mostExact = 128

    /// How often, by duration.
    private var counts: [Int64: Int64] = [:]
    package private(set) var count: Int64 = 0

    package init() {}

    /// - Parameter duration: 0 or more.
    package mutating func add(_ duration: Int64, times: Int64 = 1) {
        counts[max(0, duration), default: 0] += times
        count += times
    }

    package mutating func add(_ other: Dwells) {
        for (duration, times) in other.counts { add(duration, times: times) }
    }

    /// The middle one, or the mean of the two in the middle, rounded down; nil of nothing.
    package var median: Int64? {
        let sorted = counts.sorted { $0.key < $1.key }
        guard let low = Self.at((count + 1) / 2, of: sorted), let high = Self.at(count / 2 + 1, of: sorted) else {
            return nil
        }
        return low + (high - low) / 2
    }

    /// The shortest duration that `percent` of a hundred visits do not exceed (nearest rank); nil of nothing.
    package func percentile(_ percent: Int64) -> Int64? {
        Self.at((count * percent + 99) / 100, of: counts.sorted { $0.key < $1.key })
    }

    /// - Parameter rank: from 1 on.
    private static func at(_ rank: Int64, of sorted: [(key: Int64, value: Int64)]) -> Int64? {
        var passed: Int64 = 0
        for (duration, times) in sorted {
            passed += times
            if rank >= 1, rank <= passed { return duration }
        }
        return nil
    }

    private static func middle(ofBucketOf duration: Int64) -> Int64 {
        guard duration >= 64 else { return duration }
        let shift = Int64(58 - duration.leadingZeroBitCount)
        return ((duration >> shift) << shift) + (1 << shift) / 2
    }
}

extension Dwells {
    /// Pairs of how much longer than the one before and how often, each number in base 128 with the low digits first;
    /// all but a number's last digit have the high bit.
    package var bytes: [UInt8] {
        var kept: [Int64: Int64] = counts
        if counts.count > Self.mostExact {
            kept = Dictionary(counts.map { (Self.middle(ofBucketOf: $0.key), $0.value) }, uniquingKeysWith: +)
        }
        var bytes: [UInt8] = []
        var last: Int64 = 0
        for (duration, times) in kept.sorted(by: { $0.key < $1.key }) {
            for number in [duration - last, times] {
                var rest = number
                while rest >= 128 {
                    bytes.append(UInt8(truncatingIfNeeded: rest) | 128)
                    rest >>= 7
                }
                bytes.append(UInt8(truncatingIfNeeded: rest))
            }
            last = duration
        }
        return bytes
    }

    /// Nil for what `bytes` never is.
    package init?(bytes: [UInt8]) {
        var numbers: [Int64] = []
        var (number, shift): (Int64, Int64) = (0, 0)
        for byte in bytes {
            guard shift < 56 else { return nil }
            number |= Int64(byte & 127) << shift
            shift += 7
            if byte < 128 {
                numbers.append(number)
                (number, shift) = (0, 0)
            }
        }
        guard shift == 0, numbers.count.isMultiple(of: 2) else { return nil }
        var duration: Int64 = 0
        for index in stride(from: 0, to: numbers.count, by: 2) {
            let (sum, overflow) = duration.addingReportingOverflow(numbers[index])
            guard !overflow else { return nil }
            duration = sum
            add(duration, times: numbers[index + 1])
        }
    }
}
