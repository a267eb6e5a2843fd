/// What something may be, judged by the answers of those who act on it. An act takes effect at one moment between its
/// begin and its end; while it is under way, both what was before and what comes of it are possible, and once it has
/// ended only what is consistent with its answer (just-in-time linearization, after Lowe, "Testing for
/// Linearizability").
struct Possibilities<State: Hashable> {
    private struct Configuration: Hashable {
        var state: State
        /// Acts under way that have not taken effect.
        var pending: Set<Int>
    }

    /// By what is due. Of the pending acts without an answer none ever has to take effect: what is possible with some of
    /// them is possible with more, so that only the largest sets are kept, rather than all, of which there are 2ⁿ.
    private struct Due: Hashable {
        let state: State
        let answered: Set<Int>
    }

    private var configurations: Set<Configuration>
    private let unanswered: Set<Int>
    /// What an act may make of a state; nothing where its answer could not have been given in that state.
    private let effects: (_ state: State, _ act: Int) -> [State]

    init(_ state: State, unanswered: Set<Int>, effects: @escaping (_ state: State, _ act: Int) -> [State]) {
        configurations = [Configuration(state: state, pending: [])]
        self.unanswered = unanswered
        self.effects = effects
    }

    var states: Set<State> { Set(configurations.map(\.state)) }

    mutating func begin(_ act: Int) {
        // Those with most pending come first: an act takes one away, so what comes later is seldom the larger set.
        var waiting = configurations.map { Configuration(state: $0.state, pending: $0.pending.union([act])) }
        waiting.sort { $0.pending.count > $1.pending.count }
        var largest: [Due: [Set<Int>]] = [:]
        var index = 0
        while index < waiting.count {
            let next = waiting[index]
            index += 1
            let due = Due(state: next.state, answered: next.pending.subtracting(unanswered))
            let optional = next.pending.intersection(unanswered)
            guard !largest[due, default: []].contains(where: { optional.isSubset(of: $0) }) else { continue }
            largest[due, default: []].removeAll { $0.isSubset(of: optional) }
            largest[due, default: []].append(optional)
            for act in next.pending {
                let pending = next.pending.subtracting([act])
                waiting += effects(next.state, act).map { Configuration(state: $0, pending: pending) }
            }
        }
        configurations = Set(
            largest.flatMap { due, sets in
                sets.map { Configuration(state: due.state, pending: due.answered.union($0)) }
            })
    }

    /// - Returns: false when the act's answer was possible at no moment; then it counts as without effect.
    mutating func end(_ act: Int) -> Bool {
        let consistent = configurations.filter { !$0.pending.contains(act) }
        let isPossible = !consistent.isEmpty
        if isPossible { configurations = consistent } else { abandon(act) }
        return isPossible
    }

    /// An act without an answer can do nothing any more; whether it has is not known.
    mutating func abandon(_ act: Int) {
        configurations = Set(
            configurations.map { Configuration(state: $0.state, pending: $0.pending.subtracting([act])) })
    }

    /// What was answered counts, although it should not have been possible.
    mutating func force(_ change: (State) -> State) {
        configurations = Set(configurations.map { Configuration(state: change($0.state), pending: $0.pending) })
    }
}

/// What may have been the case from a moment on, until the next stage.
struct Stage<State: Hashable> {
    let from: Moment
    let states: Set<State>
}

/// Where an act begins or ends.
struct Mark {
    let at: Moment
    let act: Int
    let isEnd: Bool

    /// Those of acts with a known end, and of acts that may take effect at any time after their begin.
    static func inOrder(_ spans: [(act: Int, from: Moment, to: Moment?)]) -> [Mark] {
        let marks = spans.flatMap { span in
            [Mark(at: span.from, act: span.act, isEnd: false)]
                + (span.to.map { [Mark(at: $0, act: span.act, isEnd: true)] } ?? [])
        }
        // What touches at one moment may have overlapped.
        return marks.sorted { ($0.at, $0.isEnd ? 1 : 0, $0.act) < ($1.at, $1.isEnd ? 1 : 0, $1.act) }
    }
}
