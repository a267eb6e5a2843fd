import JSON

/// What came of a run.
///
/// Closed loop: what was answered between `begin` and `end`. Open loop: what was to begin then, whenever that was
/// answered: a server that stalls is charged for all it delayed, also where the answers come after the end.
struct Counts {
    /// A round that begins so much later than it was to, in nanoseconds, found no client free, or this program held up.
    private static let lateness: UInt64 = 1_000_000

    /// What comes before is not counted: caches fill, connections are accepted.
    private(set) var begin: UInt64
    var end: UInt64
    private let isOpen: Bool
    private let patience: UInt64
    private let journeys: [Journey]
    /// Of each journey's steps, which tally counts them: those of one name are counted together.
    private let tallied: [[Int]]
    private let names: [String]
    private var tallies: [Tally]
    /// Whole rounds, from their intended start: all, and those of each journey.
    private var rounds = Tally()
    private var wholes: [Tally]
    /// Whether they count or not.
    private(set) var started = 0
    /// Rounds that were to begin, those of them that began late, and those that never did, for either reason.
    private var (offered, late, givenUp, neverBegun) = (0, 0, 0, 0)
    private var (completed, tooLate) = (0, 0)
    /// Rounds that came to their end between `begin` and `end`, in time: what is achieved, whenever they were to begin.
    private var endedMeanwhile = 0

    /// - Parameters: in nanoseconds; the first two after `begin(at:)`.
    init(of journeys: [Journey], from begin: UInt64, to end: UInt64, isOpen: Bool, patience: UInt64) {
        (self.begin, self.end, self.isOpen, self.patience, self.journeys) = (begin, end, isOpen, patience, journeys)
        var names: [String] = []
        tallied = journeys.map { journey in
            journey.steps.map { step in
                if let known = names.firstIndex(of: step.name) { return known }
                names.append(step.name)
                return names.count - 1
            }
        }
        self.names = names
        tallies = Array(repeating: Tally(), count: names.count)
        wholes = Array(repeating: Tally(), count: journeys.count)
    }

    mutating func begin(at start: UInt64) {
        begin += start
        end += start
    }

    private func isMeanwhile(_ moment: UInt64) -> Bool { moment >= begin && moment < end }

    mutating func start(at intended: UInt64, _ now: UInt64) {
        started += 1
        guard isOpen, isMeanwhile(intended) else { return }
        offered += 1
        if now > intended + Self.lateness { late += 1 }
    }

    mutating func giveUp(at intended: UInt64) {
        guard isMeanwhile(intended) else { return }
        offered += 1
        givenUp += 1
    }

    /// The answer to a client's step.
    mutating func count(_ outcome: Outcome, to client: Client, at now: UInt64) {
        let step = journeys[client.journey].steps[client.step]
        let isGood = outcome.status == step.status
        let isLast = client.step + 1 == journeys[client.journey].steps.count
        let time = now - client.intended
        if isGood, isLast, time <= patience, isMeanwhile(now) { endedMeanwhile += 1 }
        guard isMeanwhile(isOpen ? client.intended : now) else { return }
        tallies[tallied[client.journey][client.step]].count(
            outcome, isPartOfLife: isGood || outcome.status == step.refusal,
            microseconds: isGood ? (now - client.since) / 1000 : nil)
        guard isGood, isLast else { return }
        if time <= patience { completed += 1 } else { tooLate += 1 }
        rounds.count(outcome, isPartOfLife: true, microseconds: time / 1000)
        wholes[client.journey].count(outcome, isPartOfLife: true, microseconds: time / 1000)
    }

    /// Open loop: what is not answered when nobody waits any longer has taken as long as until then, at least.
    mutating func charge(_ client: Client, at now: UInt64) {
        guard isOpen, isMeanwhile(client.intended) else { return }
        charge(client.journey, step: client.step, since: client.since, intended: client.intended, now)
    }

    /// The same of a round that no client was free for.
    mutating func chargeUnbegun(_ journey: Int, at intended: UInt64, _ now: UInt64) {
        guard isMeanwhile(intended) else { return }
        offered += 1
        neverBegun += 1
        charge(journey, step: 0, since: intended, intended: intended, now)
    }

    private mutating func charge(_ journey: Int, step: Int, since: UInt64, intended: UInt64, _ now: UInt64) {
        tallies[tallied[journey][step]].charge(microseconds: (now - since) / 1000)
        rounds.charge(microseconds: (now - intended) / 1000)
        wholes[journey].charge(microseconds: (now - intended) / 1000)
    }

    func write(members json: inout JSONWriter) {
        let seconds = Double(end - begin) / 1e9
        json.field("seconds", seconds)
        json.field("completed", completed)
        json.field("per_second", Double(endedMeanwhile) / seconds)
        json.field("offered_per_second", Double(offered) / seconds)
        json.field("begun_per_second", Double(offered - givenUp - neverBegun) / seconds)
        json.field("late", late)
        json.field("given_up", givenUp)
        json.field("never_begun", neverBegun)
        json.field("too_late", tooLate)
        json.field("started", started)
        json.field(named: "rounds", rounds)
        json.object("journeys") { json in
            for (journey, tally) in zip(journeys, wholes) { json.field(named: journey.name, tally) }
        }
        json.object("steps") { json in
            for (name, tally) in zip(names, tallies) { json.field(named: name, tally) }
        }
    }
}
