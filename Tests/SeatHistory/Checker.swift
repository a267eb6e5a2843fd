extension History {
    /// Where this history breaks the contract, in no particular order; empty when it does not.
    public func faults() -> [Fault] {
        let numbered = Array(entries.enumerated()).map { ($0.offset, $0.element) }
        var faults: [Fault] = []
        let opened = openedBookings(numbered, &faults)
        faults += numbered.flatMap { formFaults($0, $1, opened) }
        var acts: [String: [(Int, Entry)]] = [:]
        var bySession: [String: [(Int, Entry)]] = [:]
        for (number, entry) in numbered {
            if let booking = entry.act.booking { acts[booking, default: []].append((number, entry)) }
            if let session = session(of: entry.act, opened) { bySession[session, default: []].append((number, entry)) }
        }
        var timelines: [String: [String: BookingTimeline]] = [:]
        for (id, booking) in opened {
            let timeline = BookingTimeline(
                openedAt: booking.openedAt, closesAt: booking.closesAt, tolerance: tolerance,
                isSeated: !(sessions[booking.session]?.seats.isEmpty ?? true), ends: ends, acts: acts[id] ?? [])
            faults += timeline.faults
            timelines[booking.session, default: [:]][id] = timeline
        }
        for (session, plan) in sessions {
            let entries = bySession[session] ?? []
            let sweep = SessionSweep(
                plan, timelines: timelines[session] ?? [:], allocations: allocations(plan, entries), entries: entries)
            faults += sweep.faults
        }
        return faults
    }

    fileprivate struct Opened {
        let session: String
        let openedAt: Moment
        let closesAt: Moment
    }

    private func openedBookings(_ entries: [(Int, Entry)], _ faults: inout [Fault]) -> [String: Opened] {
        var opened: [String: Opened] = [:]
        for (number, entry) in entries {
            guard case .open(let session) = entry.act, case .opened(let id, _, let closesAt) = entry.outcome else {
                continue
            }
            let booking = Opened(session: session, openedAt: entry.invoked, closesAt: closesAt)
            if opened.updateValue(booking, forKey: id) != nil {
                faults.append(Fault(rule: .answerDiffers, entry: number, what: "\(id) was opened before"))
            }
        }
        return opened
    }

    private func session(of act: Act, _ opened: [String: Opened]) -> String? {
        switch act {
        case .open(let session), .allocate(let session, _), .look(let session): session
        default: act.booking.flatMap { opened[$0]?.session }
        }
    }

    /// What the session's allocation may have been. Changes of a session are finished one after the other: one that was
    /// not answered cannot come after one that was.
    private func allocations(_ plan: PlannedSession, _ entries: [(Int, Entry)]) -> [Stage<Int>] {
        let changes = entries.filter { if case .allocate = $0.1.act { true } else { false } }
        let byNumber = Dictionary(changes.map { ($0.0, $0.1) }, uniquingKeysWith: { first, _ in first })
        let unanswered = Set(changes.filter { $0.1.outcome == .unknown }.map(\.0))
        var possible = Possibilities(plan.allocation, unanswered: unanswered) { state, number in
            switch (byNumber[number]?.act, byNumber[number]?.outcome) {
            case (_, .allocated(let count)?): [count]
            case (.allocate(_, let count)?, .unknown?): [count]
            default: [state]
            }
        }
        let spans = changes.map { number, entry in
            let answered = changes.first { $0.1.invoked >= entry.returned && $0.1.isDecided }?.1.returned
            return (act: number, from: entry.invoked, to: entry.outcome == .unknown ? answered : entry.returned)
        }
        return Mark.inOrder(spans).map { mark in
            if !mark.isEnd {
                possible.begin(mark.act)
            } else if byNumber[mark.act]?.outcome == .unknown {
                possible.abandon(mark.act)
            } else {
                _ = possible.end(mark.act)
            }
            return Stage(from: mark.at, states: possible.states)
        }
    }
}

extension Entry {
    /// Whether it was done, or weighed and refused.
    fileprivate var isDecided: Bool {
        switch outcome {
        case .unknown, .refused("session_changing", _): false
        default: true
        }
    }
}

extension History {
    /// What is wrong with an answer by itself.
    private func formFaults(_ number: Int, _ entry: Entry, _ opened: [String: Opened]) -> [Fault] {
        func fault(_ rule: Fault.Rule, _ why: String) -> [Fault] {
            [Fault(rule: rule, entry: number, what: "\(entry.act) → \(entry.outcome): \(why)")]
        }
        switch (entry.act, entry.outcome) {
        case (_, .unexpected): return fault(.answerUnexpected, "nobody may be told that")
        case (_, .refused(let code, _)) where !entry.codes.contains(code):
            return fault(.answerUnexpected, "it may not be refused for that")
        case (.open(let session), .refused):
            return sessions[session]?.hasBegun == true ? [] : fault(.refusalUnjustified, "it has not begun")
        case (.open(let session), .opened(_, let createdAt, let closesAt)):
            if sessions[session]?.hasBegun != false { return fault(.successImpossible, "it has begun") }
            let isThen = (entry.invoked - tolerance...entry.returned + tolerance).contains(createdAt)
            let isOpenAsLong = abs(closesAt - createdAt - hold) <= tolerance
            return isThen && isOpenAsLong ? [] : fault(.answerDiffers, "it opens or closes at another time")
        case (.reserve(let booking, let wanted), .has(let count, let seats)):
            let plan = opened[booking].flatMap { sessions[$0.session]?.seats } ?? []
            let isWhole = plan.isEmpty ? seats.isEmpty : seats.count == wanted && seats.isSubset(of: plan)
            return count == wanted && isWhole ? [] : fault(.answerDiffers, "those are others")
        case (.pick(_, let wanted), .has(let count, let seats)):
            return count == wanted.count && seats == wanted ? [] : fault(.answerDiffers, "those are others")
        case (.allocate(_, let wanted), .allocated(let count)):
            return count == wanted ? [] : fault(.answerDiffers, "that is another allocation")
        default: return []
        }
    }
}
