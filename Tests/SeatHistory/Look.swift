/// A seat map, and all that it might have shown while it was asked for.
struct Look {
    private let counts: SeatCounts
    private let taken: Set<String>
    private var allocation: ClosedRange<Int>?
    private var held: ClosedRange<Int>?
    private var sold: ClosedRange<Int>?
    /// Seats that were shown as no moment of the request had them, as far as it was seen.
    private var wrongSeats: Set<String>?

    init(_ counts: SeatCounts, taken: Set<String>) {
        self.counts = counts
        self.taken = taken
    }

    /// Takes in one moment.
    mutating func see(_ holdings: Holdings, _ allocation: ClosedRange<Int>, in plan: PlannedSession) {
        self.allocation = Self.hull(self.allocation, allocation)
        held = Self.hull(held, holdings.held)
        sold = Self.hull(sold, holdings.sold)
        wrongSeats = (wrongSeats ?? plan.seats).filter { seat in
            taken.contains(seat) ? !holdings.isPossiblyTaken(seat) : holdings.isDefinitelyTaken(seat)
        }
    }

    private static func hull(_ all: ClosedRange<Int>?, _ more: ClosedRange<Int>) -> ClosedRange<Int> {
        guard let all else { return more }
        return min(all.lowerBound, more.lowerBound)...max(all.upperBound, more.upperBound)
    }

    /// What is wrong with it, once it has been answered.
    func fault(in plan: PlannedSession) -> String? {
        if counts.free != counts.allocation - counts.held - counts.sold { return "\(counts) do not add up" }
        if !plan.seats.isEmpty, taken.count != counts.held + counts.sold {
            return "\(counts), but \(taken.count) seats are taken"
        }
        for (name, shown, possible) in [
            ("allocation", counts.allocation, allocation), ("held", counts.held, held), ("sold", counts.sold, sold),
        ] {
            guard possible?.contains(shown) == true else {
                return "\(name) was shown as \(shown); possible: \(possible.map { "\($0)" } ?? "nothing")"
            }
        }
        guard let wrong = wrongSeats?.sorted(), !wrong.isEmpty else { return nil }
        return "free or taken, though never while it was asked for: \(wrong.joined(separator: ", "))"
    }
}
