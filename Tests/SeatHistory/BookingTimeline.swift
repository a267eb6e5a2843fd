/// What a booking may have been at each moment, from its own acts' answers and its end.
struct BookingTimeline {
    private(set) var stages: [Stage<BookingState>] = []
    private(set) var faults: [Fault] = []

    /// Its running out is an act like the others, which nobody asks for: it happens about `closesAt`.
    private static let expiry = -1

    /// - Parameter acts: what was asked about the booking, by the place in the history.
    init(
        openedAt: Moment, closesAt: Moment, tolerance: Moment, isSeated: Bool, ends: [Moment], acts: [(Int, Entry)]
    ) {
        let entries = Dictionary(acts.map { ($0.0, $0.1) }, uniquingKeysWith: { first, _ in first })
        let unanswered = Set(acts.filter { $0.1.outcome == .unknown }.map(\.0))
        var possible = Possibilities(BookingState(), unanswered: unanswered) { state, act in
            guard act != Self.expiry else { return [state.status == .open ? state.with(.expired) : state] }
            return entries[act]?.effects(on: state, isSeated: isSeated) ?? []
        }
        stages.append(Stage(from: openedAt, states: possible.states))
        var spans: [(act: Int, from: Moment, to: Moment?)] = [
            (Self.expiry, closesAt - tolerance, closesAt + tolerance)
        ]
        for (number, entry) in acts {
            if case .show = entry.act { continue }
            let isUnknown = entry.outcome == .unknown
            spans.append((number, entry.invoked, isUnknown ? ends.first { $0 >= entry.returned } : entry.returned))
        }
        for mark in Mark.inOrder(spans) {
            if mark.isEnd, entries[mark.act]?.outcome == .unknown {
                possible.abandon(mark.act)
            } else if mark.isEnd {
                if !possible.end(mark.act), let entry = entries[mark.act] {
                    faults.append(entry.fault(mark.act, in: possible.states))
                    possible.force(entry.forced)
                }
            } else {
                possible.begin(mark.act)
            }
            stages.append(Stage(from: mark.at, states: possible.states))
        }
        for (number, entry) in acts { check(number, entry) }
    }

    /// Whether what was shown was possible while it was asked for. The services read the booking and the clock one
    /// after the other.
    private mutating func check(_ number: Int, _ entry: Entry) {
        guard case .shown(let status, let count) = entry.outcome else { return }
        let states = stages.indices.filter { index in
            stages[index].from <= entry.returned
                && (index + 1 == stages.count || stages[index + 1].from >= entry.invoked)
        }.reduce(into: Set<BookingState>()) { $0.formUnion(stages[$1].states) }
        guard states.contains(where: { $0.status.rawValue == status }), states.contains(where: { $0.count == count })
        else {
            let what = "\(entry.act) was shown as \(status) with \(count) seats; possible: \(describe(states))"
            return faults.append(Fault(rule: .stateLost, entry: number, what: what))
        }
    }
}

extension Entry {
    /// Why an answer was impossible in every one of these states.
    fileprivate func fault(_ number: Int, in states: Set<BookingState>) -> Fault {
        let rule: Fault.Rule =
            if case .refused = outcome {
                .refusalUnjustified
            } else if states.allSatisfy({ $0.status == .expired }) {
                .successAfterTheEnd
            } else if isSettling, states.contains(where: { !effects(on: $0, withCountOf: $0).isEmpty }) {
                .answerDiffers
            } else {
                .successImpossible
            }
        return Fault(rule: rule, entry: number, what: "\(act) → \(outcome); possible: \(describe(states))")
    }

    private var isSettling: Bool {
        switch act {
        case .confirm, .cancel, .refund: true
        default: false
        }
    }

    private func effects(on state: BookingState, withCountOf other: BookingState) -> [BookingState] {
        Entry(act, invoked: invoked, returned: returned, .has(count: other.count)).effects(on: state, isSeated: false)
    }
}

private func describe(_ states: Set<BookingState>) -> String {
    states.map { "\($0.status) with \($0.count)" }.sorted().joined(separator: ", ")
}
