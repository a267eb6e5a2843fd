/// A party that no row has room for.
extension SeatChoice {
    /// Rows that hold the party in the fewest groups.
    private struct Stretch {
        let rows: ClosedRange<Int>
        let runs: [SeatRun]
        /// The longest of them, which are enough.
        let longest: [SeatRun]
        /// What the nearest of its seats come to, whatever their groups: no choice is nearer.
        let bound: Double
    }

    /// Steps after which a split is no longer searched for; some tens of milliseconds.
    private static let mostSteps = 8_000_000

    /// As few groups as can be, over rows as close to one another as can be; of those the ones that leave the fewest seats
    /// alone, then the nearest to the middle.
    ///
    /// That last choice is exact, by a table of groups by seats that every run is entered into at each length: as many
    /// steps as there are seats in those rows, times groups, times `count`. Rows that cannot be nearer than what was
    /// found are left out. `mostSteps` bounds them all: a party beyond it, of hundreds, is given the longest runs.
    /// - Parameter rows: where the rest of the party sits already; nil where there is none.
    static func split(
        _ count: Int, _ runs: [SeatRun], _ plan: SeatPlan, besides rows: ClosedRange<Int>? = nil
    ) -> [Seat]? {
        let groups = fewestGroups(count, runs)
        var best: Candidate?
        var steps = 0
        for stretch in stretches(for: count, groups, runs, plan, rows) {
            if let best, best.orphans == 0, best.distance <= stretch.bound { continue }
            steps += stretch.runs.reduce(0) { $0 + $1.count } * groups * count
            let found =
                steps <= mostSteps
                ? nearest(count, groups, stretch.runs, plan) : filled(count, stretch.longest, plan)
            if let found, isBetter(found, than: best) { best = found }
        }
        return best.map { Array($0.seats) }
    }

    /// The longest runs hold a party in the fewest groups.
    private static func fewestGroups(_ count: Int, _ runs: [SeatRun]) -> Int {
        var left = count
        return runs.map(\.count).sorted(by: >).prefix { length in
            defer { left -= length }
            return left > 0
        }.count
    }

    /// The shortest stretches of rows that are enough, the most promising first.
    private static func stretches(
        for count: Int, _ groups: Int, _ runs: [SeatRun], _ plan: SeatPlan, _ rows: ClosedRange<Int>?
    ) -> [Stretch] {
        let byRow = Dictionary(grouping: runs, by: \.row)
        let reached = byRow.keys.sorted().compactMap { front in
            reach(from: front, byRow, count, groups).map { back, longest in
                (min(front, rows?.lowerBound ?? front)...max(back, rows?.upperBound ?? back), longest)
            }
        }
        let least = reached.map(\.0.count).min()
        return reached.filter { $0.0.count == least }.map { rows, longest in
            let inside = runs.filter { rows.contains($0.row) }
            let distances = inside.flatMap { $0.seats.map(plan.distance) }.sorted()
            return Stretch(
                rows: rows, runs: inside, longest: longest, bound: distances.prefix(count).reduce(0, +))
        }
        .sorted { ($0.bound, $0.rows.lowerBound) < ($1.bound, $1.rows.lowerBound) }
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
    private static func filled(_ count: Int, _ runs: [SeatRun], _ plan: SeatPlan) -> Candidate {
        var chosen: [Seat] = []
        for run in runs {
            let left = count - chosen.count
            if run.count <= left {
                chosen += run.seats
            } else if left > 0, let part = together(left, [run], plan) {
                chosen += part
            }
        }
        return Candidate(
            seats: chosen[...], orphans: 0, distance: chosen.reduce(0) { $0 + plan.distance(of: $1) })
    }

    // MARK: The nearest of all

    /// The best `count` seats in at most so many groups, one of a run; nil where they are not enough.
    private static func nearest(_ count: Int, _ groups: Int, _ runs: [SeatRun], _ plan: SeatPlan) -> Candidate? {
        let width = count + 1
        let parts = runs.map { bestParts(of: $0, upTo: count, plan) }
        // Of the runs so far, what so many groups with so many seats in all leave alone, and how far off they are.
        var table = [(orphans: Int, distance: Double)?](repeating: nil, count: (groups + 1) * width)
        table[0] = (0, 0)
        // Of each run, how many seats of it are in the best choice up to it.
        var taken = [[Int32]](repeating: [], count: runs.count)
        for (index, parts) in parts.enumerated() {
            taken[index] = [Int32](repeating: 0, count: table.count)
            for group in stride(from: groups, to: 0, by: -1) {
                for seats in stride(from: count, to: 0, by: -1) {
                    let cell = group * width + seats
                    for part in parts.prefix(seats) {
                        guard let before = table[cell - width - part.seats.count] else { continue }
                        let sum = (before.orphans + part.orphans, before.distance + part.distance)
                        if let best = table[cell], best <= sum { continue }
                        table[cell] = sum
                        taken[index][cell] = Int32(part.seats.count)
                    }
                }
            }
        }
        guard let score = table[groups * width + count] else { return nil }
        var cell = groups * width + count
        var chosen: [Seat] = []
        for index in runs.indices.reversed() where taken[index][cell] > 0 {
            let part = parts[index][Int(taken[index][cell]) - 1]
            chosen += part.seats
            cell -= width + part.seats.count
        }
        return Candidate(seats: chosen[...], orphans: score.orphans, distance: score.distance)
    }

    /// The best place in a run for one, for two, and so on.
    private static func bestParts(of run: SeatRun, upTo count: Int, _ plan: SeatPlan) -> [Candidate] {
        (1...min(run.count, count)).compactMap { length in
            windows(of: length, in: run, plan).reduce(nil) { best, part in isBetter(part, than: best) ? part : best }
        }
    }
}
