import TestSupport
import Testing

/// `POWER_CUTS=50` for many, `FAULT_SEED` for the choices of a run that failed.
@Suite(.enabled(if: PowerSwitch.isThere(), "needs root and a file system that can be shut down"))
struct PowerCutTests {
    private static let cuts = environment("POWER_CUTS").flatMap { Int($0) } ?? 2

    @Test("what was answered survives power cuts at any moment under load, and the services sell on")
    func powerCuts() async throws {
        let seed = environment("FAULT_SEED").flatMap { UInt64($0) } ?? .random(in: 0...9_999_999)
        let (power, trouble) = (try PowerSwitch(), try await Trouble())
        try await Self.run(on: power, trouble) { stack in
            var random = SeededGenerator(seed: seed)
            var witnesses: [Witness] = []
            for cut in 0..<Self.cuts {
                witnesses += try await Load(stack, first: cut * 6).run(seed: seed &+ UInt64(cut * 6)) {
                    try await Task.sleep(for: .milliseconds(Int.random(in: 50...400, using: &random)))
                    // A disk that is about to go may well fail first.
                    if cut % 3 == 2 {
                        trouble.disk(.failingSyncs)
                        try await Task.sleep(for: .milliseconds(Int.random(in: 0...200, using: &random)))
                    }
                    try await Self.powerFails(power, stack)
                    trouble.disk(.good)
                    try await Self.powerReturns(power, stack)
                    // The same customers go on.
                    try await Task.sleep(for: .milliseconds(100))
                }
                // What is lost stays lost: an audit, which looks at everything there is, may come some cuts later.
                guard cut % 5 == 4 || cut == Self.cuts - 1 else { continue }
                let differences = try await Audit(stack: stack, witnesses: witnesses).differences()
                #expect(differences == [], "up to cut \(cut)")
            }
            let audit = Audit(stack: stack, witnesses: witnesses)
            print("power cuts, FAULT_SEED=\(seed), \(Self.cuts) cuts: \(audit.summary)")
        }
    }

    /// Without it, an audit that finds nothing proves nothing. It is to find writes that were answered and are lost: a
    /// file that is damaged, a service that does not start or an error of the test itself is another matter.
    @Test("a service that answers before what it wrote is on the disk is found out by a power cut")
    func forgottenSyncs() async throws {
        var (lost, attempts): ([String], [String]) = ([], [])
        while lost.isEmpty, attempts.count < 5 {
            do {
                lost = try await lostWithoutSyncs(seed: UInt64(attempts.count))
                attempts.append("\(lost.count) answered writes lost or doubled")
            } catch {
                attempts.append("\(error)")
            }
        }
        print("forgotten syncs: \(attempts.joined(separator: "; ")); \(lost.prefix(2).joined(separator: "; "))")
        #expect(!lost.isEmpty, "\(attempts)")
    }

    private func lostWithoutSyncs(seed: UInt64) async throws -> [String] {
        let (power, trouble) = (try PowerSwitch(), try await Trouble())
        var lost: [String] = []
        try await Self.run(on: power, trouble) { stack in
            trouble.disk(.forgottenSyncs)
            let witnesses = try await Load(stack).run(seed: seed) { try await Task.sleep(for: .seconds(1)) }
            try await Self.powerFails(power, stack)
            trouble.disk(.good)
            try await Self.powerReturns(power, stack)
            lost = try await Audit(stack: stack, witnesses: witnesses).lostWrites()
        }
        return lost
    }

    private static func run(
        on power: PowerSwitch, _ trouble: Trouble, _ body: (Stack) async throws -> Void
    ) async throws {
        try await Stack.run(
            databases: power.directory,
            settings: trouble.settings.merging(["HOLD_SECONDS": "3600"]) { own, _ in own },
            fixtures: ["catalog": StackSession.rows(allocations: [10_000, 200, 10_000])], body)
    }

    /// The processes stop with the disk, at any point of what they do: a cut takes a moment here, in which the kernel
    /// takes a sync for done whose pages it drops, and nobody answers without power.
    private static func powerFails(_ power: PowerSwitch, _ stack: Stack) async throws {
        for service in stack.services { try await service.freeze() }
        try power.cut()
    }

    private static func powerReturns(_ power: PowerSwitch, _ stack: Stack) async throws {
        for service in stack.services { try await service.kill() }
        try power.restore()
        for service in stack.services { try await service.start() }
    }
}
