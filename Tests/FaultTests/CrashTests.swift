import TestSupport
import Testing

@Suite struct CrashTests {
    /// Thousands of them on a quiet machine: `CRASH_ROUNDS=1000`.
    private static let rounds = environment("CRASH_ROUNDS").flatMap { Int($0) } ?? 6

    /// `DRAIN_ROUNDS=50` for many.
    private static let drains = environment("DRAIN_ROUNDS").flatMap { Int($0) } ?? 1

    @Test("what was answered survives kill -9 of any service at any moment, and nothing is done twice")
    func crashes() async throws {
        let seed = environment("FAULT_SEED").flatMap { UInt64($0) } ?? .random(in: 0...9_999_999)
        try await Stack.run(settings: Self.settings, fixtures: Self.fixtures) { stack in
            var random = SeededGenerator(seed: seed)
            let witnesses = try await Load(stack).run(seed: seed) {
                for _ in 0..<Self.rounds {
                    for service in stack.services.shuffled(using: &random) {
                        try await Task.sleep(for: .milliseconds(Int.random(in: 5...120, using: &random)))
                        try await service.kill()
                        try await Task.sleep(for: .milliseconds(Int.random(in: 0...50, using: &random)))
                        try await service.start()
                    }
                }
            }
            let audit = Audit(stack: stack, witnesses: witnesses)
            print("kill -9, FAULT_SEED=\(seed), \(Self.rounds) × 4: \(audit.summary)")
            let differences = try await audit.differences()
            #expect(differences == [])
        }
    }

    @Test("SIGTERM under load ends each service with status 0, and no request fails but is asked to come back")
    func terminations() async throws {
        let seed = environment("FAULT_SEED").flatMap { UInt64($0) } ?? .random(in: 0...9_999_999)
        try await Stack.run(settings: Self.settings, fixtures: Self.fixtures) { stack in
            let witnesses = try await Load(stack).run(seed: seed) {
                for _ in 0..<Self.drains {
                    for service in stack.services {
                        try await Task.sleep(for: .milliseconds(300))
                        #expect(try await service.terminate() == .exited(0))
                        #expect(service.log.contains(#""event":"stopped""#))
                        try await Task.sleep(for: .milliseconds(300))
                        try await service.start()
                    }
                }
            }
            let audit = Audit(stack: stack, witnesses: witnesses)
            print("SIGTERM, FAULT_SEED=\(seed), \(Self.drains) × 4: \(audit.summary)")
            let differences = try await audit.differences()
            #expect(differences == [])
            // Not 504, for a request that was dropped, and not silence.
            #expect(Set(witnesses.flatMap(\.interruptions.keys)).subtracting([503]) == [])
        }
    }

    /// Bookings stay open over every restart; one session sells out.
    private static let settings = ["HOLD_SECONDS": "3600"]
    private static let fixtures = ["catalog": StackSession.rows(allocations: [10_000, 200, 10_000])]
}
