/// Chooses seats for a party that names none.
///
/// The rule, in this order:
/// 1. Standard seats; companion seats only when those run out, wheelchair bays when both do.
/// 2. All side by side in one row, if any row has room for that.
/// 3. No seat left alone: of two places, the one that leaves fewer single free seats beside it.
/// 4. Near the middle of the room: the smallest sum of squared distances. Ties go to the front, then to the lower side.
///
/// When no row has room, the party is split into as few groups as can be, over rows as close to one another as can be;
/// of equals the nearest to the middle. Each group again sits side by side.
package enum SeatChoice {
    /// - Parameters:
    ///   - isFree: seats that nobody else has; the party's own count as free.
    /// - Returns: exactly `count` seats, front to back; nil when there are not that many.
    package static func best(_ count: Int, in plan: SeatPlan, where isFree: (Seat) -> Bool) -> [Seat]? {
        guard count > 0 else { return nil }
        let tiers: [Set<Seat.Kind>] = [[.standard], [.standard, .companion], [.standard, .companion, .wheelchair]]
        for kinds in tiers {
            let runs = plan.runs { kinds.contains($0.kind) && isFree($0) }
            guard runs.reduce(0, { $0 + $1.count }) >= count else { continue }
            return together(count, runs, plan) ?? split(count, runs, plan)
        }
        return nil
    }

    // MARK: Side by side

    private struct Candidate {
        let seats: ArraySlice<Seat>
        let orphans: Int
        let distance: Double
    }

    private static func together(_ count: Int, _ runs: [SeatRun], _ plan: SeatPlan) -> [Seat]? {
        var best: Candidate?
        for run in runs where run.count >= count {
            for candidate in windows(of: count, in: run, plan) where isBetter(candidate, than: best) {
                best = candidate
            }
        }
        return best.map { Array($0.seats) }
    }

    /// Runs come front to back, so that the first of equals stays.
    private static func isBetter(_ candidate: Candidate, than best: Candidate?) -> Bool {
        guard let best else { return true }
        return (candidate.orphans, candidate.distance) < (best.orphans, best.distance)
    }

    /// Every place in a run. The sum of distances moves along with the window, so that a long run costs its length.
    private static func windows(of count: Int, in run: SeatRun, _ plan: SeatPlan) -> [Candidate] {
        let seats = run.seats
        var distance = seats.prefix(count).reduce(0) { $0 + plan.distance(of: $1) }
        return (seats.startIndex...(seats.endIndex - count)).map { start in
            if start > seats.startIndex {
                distance += plan.distance(of: seats[start + count - 1]) - plan.distance(of: seats[start - 1])
            }
            let before = start - seats.startIndex
            let after = seats.endIndex - start - count
            return Candidate(
                seats: seats[start..<start + count], orphans: (before == 1 ? 1 : 0) + (after == 1 ? 1 : 0),
                distance: distance)
        }
    }

    // MARK: Split

    private static func split(_ count: Int, _ runs: [SeatRun], _ plan: SeatPlan) -> [Seat]? {
        let groups = fewestGroups(count, runs)
        let byRow = Dictionary(grouping: runs, by: \.row)
        var best: (spread: Int, distance: Double, seats: [Seat])?
        for front in byRow.keys.sorted() {
            guard let (back, chosen) = reach(from: front, byRow, count, groups) else { continue }
            let seats = fill(count, chosen, plan)
            let distance = seats.reduce(0) { $0 + plan.distance(of: $1) }
            if best.map({ (back - front, distance) < ($0.spread, $0.distance) }) ?? true {
                best = (back - front, distance, seats)
            }
        }
        return best?.seats
    }

    /// The longest runs hold a party in the fewest groups.
    private static func fewestGroups(_ count: Int, _ runs: [SeatRun]) -> Int {
        var left = count
        return runs.map(\.count).sorted(by: >).prefix { length in
            defer { left -= length }
            return left > 0
        }.count
    }

    /// From a row backwards, the first row at which so many groups are enough, and the runs that are.
    private static func reach(
        from front: Int, _ byRow: [Int: [SeatRun]], _ count: Int, _ groups: Int
    ) -> (back: Int, runs: [SeatRun])? {
        var longest: [SeatRun] = []
        for row in byRow.keys.sorted() where row >= front {
            longest = Array((longest + (byRow[row] ?? [])).sorted { $0.count > $1.count }.prefix(groups))
            if longest.reduce(0, { $0 + $1.count }) >= count { return (row, longest) }
        }
        return nil
    }

    /// Whole runs, but for the last and shortest one, of which the best part is taken.
    private static func fill(_ count: Int, _ runs: [SeatRun], _ plan: SeatPlan) -> [Seat] {
        var chosen: [Seat] = []
        for run in runs {
            let left = count - chosen.count
            if run.count <= left {
                chosen += run.seats
            } else if left > 0, let part = together(left, [run], plan) {
                chosen += part
            }
        }
        return chosen.sorted { ($0.y, $0.x) < ($1.y, $1.x) }
    }
}
