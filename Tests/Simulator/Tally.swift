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
    public var lostRelays = 0
    public var repeatedEvents = 0
    var clockSteps = 0
    public var clockStepsBack = 0
    public var replays = 0
    var comparisons = 0
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
        lostRelays += other.lostRelays
        repeatedEvents += other.repeatedEvents
        clockSteps += other.clockSteps
        clockStepsBack += other.clockStepsBack
        replays += other.replays
        comparisons += other.comparisons
        answers.merge(other.answers, uniquingKeysWith: +)
        digest = digest &* 31 &+ other.digest
    }

    public var description: String {
        let told = answers.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { "\($1) × \($0)" }
        return """
            \(steps) steps in \(worlds) worlds: \(requests) requests, \(errands - requests - skipped) other errands, \
            \(clockSteps) steps of the clock (\(clockStepsBack) back), \(statements) statements that write; \
            \(crashes) crashes between statements, \(crashesAfterCommit) after a commit, \(restarts) while idle; \
            \(failures) failed statements; \(lostAnswers) answers lost to customers, \(lostRelays) to followers; \
            \(replays) replays, \(repeatedEvents) events told again; everything compared \(comparisons) times; \
            \(told.joined(separator: ", "))
            """
    }
}

extension Tally {
    /// What did not happen, of all that should.
    public var lacks: [String] {
        let counts = [
            "crashes": crashes, "crashes after a commit": crashesAfterCommit, "failures": failures,
            "lost answers": lostAnswers, "lost relays": lostRelays, "repeated events": repeatedEvents,
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
