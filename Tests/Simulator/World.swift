import SQLite
import TestSupport
import Time

/// One database from its first session on, the people who use it, and the model that it is compared with.
struct World {
    static let admin: Int64 = 900
    /// The whole journal is followed each time.
    private static let comparisonsToAnAudit = 3
    /// Two hands are one person's, so that two requests may be about one user's bookings.
    static func user(_ hand: Int) -> Int64 { Int64(501 + hand % 4) }

    struct Hand {
        var bookings: [Int64] = []
        var last: SentRequest?
    }

    let surroundings: Surroundings
    var model: Model
    var tally = Tally()
    var books = Books()
    private(set) var life: Life
    /// The clock has never stood later.
    var latest: Int64 = 0
    let tokens: Tokens
    /// Before the last commit, where that is to be forgotten.
    var before: FilesOfDatabase?
    let forgetsCommits: Bool
    var hands = [Hand](repeating: Hand(), count: Script.hands)

    /// Called on the loop's thread.
    init(_ surroundings: Surroundings, tokens: Tokens, forgetsCommits: Bool) throws {
        self.surroundings = surroundings
        self.forgetsCommits = forgetsCommits
        self.tokens = tokens
        model = Model(beginning: surroundings.beginning)
        life = try Life(surroundings)
    }

    var now: Int64 { surroundings.clock.now.rawValue }

    /// - Throws: `Difference` where booking does what the contract does not say.
    mutating func take(_ step: Step) throws {
        switch step.kind {
        case .time(let time):
            if let moment = moment(time) {
                // What everybody has heard is deleted after a week: it is looked at before.
                if moment - now > 3_600_000 { try compare() }
                surroundings.clock.now = Timestamp(rawValue: moment)
            }
            tally.count(time, now: now)
        case .restart:
            tally.restarts += 1
            try restart(latest: now)
        case .together(let errands, let circumstances): try take(errands, circumstances)
        }
    }

    /// Goes on until everybody has heard everything, and compares all there is.
    mutating func end() throws {
        // Who was away is asked again at once.
        try restart(latest: now)
        for _ in 0..<50 where !isSettled {
            for _ in 0..<8 {
                try take([.relay(follower: 0, .takes), .relay(follower: 1, .takes), .noteMails], Circumstances())
            }
            try compare()
        }
        for (name, inbox) in surroundings.followers {
            guard inbox.hasTaken(books.events) else {
                throw Difference("\(name) has not taken each event once and in order")
            }
            try books.compareSetAside(name, inbox.refused, in: life.database)
            tally.repeatedEvents += inbox.repeated
            tally.relaysRefused += inbox.refusals
            tally.eventsSetAside += inbox.refused.count
        }
        try audit()
        tally.statements += Int(surroundings.faults.count)
        life.crash()
    }

    private var isSettled: Bool {
        books.isWhole && surroundings.followers.values.allSatisfy { $0.hasTaken(books.events) }
    }

    mutating func restart(latest moment: Int64) throws {
        life.crash()
        surroundings.faults.revive()
        try before?.write(to: surroundings.path)
        life = try Life(surroundings)
        try books.reconcile(&model, in: life.database, latest: moment)
        try compare()
    }

    /// Everything that is kept, with everything that should be.
    mutating func compare() throws {
        try books.compare(model, in: life.database, latest: latest)
        tally.comparisons += 1
        if tally.comparisons % Self.comparisonsToAnAudit == 0 { try audit() }
    }

    private mutating func audit() throws {
        try books.audit(life.database)
        tally.audits += 1
    }

    func moment(_ step: TimeStep) -> Int64? {
        switch step {
        case .by(let milliseconds): now + milliseconds
        case .toClosing(let hand, let offset):
            // Not that of another year.
            hands[hand].bookings.last.flatMap { model.bookings[$0] }.map { $0.closesAt + offset }
                .flatMap { abs($0 - now) < 3_600_000 ? $0 : nil }
        case .toStart(let session, let offset): model.sessions[session].startsAt + offset
        }
    }
}

/// Where booking and the contract part.
struct Difference: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
