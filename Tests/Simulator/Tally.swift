/// What was done, and how often.
public struct Tally: Sendable, CustomStringConvertible {
    public var steps = 0
    public var worlds = 0
    var errands = 0
    var requests = 0
    var skipped = 0
    var statements = 0
    var restarts = 0
    public var crashes = 0
    public var crashesAfterCommit = 0
    public var failures = 0
    public var lostAnswers = 0
    public var unheardCommits = 0
    public var relaysLost = 0
    public var relaysFailed = 0
    public var relaysRefused = 0
    public var eventsSetAside = 0
    public var repeatedEvents = 0
    var clockSteps = 0
    public var clockStepsBack = 0
    public var replays = 0
    var comparisons = 0
    public var audits = 0
    public private(set) var answers: [String: Int] = [:]
    /// Of every answer, in their order.
    public private(set) var digest: UInt64 = 0xcbf2_9ce4_8422_2325

    public init() {}

    mutating func count(_ answer: Answer) {
        if answer.isReplayed { replays += 1 }
        answers[answer.status < 300 ? "\(answer.status)" : "\(answer.status) \(answer.code)", default: 0] += 1
        for byte in answer.body { digest = (digest ^ UInt64(byte)) &* 0x100_0000_01b3 }
    }

    mutating func count(_ step: TimeStep, now: Int64) {
        clockSteps += 1
        if case .by(let milliseconds) = step, milliseconds < 0 { clockStepsBack += 1 }
    }

    mutating func add(_ other: Tally) {
        steps += other.steps
        worlds += other.worlds
        errands += other.errands
        requests += other.requests
        skipped += other.skipped
        statements += other.statements
        restarts += other.restarts
        crashes += other.crashes
        crashesAfterCommit += other.crashesAfterCommit
        failures += other.failures
        lostAnswers += other.lostAnswers
        unheardCommits += other.unheardCommits
        relaysLost += other.relaysLost
        relaysFailed += other.relaysFailed
        relaysRefused += other.relaysRefused
        eventsSetAside += other.eventsSetAside
        repeatedEvents += other.repeatedEvents
        clockSteps += other.clockSteps
        clockStepsBack += other.clockStepsBack
        replays += other.replays
        comparisons += other.comparisons
        audits += other.audits
        answers.merge(other.answers, uniquingKeysWith: +)
        digest = digest &* 31 &+ other.digest
    }

    public var description: String {
        let told = answers.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { "\($1) × \($0)" }
        return """
            \(steps) steps in \(worlds) worlds: \(requests) requests, \(errands - requests - skipped) other errands, \
            \(clockSteps) steps of the clock (\(clockStepsBack) back), \(statements) statements that write; \
            \(crashes) crashes between statements, \(crashesAfterCommit) after a commit, \(restarts) while idle; \
            \(failures) failed statements, \(unheardCommits) commits done that seemed to fail; \(lostAnswers) answers \
            lost to customers; followers: \(relaysLost) answers lost, \(relaysFailed) failures, \(relaysRefused) refusals, \
            \(eventsSetAside) events set aside, \(repeatedEvents) told again; \(replays) replays; everything compared \
            \(comparisons) times, the journal audited \(audits) times; \
            \(told.joined(separator: ", "))
            """
    }
}

extension Tally {
    /// What did not happen, of all that should.
    public var lacks: [String] {
        let counts = [
            "crashes": crashes, "crashes after a commit": crashesAfterCommit, "failures": failures,
            "lost answers": lostAnswers, "commits unheard": unheardCommits, "answers lost to followers": relaysLost,
            "failing followers": relaysFailed, "events set aside": eventsSetAside, "repeated events": repeatedEvents,
            "audits": audits,
            "steps of the clock back": clockStepsBack, "replays": replays,
        ]
        let codes = [
            "200", "201", "409 booking_expired", "409 booking_confirmed", "409 not_enough_seats", "409 seat_taken",
            "409 no_seats_reserved", "409 idempotency_in_flight", "409 allocation_below_reserved",
            "422 idempotency_key_reused", "404 booking_not_found", "503 service_unavailable",
        ]
        return counts.filter { $0.value == 0 }.map(\.key).sorted() + codes.filter { answers[$0] == nil }
    }
}
