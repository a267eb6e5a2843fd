import Auth
import BookingService
import EventLoop
import Glibc
import JSON
import SQLite
import TestSupport
import Time

/// Booking, run from a seed on one thread: its own router, use cases, writer and schema, with the clock, the order of
/// requests, crashes, failing statements and lost answers all drawn, compared with a model of the contract.
public final class Simulation: Sendable {
    /// Steps of one world: beyond that, another seed finds more.
    public static let usualLength = 1_500
    /// After so many steps everything is compared.
    private static let compared = 250

    private let path: String
    private let empty: [UInt8]
    private let tokens: Tokens
    private let loop: EventLoop
    private let forgetsCommits: Bool

    /// - Parameters:
    ///   - planted: a fault, as SQL that is run on booking's schema.
    ///   - forgetsCommits: whether each crash takes the last commit along: another fault.
    public static func make(planted: String? = nil, forgetsCommits: Bool = false) async throws -> Simulation {
        let loop = try EventLoop(name: "simulation")
        let path = try Self.newPath()
        let tokens = try Tokens(for: path)
        let made = await withCheckedContinuation { continuation in
            loop.run { continuation.resume(returning: Result { try Self.empty(path, loop, planted) }) }
        }
        return Simulation(path, try made.get(), tokens, loop, forgetsCommits)
    }

    private init(_ path: String, _ empty: [UInt8], _ tokens: Tokens, _ loop: EventLoop, _ forgetsCommits: Bool) {
        self.forgetsCommits = forgetsCommits
        self.path = path
        self.empty = empty
        self.tokens = tokens
        self.loop = loop
    }

    /// In memory where there is such a place: a crash here loses what was not committed, never what the disk had.
    private static func newPath() throws -> String {
        var template = Array(
            "\(access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp")/marquee-simulation-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw Difference("there is no room for a database") }
        return String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self) + "/world.db"
    }

    /// The file of a database that booking has been started on once.
    private static func empty(_ path: String, _ loop: EventLoop, _ planted: String?) throws -> [UInt8] {
        let life = try Life(surroundings(path, loop))
        if let planted { try life.execute(planted) }
        life.database.close()
        life.crash()
        return try FilesOfDatabase(path).main
    }

    private static func surroundings(_ path: String, _ loop: EventLoop) -> Surroundings {
        let clock = ManualClock()
        return Surroundings(path: path, clock: clock, beginning: clock.now.rawValue, loop: loop)
    }

    /// Removes the files. Not from the loop itself.
    public func end() {
        loop.stop()
        for name in ["", "-wal", "-shm", ".jwks.json", ".secret"] { unlink(path + name) }
        let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ""
        rmdir("\(folder)/mail")
        rmdir(folder)
    }

    public struct Verdict: Sendable {
        public internal(set) var tally = Tally()
        /// At the step of that number, of those that were taken.
        public internal(set) var difference: (step: Int, what: String)?
    }

    /// A world of its own.
    /// - Parameter steps: their numbers among all that the seed stands for.
    public func verdict(seed: UInt64, steps: [Int]) async -> Verdict {
        await withCheckedContinuation { continuation in
            loop.run { continuation.resume(returning: self.verdictHere(seed, steps)) }
        }
    }

    private func verdictHere(_ seed: UInt64, _ numbers: [Int]) -> Verdict {
        var verdict = Verdict()
        verdict.tally.worlds = 1
        var taken = 0
        do {
            try FilesOfDatabase(main: empty, log: []).write(to: path)
            let script = Script.steps(of: seed, count: (numbers.last ?? -1) + 1)
            var world = try World(Self.surroundings(path, loop), tokens: tokens, forgetsCommits: forgetsCommits)
            defer {
                world.tally.steps = taken
                verdict.tally.add(world.tally)
                world.life.crash()
            }
            for number in numbers {
                try world.take(script[number])
                taken += 1
                if taken % Self.compared == 0 { try world.compare() }
            }
            try world.end()
        } catch {
            verdict.difference = (taken, "\(error)")
        }
        return verdict
    }

    // MARK: Shrinking

    /// The fewest steps that still make a difference, as far as leaving out more and more of them finds it
    /// (https://www.st.cs.uni-saarland.de/papers/tse2002/, delta debugging).
    public func shrunk(seed: UInt64, steps: [Int], mostRuns: Int = 600) async -> [Int] {
        var steps = steps
        var (size, runs) = (max(1, steps.count / 2), 0)
        while runs < mostRuns, !Run.isAskedToEnd {
            var start = 0
            var hasShrunk = false
            while start < steps.count, runs < mostRuns {
                let fewer = Array(steps[..<start] + steps[min(start + size, steps.count)...])
                runs += 1
                if await verdict(seed: seed, steps: fewer).difference != nil {
                    steps = fewer
                    hasShrunk = true
                } else {
                    start += size
                }
            }
            if size == 1, !hasShrunk { break }
            size = max(1, size / 2)
        }
        return steps
    }
}

/// What everybody signs in with.
struct Tokens: Sendable {
    private let byUser: [Int64: String]

    init(for path: String) throws {
        guard let key = Ed25519.PrivateKey.generate() else { throw Difference("there is no key") }
        try writeFile(path + ".jwks.json", KeySet([key.publicKey]).json)
        let users = Set((0..<Script.hands).map(World.user)).union([World.admin])
        byUser = Dictionary(
            users.compactMap { user in
                let token = AccessToken(
                    subject: "usr_\(user)", role: user == World.admin ? .admin : .customer, issuedAt: 1,
                    expiresAt: 9_999_999_999)
                return token.signed(with: key).map { (user, $0) }
            }, uniquingKeysWith: { first, _ in first })
    }

    func token(of user: Int64?) -> String { user.map { byUser[$0] ?? "" } ?? Surroundings.credential }
}
