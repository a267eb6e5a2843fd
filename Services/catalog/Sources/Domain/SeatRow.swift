/// A row of a plan, from left to right as it is seen with the screen at the top.
///
///     1-4 _ 5-8        eight seats with an aisle in the middle
///     _2 1w 2c 3-10    two widths of nothing, a place for a wheelchair, its companion's seat, eight others
///     19-1/2           the odd numbers, the highest on the left
package struct SeatRow: Equatable, Sendable {
    package let label: String
    package let seats: [(number: Int64, kind: PlannedSeat.Kind, x: Double)]

    package static let numbers: ClosedRange<Int64> = 1...100_000
    private static let widestGap: Int64 = 1_000

    /// Nil for anything but seats and gaps, separated by spaces, and for more than `most` seats.
    package init?(label: String, _ text: String, most: Int) {
        var seats: [(number: Int64, kind: PlannedSeat.Kind, x: Double)] = []
        var x: Int64 = 0
        for word in text.split(separator: " ") {
            if word.utf8.first == UInt8(ascii: "_") {
                let width = word.dropFirst()
                guard let gap = width.isEmpty ? 1 : Self.number(width), gap <= Self.widestGap else { return nil }
                x += gap
                continue
            }
            guard let run = SeatRun(word), run.count <= most - seats.count else { return nil }
            for number in run.numbers {
                seats.append((number, run.kind, Double(x)))
                x += 1
            }
        }
        guard !seats.isEmpty else { return nil }
        self.label = label
        self.seats = seats
    }

    package static func == (left: SeatRow, right: SeatRow) -> Bool {
        left.label == right.label && left.seats.elementsEqual(right.seats, by: ==)
    }

    /// The seats where they are drawn: a seat and a row are one unit wide.
    package func planned(y: Double) -> [PlannedSeat] {
        seats.map { PlannedSeat(row: label, number: $0.number, kind: $0.kind, x: $0.x, y: y) }
    }

    fileprivate static func number(_ digits: Substring) -> Int64? {
        guard !digits.isEmpty, digits.utf8.allSatisfy({ (48...57).contains($0) }), let number = Int64(digits),
            numbers.contains(number)
        else { return nil }
        return number
    }
}

/// `7`, `1-12`, `12-1`, `1-19/2`, each with `w` or `c` behind it where it is not of the standard kind.
private struct SeatRun {
    let kind: PlannedSeat.Kind
    private let first: Int64
    private let step: Int64
    let count: Int

    init?(_ word: Substring) {
        kind =
            switch word.utf8.last {
            case UInt8(ascii: "w"): .wheelchair
            case UInt8(ascii: "c"): .companion
            default: .standard
            }
        let parts = (kind == .standard ? word : word.dropLast()).split(separator: "/", omittingEmptySubsequences: false)
        let ends = parts[0].split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count <= 2, ends.count <= 2, parts.count == 1 || ends.count == 2,
            let first = SeatRow.number(ends[0]),
            let last = ends.count == 2 ? SeatRow.number(ends[1]) : first,
            let width = parts.count == 2 ? SeatRow.number(parts[1]) : 1
        else { return nil }
        let distance = abs(last - first)
        // The last seat that is written must be one.
        guard distance % width == 0 else { return nil }
        self.first = first
        step = last < first ? -width : width
        count = Int(distance / width) + 1
    }

    var numbers: some Sequence<Int64> { (0..<Int64(count)).lazy.map { [first, step] in first + $0 * step } }
}
