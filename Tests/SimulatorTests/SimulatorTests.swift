import Simulator
import Testing

/// `SIM_SECONDS=600` for a long one; `SIM_SEED`, and `SIM_STEPS` beside it, for one that failed.
@Suite struct SimulatorTests {
    @Test("booking, run from fixed seeds with every fault there is, does what the contract says")
    func fixed() async throws {
        let simulation = try await Simulation.make()
        defer { simulation.end() }
        var report = await Run(seed: 1, seconds: 3).report(on: simulation)
        // A machine with much else to do is given longer.
        if !report.tally.lacks.isEmpty { report = await Run(seed: 1, seconds: 60).report(on: simulation) }
        print(report)
        #expect(report.difference == nil)
        #expect(report.tally.lacks == [], "too little happened to prove anything")
    }

    @Test("… and so it does from the seed that is given, or else from a new one")
    func random() async throws {
        let simulation = try await Simulation.make()
        defer { simulation.end() }
        let report = await Run.ofEnvironment(seconds: 3).report(on: simulation)
        print(report)
        #expect(report.difference == nil)
    }

    @Test("one seed is one run: each answer is the same, to the byte")
    func repeated() async throws {
        var digests: Set<UInt64> = []
        for _ in 0..<2 {
            let simulation = try await Simulation.make()
            defer { simulation.end() }
            let verdict = await simulation.verdict(seed: 5, steps: Array(0..<400))
            #expect(verdict.difference == nil)
            digests.insert(verdict.tally.digest)
        }
        #expect(digests.count == 1)
    }

    /// Without it, a simulator that finds nothing proves nothing.
    @Test("a fault that is planted in booking's database is found", arguments: PlantedFault.allCases)
    func plantedFault(_ planted: PlantedFault) async throws {
        let simulation = try await Simulation.make(
            planted: planted.rows, forgetsCommits: planted == .forgetLastCommit)
        defer { simulation.end() }
        var (seed, found): (UInt64, String?) = (0, nil)
        while seed < 20, found == nil {
            seed += 1
            found = await simulation.verdict(seed: seed, steps: Array(0..<500)).difference?.what
        }
        print("\(planted), SIM_SEED=\(seed): \(found?.prefix(200) ?? "not found")")
        #expect(planted.findings.contains { found?.contains($0) == true }, "\(found ?? "nothing differs")")
    }

    @Test("what was found is told in few steps, which may be taken again")
    func shrinking() async throws {
        let simulation = try await Simulation.make(planted: PlantedFault.loseHold.rows)
        defer { simulation.end() }
        let report = await Run(seed: 1, seconds: 60, length: 300).report(on: simulation)
        let told = try #require(report.difference)
        print(told)
        let line = try #require(told.split(separator: "\n").last { $0.hasPrefix("again: ") })
        let words = line.split(separator: " ").map { $0.split(separator: "=") }
        let seed = try #require(words.first { $0.first == "SIM_SEED" }.flatMap { UInt64($0[1]) })
        let steps = try #require(words.first { $0.first == "SIM_STEPS" })[1].split(separator: ",").compactMap {
            Int($0)
        }
        #expect(steps.count <= 6, "somebody reserves, somebody opens")
        let again = await Run(seed: seed, seconds: 0, steps: steps).report(on: simulation)
        #expect(again.difference != nil)
    }
}
