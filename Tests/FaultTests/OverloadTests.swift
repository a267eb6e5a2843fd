import TestSupport
import Testing

/// Open loop: requests come when they come, many times as many as are answered, from the program that `make bench`
/// measures with. `OVERLOAD_SECONDS=60` for long floods.
@Suite struct OverloadTests {
    private static let given = environment("OVERLOAD_SECONDS").flatMap { Int($0) }
    private static let seconds = given ?? 1

    @Test("what is too much is told when to come back: much is answered in time, and nothing stays behind")
    func floods() async throws {
        try await Stack.run(
            settings: ["MAX_REQUESTS": "32", "HOLD_SECONDS": "3600"],
            fixtures: ["catalog": StackSession.rows(allocations: Array(repeating: 10_000, count: 200))]
        ) { stack in
            for flood in Flood.all {
                let service = stack[flood.service]
                var record = Record(seconds: Self.seconds, leastShare: Self.given == nil ? 0.2 : 0.3)
                // What a flood makes the service keep for good, it has after the first one.
                _ = try await record.attempt(flood, on: stack)
                let (memory, descriptors) = (try service.child().memory, try service.child().descriptors)
                var isHeld = try await record.attempt(flood, on: stack)
                for _ in 2..<Record.attempts where !isHeld { isHeld = try await record.attempt(flood, on: stack) }
                #expect(isHeld, "\(flood.name), see above")
                await eventually { (try? service.child().descriptors) ?? .max <= descriptors }
                #expect(try service.child().descriptors <= descriptors, "\(flood.name)")
                let after = try service.child().memory
                #expect(after < memory + 32 << 20, "\(flood.name): \(memory >> 20) MB before, \(after >> 20) MB after")
                try await record.recovers(flood, on: stack)
            }
            #expect(try await stack.bookDifferences() == [])
        }
    }
}

/// What a service does with few clients, each of which waits for its answers, and what it does under a flood.
///
/// On a machine that others use too, both may be anything for a second. So what is done in a flood is compared with the
/// least that was done without one; and it is looked at again, since a service that collapses does so each time.
private struct Record {
    static let attempts = 10
    private static let times = 10
    /// What comes later was for nobody. A second is what is waited for a handler, or for a hash, at most. A flood is looked
    /// at once it has lasted for longer: only by then could anybody have waited for so long.
    private static let patienceMilliseconds = 1_500

    let seconds: Int
    /// Of what is done without a flood: whoever collapses does nothing in time. The load itself takes one of two processors,
    /// and each refusal its time.
    let leastShare: Double
    private var least = Int.max

    init(seconds: Int, leastShare: Double) {
        (self.seconds, self.leastShare) = (seconds, leastShare)
    }

    /// - Returns: whether the rest was refused, and enough was done in time.
    mutating func attempt(_ flood: Flood, on stack: Stack) async throws -> Bool {
        let calm = try await flood.run(on: stack, clients: flood.fewClients, rate: nil, seconds: seconds)
        least = min(least, calm.perSecond)
        let rate = max(200, calm.perSecond * Self.times)
        let result = try await flood.run(
            on: stack, clients: flood.manyClients, rate: rate, seconds: seconds, patience: Self.patienceMilliseconds)
        print(
            """
            overload, \(flood.name) at \(rate)/s for \(seconds) s: \(result.perSecond)/s answered in time of \
            \(calm.perSecond)/s, p99 \(result.p99Milliseconds) ms, \(result.tooLate) too late, statuses \
            \(result.statuses), \(result.unanswered) without an answer
            """)
        #expect(Set(result.statuses.keys).subtracting(flood.good + [503]) == [], "\(flood.name)")
        #expect(result.silentRefusals == 0 && result.unanswered == 0, "\(flood.name)")
        return result.refused > 0 && isEnough(result) && result.p99Milliseconds <= Self.patienceMilliseconds
    }

    /// Nobody is refused any more, and as much is done as before.
    func recovers(_ flood: Flood, on stack: Stack) async throws {
        for _ in 0..<Self.attempts {
            let result = try await flood.run(on: stack, clients: flood.fewClients, rate: nil, seconds: 1)
            // Even one may be refused while something else has the processors for a second.
            if result.refused == 0, isEnough(result) { return }
        }
        Issue.record("\(flood.name) does not do afterwards what it did before")
    }

    private func isEnough(_ result: Flood.Result) -> Bool {
        result.perSecond > 0 && Double(result.perSecond) >= Double(least) * leastShare
    }
}
