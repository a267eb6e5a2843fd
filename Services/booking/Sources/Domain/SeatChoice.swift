/// Chooses seats for a party that names none.
///
/// The rule, in this order:
/// 1. As few wheelchair bays as can be, then as few companion seats: a scarcer kind is touched only once every seat of
///    the commoner kinds goes to the party, and then as little of it as is needed.
/// 2. As few groups as can be, each side by side in one row: all together, if any row has room for that.
/// 3. Over rows as close to one another as can be.
/// 4. No seat left alone: of two places, the one that leaves fewer single free seats beside it.
/// 5. Near the middle of the room: the smallest sum of squared distances. Ties go to the front, then to the lower side.
///
/// Where a scarcer kind is needed, the commoner seats are given already, and what is still open is which few of that
/// kind to add (`added`). How a party is split, and at what cost, is told at `split`.
package enum SeatChoice {
    /// - Parameters:
    ///   - isFree: seats that nobody else has; the party's own count as free.
    /// - Returns: exactly `count` seats, front to back; nil when there are not that many.
    package static func best(_ count: Int, in plan: SeatPlan, where isFree: (Seat) -> Bool) -> [Seat]? {
        guard count > 0 else { return nil }
        var given: Set<Seat.Kind> = []
        var givenCount = 0
        for kind in [Seat.Kind.standard, .companion, .wheelchair] {
            let left = count - givenCount
            let free = plan.rows.reduce(0) { $0 + $1.count { $0.kind == kind && isFree($0) } }
            if free >= left {
                let runs = plan.runs { ($0.kind == kind || given.contains($0.kind)) && isFree($0) }
                if givenCount == 0, let seats = together(left, runs, plan) { return seats }
                let seats = givenCount == 0 ? split(left, runs, plan) : added(left, of: kind, runs, plan)
                return seats?.sorted { ($0.y, $0.x) < ($1.y, $1.x) }
            }
            given.insert(kind)
            givenCount += free
        }
        return nil
    }

    // MARK: Side by side

    struct Candidate {
        let seats: ArraySlice<Seat>
        let orphans: Int
        let distance: Double
    }

    static func together(_ count: Int, _ runs: [SeatRun], _ plan: SeatPlan) -> [Seat]? {
        var best: Candidate?
        for run in runs where run.count >= count {
            for candidate in windows(of: count, in: run, plan) where isBetter(candidate, than: best) {
                best = candidate
            }
        }
        return best.map { Array($0.seats) }
    }

    /// Runs come front to back, so that the first of equals stays.
    static func isBetter(_ candidate: Candidate, than best: Candidate?) -> Bool {
        guard let best else { return true }
        return (candidate.orphans, candidate.distance) < (best.orphans, best.distance)
    }

    /// Every place in a run. The sum of distances moves along with the window, so that a long run costs its length.
    static func windows(of count: Int, in run: SeatRun, _ plan: SeatPlan) -> [Candidate] {
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
}
