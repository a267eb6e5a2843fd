import SeatHistory
import TestSupport
import Testing

/// `HISTORY_SECONDS=600 HISTORY_CLIENTS=32` for a long one; `HISTORY_SEED` for the choices of one that failed.
@Suite struct HistoryTests {
    @Test("whatever many clients do at once, every answer is one that the contract allows")
    func contract() async throws {
        let rush = Rush.ofEnvironment()
        try await Stack.run(settings: Rush.settings, fixtures: Rush.fixtures) { stack in
            let history = try await rush.history(on: stack)
            print("HISTORY_SEED=\(rush.seed), \(rush.clients) clients: \(history.summary)")
            let faults = history.faults()
            #expect(faults.isEmpty, "\(history.explain(faults))")
            #expect(history.entries.count { $0.outcome == .unknown } == 0)
            #expect(history.lacks == [], "too little happened to prove anything")
            #expect(try await stack.bookDifferences() == [])
        }
    }

    @Test("the same while booking is killed again and again: what was answered stays, and the rest happened or did not")
    func kills() async throws {
        let rush = Rush.ofEnvironment(seconds: 6)
        try await Stack.run(settings: Rush.settings, fixtures: Rush.fixtures) { stack in
            let history = try await rush.history(on: stack, kills: rush.seconds)
            print("kill -9, HISTORY_SEED=\(rush.seed), \(rush.clients) clients: \(history.summary)")
            let faults = history.faults()
            #expect(faults.isEmpty, "\(history.explain(faults))")
            #expect(history.entries.contains { $0.outcome == .unknown })
            #expect(try await stack.bookDifferences() == [])
        }
    }

    /// Without it, a checker that finds nothing proves nothing. A round may be unlucky, and is then followed by another.
    @Test("a fault that is planted in booking's database is found", arguments: PlantedFault.allCases)
    func plantedFault(_ planted: PlantedFault) async throws {
        var (unseen, isBalanced, told) = (planted.rules, true, "")
        let first = Rush.ofEnvironment(seconds: 3)
        for round in 0..<20 where !unseen.isEmpty || isBalanced {
            // The clients of a rush draw from its seed and those after it.
            let rush = Rush(seconds: first.seconds, clients: first.clients, seed: first.seed &+ UInt64(round) * 1_000)
            let fixtures = Rush.fixtures.merging(["booking": planted.rows]) { own, _ in own }
            try await Stack.run(settings: Rush.settings, fixtures: fixtures) { stack in
                let history = try await rush.history(on: stack)
                let found = Dictionary(grouping: history.faults(), by: \.rule)
                let counts = found.map { "\($1.count) × \($0)" }.sorted().joined(separator: ", ")
                print("\(planted), HISTORY_SEED=\(rush.seed): \(counts)")
                unseen.subtract(found.keys)
                told = history.summary
                if try await !stack.bookDifferences().isEmpty { isBalanced = false }
            }
        }
        #expect(unseen.isEmpty, "\(told)")
        #expect(!isBalanced)
    }
}

extension PlantedFault {
    /// What it is to be found by, at least.
    fileprivate var rules: Set<Fault.Rule> {
        switch self {
        case .countOneTooFew: [.moreThanAllocated, .countsWrong]
        case .forgetHolders: [.seatWithTwoHolders, .countsWrong]
        case .keepReleased: [.refusalUnjustified, .countsWrong]
        case .closeLate: [.successAfterTheEnd, .stateLost]
        }
    }
}
