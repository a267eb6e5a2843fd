import BookingService
import HTTPServer
import JSON
import SQLite
import TestSupport
import Time

/// Requests and work that meet: what they are due is settled before the write, and after it what it made of them.
extension World {
    /// A request under way.
    struct Sent {
        let request: SentRequest
        let outcome: Outcome<HTTPResponse>
        let isWrite: Bool
        let begun: Int64
    }

    mutating func take(_ errands: [Errand], _ circumstances: Circumstances) throws {
        let begun = now
        var sent: [Sent] = []
        for errand in errands {
            if let request = try begin(
                errand, isUnheard: circumstances.isCommitUnheard,
                atWork: Set(sent.filter(\.isWrite).compactMap(\.request.name)))
            {
                sent.append(request)
            }
        }
        delay(circumstances.delay)
        let end = run(circumstances, sent)
        let written = sent.count { $0.isWrite }
        let unavailable = try judge(sent, after: end, areLost: circumstances.isAnswerLost || end.isDead)
        // It is one request's, or, where it is the transaction's own, that of all.
        if end.hasFailed, circumstances.batch > errands.count, unavailable > 1, unavailable < written {
            throw Difference("one statement failed, and \(unavailable) of \(written) requests with it")
        }
        if end.isDead { try restart(latest: max(begun, now)) }
        try books.reconcile(&model, in: life.database, latest: max(begun, now))
        if let fault = surroundings.followers.values.compactMap(\.fault).first { throw Difference(fault) }
    }

    private func delay(_ delay: Circumstances.Delay) {
        switch delay {
        case .none: break
        case .by(let milliseconds): surroundings.clock.advance(byMilliseconds: milliseconds)
        case .toClosing(let hand, let offset):
            if let moment = moment(.toClosing(hand: hand, offset)) {
                surroundings.clock.now = Timestamp(rawValue: moment)
            }
        }
    }

    private struct Ending {
        /// Those whose answers count: what they did is committed.
        var answered: Set<ObjectIdentifier> = []
        var isDead = false
        var hasFailed = false
        /// What seems to have failed is done.
        var isUnheard = false
    }

    private mutating func run(_ circumstances: Circumstances, _ sent: [Sent]) -> Ending {
        var ending = Ending()
        func answered() -> Set<ObjectIdentifier> {
            Set(sent.map(\.outcome).filter { $0.value != nil }.map { ObjectIdentifier($0) })
        }
        switch circumstances.trouble {
        case .crash(let statement): surroundings.faults.arm(before: statement, nil)
        case .failure(let statement, let failure): surroundings.faults.arm(before: statement, failure.fault)
        case .commitUnheard(let commit): surroundings.faults.arm(commit: commit, .commitUnheard)
        default: break
        }
        var commits = 0
        while life.database.waitingWrites > 0, !ending.isDead {
            ending.answered = answered()
            if forgetsCommits { before = try? FilesOfDatabase(surroundings.path) }
            life.runBatch(upTo: circumstances.batch)
            if surroundings.faults.isDead {
                ending.isDead = true
                tally.crashes += 1
            } else if case .crashAfter(commits) = circumstances.trouble {
                ending.answered = answered()
                ending.isDead = true
                tally.crashesAfterCommit += 1
            }
            commits += 1
        }
        if !ending.isDead { ending.answered = answered() }
        let hasFired = surroundings.faults.disarm()
        if hasFired, !ending.isDead {
            ending.hasFailed = true
            ending.isUnheard = circumstances.isCommitUnheard
            if ending.isUnheard { tally.unheardCommits += 1 } else { tally.failures += 1 }
        }
        return ending
    }

    // MARK: Before the write

    /// - Parameter isUnheard: whether only those go whose answer can be looked up under its key.
    private mutating func begin(_ errand: Errand, isUnheard: Bool, atWork: Set<String>) throws -> Sent? {
        tally.errands += 1
        switch errand {
        case .relay(let index, let mood): relay(to: life.service.followers[index], mood)
        case .tidy: life.begin { _ = try await $0.tidyBatch() }
        case .noteMails: life.begin { _ = try await $0.noteMailBatch() }
        default:
            guard let request = try request(for: errand), !isUnheard || request.name != nil || request.isRead else {
                tally.skipped += 1
                return nil
            }
            return try send(request, atWork: atWork)
        }
        return nil
    }

