/// Goes through one session's history moment by moment: what its bookings have is weighed against the allocation, and
/// each answer that depends on others must have been possible at one moment of its request.
struct SessionSweep {
    private let plan: PlannedSession
    private var holdings = Holdings()
    private var allocation: ClosedRange<Int>
    /// Those under way for which no moment was found yet.
    private var unjustified: [Int: Entry] = [:]
    private var looks: [Int: Look] = [:]
    private var isOverfull = false
    private(set) var faults: [Fault] = []

    private enum Happening {
        case begin(Int, Entry)
        case stage(booking: String, Share)
        case allocation(ClosedRange<Int>)
        case end(Int, Entry)
    }

    /// - Parameter entries: what was asked of the session and of its bookings, by the place in the history.
    init(
        _ plan: PlannedSession, timelines: [String: BookingTimeline], allocations: [Stage<Int>],
        entries: [(Int, Entry)]
    ) {
        self.plan = plan
        allocation = plan.allocation...plan.allocation
        var happenings: [(at: Moment, rank: Int, what: Happening)] = []
        for (booking, timeline) in timelines {
            for stage in timeline.stages {
                happenings.append((stage.from, 2, .stage(booking: booking, Share(stage.states))))
            }
        }
        for stage in allocations {
            guard let least = stage.states.min(), let most = stage.states.max() else { continue }
            happenings.append((stage.from, 2, .allocation(least...most)))
        }
        for (number, entry) in entries where entry.dependsOnOthers {
            happenings.append((entry.invoked, 0, .begin(number, entry)))
            happenings.append((entry.returned, 1, .end(number, entry)))
        }
        // An end comes before what is known by it; a booking's stages of one moment stay in their order.
        let order = happenings.indices.sorted {
            (happenings[$0].at, happenings[$0].rank, $0) < (happenings[$1].at, happenings[$1].rank, $1)
        }
        var latest = 0
        for index in order {
            if case .end(let number, _) = happenings[index].what { latest = number }
            go(to: happenings[index].what, latest)
        }
    }

    /// - Parameter latest: the last entry that had ended by then, to point at.
    private mutating func go(to happening: Happening, _ latest: Int) {
        switch happening {
        case .begin(let number, let entry):
            if case .looked(let counts, let taken) = entry.outcome {
                looks[number] = Look(counts, taken: taken)
            } else {
                unjustified[number] = entry
            }
        case .stage(let booking, let share):
            holdings.replace(booking, with: share)
            for seat in holdings.contested(by: booking) {
                let what = "\(seat) is \(booking)'s and another booking's"
                faults.append(Fault(rule: .seatWithTwoHolders, entry: latest, what: what))
            }
        case .allocation(let range):
            allocation = range
        case .end(let number, let entry):
            if unjustified.removeValue(forKey: number) != nil { faults.append(unjustifiedFault(number, entry)) }
            if let what = looks.removeValue(forKey: number)?.fault(in: plan) {
                faults.append(Fault(rule: .countsWrong, entry: number, what: what))
            }
        }
        weigh(latest)
        for (number, entry) in unjustified where isJustified(entry) { unjustified[number] = nil }
        for number in looks.keys { looks[number]?.see(holdings, allocation, in: plan) }
    }

    /// Told once for each time that it becomes so.
    private mutating func weigh(_ latest: Int) {
        let wasOverfull = isOverfull
        isOverfull = holdings.taken.lowerBound > allocation.upperBound
        if isOverfull, !wasOverfull {
            let what = "\(holdings.taken.lowerBound) seats are taken of at most \(allocation.upperBound)"
            faults.append(Fault(rule: .moreThanAllocated, entry: latest, what: what))
        }
    }

    private func isJustified(_ entry: Entry) -> Bool {
        switch (entry.act, entry.outcome) {
        case (.reserve(let booking, _), .has(let count, let seats)),
            (.pick(let booking, _), .has(let count, let seats)):
            holdings.taken(besides: booking).lowerBound + count <= allocation.upperBound
                && seats.allSatisfy { !holdings.isDefinitelyTaken($0, besides: booking) }
        case (.reserve(let booking, let count), .refused("not_enough_seats", _)):
            holdings.taken(besides: booking).upperBound + count > allocation.lowerBound
        case (.pick(let booking, let seats), .refused("not_enough_seats", _)):
            holdings.taken(besides: booking).upperBound + seats.count > allocation.lowerBound
        case (.pick(let booking, let seats), .refused("seat_taken", let named)):
            !named.isEmpty && named.isSubset(of: seats)
                && named.allSatisfy { holdings.isPossiblyTaken($0, besides: booking) }
                && seats.subtracting(named).allSatisfy { !holdings.isDefinitelyTaken($0, besides: booking) }
        case (.allocate(_, let count), .allocated): holdings.taken.lowerBound <= count
        case (.allocate(_, let count), .refused("allocation_below_reserved", _)): holdings.taken.upperBound > count
        default: true
        }
    }

    private func unjustifiedFault(_ number: Int, _ entry: Entry) -> Fault {
        let what = "\(entry.act) → \(entry.outcome); in the end \(holdings.taken) were taken of \(allocation)"
        if case .refused = entry.outcome { return Fault(rule: .refusalUnjustified, entry: number, what: what) }
        return Fault(rule: .successImpossible, entry: number, what: what)
    }
}

extension Entry {
    /// Whether its answer says something about what other bookings have.
    fileprivate var dependsOnOthers: Bool {
        switch (act, outcome) {
        case (.reserve, .has), (.pick, .has), (.allocate, .allocated), (.look, .looked): true
        case (_, .refused(let code, _)): ["not_enough_seats", "seat_taken", "allocation_below_reserved"].contains(code)
        default: false
        }
    }
}
