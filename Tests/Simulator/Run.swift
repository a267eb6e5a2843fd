import Glibc
import Synchronization
import TestSupport
import Time

/// Worlds of one seed after another, for so long, until one differs.
public struct Run: Sendable {
    public let seed: UInt64
    public let seconds: Double
    public let length: Int
    /// Only these steps of one seed.
    public let steps: [Int]?

    private static let isAsked = Atomic(false)

    /// Every run of this process ends with the world it is in. For a signal's handler, too.
    public static func askToEnd() { isAsked.store(true, ordering: .relaxed) }
    static var isAskedToEnd: Bool { isAsked.load(ordering: .relaxed) }

    public init(seed: UInt64, seconds: Double, length: Int = Simulation.usualLength, steps: [Int]? = nil) {
        self.seed = seed
        self.seconds = seconds
        self.length = length
        self.steps = steps
    }

    /// As `SIM_SEED`, `SIM_SECONDS`, `SIM_LENGTH` and `SIM_STEPS` (`3,17,18`) say.
    public static func ofEnvironment(seconds: Double) -> Run {
        Run(
            seed: environment("SIM_SEED").flatMap { UInt64($0) } ?? .random(in: 0...9_999_999),
            seconds: environment("SIM_SECONDS").flatMap { Double($0) } ?? seconds,
            length: environment("SIM_LENGTH").flatMap { Int($0) }.map { max(1, $0) } ?? Simulation.usualLength,
            steps: environment("SIM_STEPS").map { $0.split(separator: ",").compactMap { Int($0) } })
    }

    public struct Report: Sendable, CustomStringConvertible {
        public let tally: Tally
        /// What differed, the steps to it, and how to take them again.
        public let difference: String?
        let seed: UInt64
        let seconds: Double
        /// Of the processor: what a machine that does nothing else needs.
        let busySeconds: Double

        public var description: String {
            func perMinute(_ seconds: Double) -> Int { Int(Double(tally.steps) * 60 / max(seconds, 0.001)) }
            return "SIM_SEED=\(seed): \(perMinute(seconds)) steps a minute, \(perMinute(busySeconds)) a minute of one "
                + "core; \(tally)"
                + (difference.map { "\n\($0)" } ?? "")
        }
    }

    public func report(on simulation: Simulation) async -> Report {
        let (start, startBusy) = (monotonicNanoseconds(), Self.busySeconds())
        var tally = Tally()
        func elapsed() -> Double { Double(monotonicNanoseconds() - start) / 1e9 }
        for number in 0... {
            let world = seed &+ UInt64(number)
            let verdict = await simulation.verdict(seed: world, steps: steps ?? Array(0..<length))
            tally.add(verdict.tally)
            let seconds = elapsed()
            if let (taken, what) = verdict.difference {
                let busy = Self.busySeconds() - startBusy
                let told = await explain(world, upTo: taken, what, on: simulation)
                return Report(tally: tally, difference: told, seed: seed, seconds: seconds, busySeconds: busy)
            }
            if steps != nil || seconds >= self.seconds || Self.isAskedToEnd { break }
        }
        return Report(
            tally: tally, difference: nil, seed: seed, seconds: elapsed(), busySeconds: Self.busySeconds() - startBusy)
    }

    private static func busySeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    private func explain(_ seed: UInt64, upTo step: Int, _ what: String, on simulation: Simulation) async -> String {
        let taken = Array((steps ?? Array(0..<length)).prefix(step + 1))
        print("SIM_SEED=\(seed), step \(step): \(what); looking for fewer steps")
        fflush(nil)
        // Those that were asked for are taken as they are.
        let fewer = steps == nil ? await simulation.shrunk(seed: seed, steps: taken) : taken
        let script = Script.steps(of: seed, count: (fewer.last ?? -1) + 1)
        let verdict = await simulation.verdict(seed: seed, steps: fewer)
        let lines = fewer.map { "  \($0): \(script[$0])" }
        return """
            SIM_SEED=\(seed), step \(step): \(what)
            with \(fewer.count) of \(taken.count) steps: \(verdict.difference?.what ?? "nothing differs")
            \(lines.joined(separator: "\n"))
            again: SIM_SEED=\(seed) SIM_STEPS=\(fewer.map(String.init).joined(separator: ",")) \
            swift test --filter SimulatorTests.SimulatorTests/random
            """
    }
}