    private mutating func relay(to follower: Follower, _ mood: Inbox.Mood) {
        let inbox = surroundings.followers[follower.name]
        switch mood {
        case .takes, .refuses: break
        case .losesAnswer, .saysNothing: tally.relaysLost += 1
        case .isLate, .fails: tally.relaysFailed += 1
        }
        inbox?.mood = mood
        life.relay(to: follower)
        inbox?.mood = .takes
    }

    private mutating func send(_ request: SentRequest, atWork: Set<String>) throws -> Sent {
        tally.requests += 1
        if let hand = request.hand { hands[hand].last = request }
        latest = max(latest, now)
        var admission = model.admission(of: request, atWork: atWork, at: now)
        let outcome = life.send(request, token: tokens.token(of: request.user))
        // What was old once may be deleted, and asked for after the clock has stepped back.
        if outcome.value == nil, model.mayBeGone(request, latest: latest) { admission = .write }
        if case .write = admission { return Sent(request: request, outcome: outcome, isWrite: true, begun: now) }
        guard let answer = outcome.value.map(Answer.init) else {
            throw Difference("\(request.meaning) was due at once, and waits")
        }
        tally.count(answer)
        if let fault = fault(of: answer, to: request, admission) { throw Difference("\(request.meaning): \(fault)") }
        if let kept = model.kept[request.name ?? ""], answer.isReplayed { learn(kept.answer, of: request) }
        return Sent(request: request, outcome: outcome, isWrite: false, begun: now)
    }

    private func fault(of answer: Answer, to request: SentRequest, _ admission: Model.Admission) -> String? {
        switch (admission, request.meaning) {
        case (.replay(let kept), _): model.fault(ofReplay: answer, kept)
        case (.now(let refusal?), _): model.fault(of: answer, refusal: refusal)
        case (_, .show): model.fault(ofShown: answer, to: request, at: now)
        case (_, .seats(let session)): model.fault(ofSeats: answer, of: session, at: now)
        default: nil
        }
    }

    // MARK: After it

    /// - Returns: how many were answered that it cannot be done now.
    private mutating func judge(_ sent: [Sent], after end: Ending, areLost: Bool) throws -> Int {
        var unavailable = 0
        for sent in sent {
            guard sent.isWrite, end.answered.contains(ObjectIdentifier(sent.outcome)),
                let answer = sent.outcome.value.map(Answer.init)
            else { continue }
            tally.count(answer)
            if end.hasFailed, answer.status == 503 {
                unavailable += 1
                // What is written for one who reads is only that a booking has run out.
                if end.isUnheard, !sent.request.isRead { try judgeUnheard(sent) }
                continue
            }
            if let fault = model.judge(answer, to: sent.request, begun: sent.begun, at: now) {
                throw Difference("\(sent.request.meaning): \(fault)")
            }
            if areLost { tally.lostAnswers += 1 } else { learn(answer.body, of: sent.request) }
        }
        return unavailable
    }

    /// Whoever comes again with his key hears what was done, or what it was refused for.
    private mutating func judgeUnheard(_ sent: Sent) throws {
        let request = sent.request
        guard let answer = try books.answer(keptUnder: request.name ?? "", at: sent.begun, in: life.database) else {
            // Nothing is kept of what was not understood, and nothing done.
            if let refusal = model.refusal(of: request, at: now), refusal.status == 422 { return }
            throw Difference("\(request.meaning): its commit is done, and no answer is kept")
        }
        if let fault = model.judge(answer, to: request, begun: sent.begun, at: now) {
            throw Difference("\(request.meaning), whose commit seemed to fail: \(fault)")
        }
    }

    /// What a customer knows of a booking is what he was answered.
    private mutating func learn(_ answer: [UInt8], of request: SentRequest) {
        guard case .open = request.meaning, let hand = request.hand,
            let json = try? JSONValue(parsing: answer), let id = Model.number(json["booking"]?["id"]),
            !hands[hand].bookings.contains(id)
        else { return }
        hands[hand].bookings.append(id)
    }
}

extension Circumstances {
    fileprivate var isCommitUnheard: Bool {
        if case .commitUnheard = trouble { true } else { false }
    }

    fileprivate var isAnswerLost: Bool {
        if case .answersLost = trouble { true } else { false }
    }
}
