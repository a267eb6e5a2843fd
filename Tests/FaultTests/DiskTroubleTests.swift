import TestSupport
import Testing

/// What becomes of the services while their disk takes nothing, and afterwards.
@Suite struct DiskTroubleTests {
    /// `DISK_ROUNDS=50` for many of each, `FAULT_SEED` for the choices of a run that failed.
    private static let rounds = environment("DISK_ROUNDS").flatMap { Int($0) } ?? 1
    private static let seed = environment("FAULT_SEED").flatMap { UInt64($0) } ?? .random(in: 0...9_999_999)
    private static let fixtures = ["catalog": StackSession.rows(allocations: [10_000, 200, 10_000])]

    @Test("a disk that is full, read-only or failing refuses writes and nothing else, and needs no restart afterwards")
    func trouble() async throws {
        let trouble = try await Trouble()
        let kinds: [Trouble.Disk] = [.full, .readOnly, .failingWrites, .failingSyncs]
        let settings = trouble.settings.merging(["HOLD_SECONDS": "3600"]) { own, _ in own }
        try await Stack.run(settings: settings, fixtures: Self.fixtures) { stack in
            let probes = try await Probes(stack)
            let processes = try stack.services.map { try $0.child().id }
            let witnesses = try await Load(stack).run(seed: Self.seed) {
                for _ in 0..<Self.rounds {
                    for kind in kinds {
                        trouble.disk(kind)
                        try await probes.expectRefusals("\(kind)")
                        trouble.disk(.good)
                        try await probes.expectRecovery("\(kind)")
                    }
                }
            }
            #expect(try stack.services.map { try $0.child().id } == processes)
            try await compare(stack, witnesses, "\(Self.rounds) × \(kinds.count) faults of the disk")
        }
    }

    @Test(
        "a disk that is full to its last block refuses writes and nothing else, and room is all that it takes",
        .enabled(if: PowerSwitch.isThere(), "needs root and a file system of its own"))
    func full() async throws {
        let disk = try PowerSwitch()
        try await Stack.run(databases: disk.directory, settings: ["HOLD_SECONDS": "3600"], fixtures: Self.fixtures) {
            stack in
            let probes = try await Probes(stack)
            let witnesses = try await Load(stack).run(seed: Self.seed) {
                for _ in 0..<Self.rounds {
                    try disk.fill()
                    try await probes.expectRefusals("no block is left")
                    disk.empty()
                    try await probes.expectRecovery("no block is left")
                }
            }
            try await compare(stack, witnesses, "\(Self.rounds) × a full file system")
        }
    }

    /// Also after a crash: what the disk has is what counts.
    private func compare(_ stack: Stack, _ witnesses: [Witness], _ what: String) async throws {
        let audit = Audit(stack: stack, witnesses: witnesses)
        print("\(what), FAULT_SEED=\(Self.seed): \(audit.summary)")
        let differences = try await audit.differences()
        #expect(differences == [])
        // Not 504, for a request that was dropped, and not silence.
        #expect(Set(witnesses.flatMap(\.interruptions.keys)).subtracting([503]) == [])
        for service in stack.services { try await service.kill() }
        for service in stack.services { try await service.start() }
        let afterwards = try await audit.differences()
        #expect(afterwards == [], "after a crash")
    }
}
