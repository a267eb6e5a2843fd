/// A party that all seats of the commoner kinds are not enough for.
extension SeatChoice {
    /// Seats of the scarcer kind, side by side, with seats that are given at one end or at both.
    private struct Gap {
        var seats: ArraySlice<Seat>
        let isOpenBefore: Bool
        let isOpenAfter: Bool

        /// Filled, it makes two groups one.
        var joins: Bool { isOpenBefore && isOpenAfter }
    }

    /// All seats of `runs` that are of a commoner kind, and `count` of `kind`: those that make two groups one, the
    /// smallest gaps first; then those that make a group longer; and only then groups of their own. In each the nearest
    /// to the middle.
    /// - Parameter runs: of `kind` and all the commoner ones.
    static func added(_ count: Int, of kind: Seat.Kind, _ runs: [SeatRun], _ plan: SeatPlan) -> [Seat]? {
        let given = runs.flatMap { $0.seats.filter { $0.kind != kind } }
        let (mixed, apart) = (runs.filter { $0.hasOther(than: kind) }, runs.filter { !$0.hasOther(than: kind) })
        let beside = mixed.flatMap { $0.seats.filter { $0.kind == kind } }
        guard beside.count < count else {
            return given + closing(mixed.flatMap { gaps(of: kind, in: $0) }, count, plan)
        }
        let rows = mixed.map(\.row)
        let left = count - beside.count
        guard left > 0 else { return given + beside }
        guard let front = rows.min(), let back = rows.max() else { return nil }
        return split(left, apart, plan, besides: front...back).map { given + beside + $0 }
    }

    private static func gaps(of kind: Seat.Kind, in run: SeatRun) -> [Gap] {
        var gaps: [Gap] = []
        var start = run.seats.startIndex
        for end in run.seats.indices + [run.seats.endIndex]
        where end == run.seats.endIndex || run.seats[end].kind != kind {
            if start < end {
                gaps.append(
                    Gap(
                        seats: run.seats[start..<end], isOpenBefore: start > run.seats.startIndex,
                        isOpenAfter: end < run.seats.endIndex))
            }
            start = end + 1
        }
        return gaps
    }

    private static func closing(_ gaps: [Gap], _ count: Int, _ plan: SeatPlan) -> [Seat] {
        var chosen: [Seat] = []
        var left = gaps.filter { !$0.joins }
        let inner = gaps.filter(\.joins).map { ($0, $0.seats.reduce(0) { $0 + plan.distance(of: $1) }) }
        for (gap, _) in inner.sorted(by: { ($0.0.seats.count, $0.1) < ($1.0.seats.count, $1.1) }) {
            if gap.seats.count <= count - chosen.count { chosen += gap.seats } else { left.append(gap) }
        }
        while chosen.count < count, let seat = takeNearest(of: &left, plan) { chosen.append(seat) }
        return chosen
    }

    /// Takes the seat at an open end that leaves no other alone, if there is one, and is the nearest to the middle.
    private static func takeNearest(of gaps: inout [Gap], _ plan: SeatPlan) -> Seat? {
        var best: (orphans: Int, distance: Double, gap: Int, isFirst: Bool)?
        for (index, gap) in gaps.enumerated() {
            let orphans = gap.seats.count == 2 ? 1 : 0
            for (end, isOpen, isFirst) in [
                (gap.seats.first, gap.isOpenBefore, true), (gap.seats.last, gap.isOpenAfter, false),
            ] {
                guard isOpen, let end else { continue }
                let distance = plan.distance(of: end)
                if best.map({ (orphans, distance) < ($0.orphans, $0.distance) }) ?? true {
                    best = (orphans, distance, index, isFirst)
                }
            }
        }
        return best.flatMap { $0.isFirst ? gaps[$0.gap].seats.popFirst() : gaps[$0.gap].seats.popLast() }
    }
}

extension SeatRun {
    fileprivate func hasOther(than kind: Seat.Kind) -> Bool { seats.contains { $0.kind != kind } }
}
