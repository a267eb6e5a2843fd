import EventLoop
import SQLite
import Time

/// Keeps answers that depend on nothing but the database and the request's target, until anything is written: at once
/// when this process writes, within a second when another one does. Each loop has its own, so that finding one takes
/// no lock.
public struct AnswerCache: Sendable {
    private final class Memory {
        var generation: UInt64 = 0
        var dataVersion: Int64?
        var dataVersionReadAt: UInt64 = 0
        private(set) var answers: [String: Response] = [:]
        private var bytes = 0

        func forget() {
            answers.removeAll(keepingCapacity: true)
            bytes = 0
        }

        func keep(_ answer: Response, to target: String) {
            let size = answer.body.count + target.utf8.count
            if answers.count >= mostAnswers || bytes + size > mostBytes { forget() }
            answers[target] = answer
            bytes += size
        }
    }

    private static let mostAnswers = 512
    private static let mostBytes = 4 * 1_048_576
    private static let lookInterval: UInt64 = 1_000_000_000

    private let database: Database
    private let memory = LoopLocal { _ in Memory() }

    public init(_ database: Database) { self.database = database }

    /// An answer that is made, and for how long it is good.
    public enum Made {
        /// Until anything is written.
        case lasting(Response)
        /// For this moment: it depends on the time, too.
        case passing(Response)
    }

    /// The answer kept for `target`, or the one that `make` gives, tagged.
    public func answer(to target: String, _ make: () throws -> Response) throws -> Response {
        try answer(to: target) { Made.lasting(try make()) }
    }

    /// The same where only the query says whether an answer may be kept.
    public func answer(to target: String, _ make: () throws -> Made) throws -> Response {
        guard let memory = try memory.value else {
            switch try make() {
            case .lasting(let made), .passing(let made): return made.tagged()
            }
        }
        // Read before the answer is made: what is written meanwhile may be in it, and costs one more making.
        let generation = database.generation
        if memory.generation != generation {
            memory.generation = generation
            memory.forget()
        }
        if try isWrittenElsewhere(memory) { memory.forget() }
        if let known = memory.answers[target] { return known }
        switch try make() {
        case .passing(let made): return made.tagged()
        case .lasting(let made):
            let tagged = made.tagged()
            memory.keep(tagged, to: target)
            return tagged
        }
    }

    /// Whether the file has changed since it was last looked at, which is once a second: to look costs a tenth of what
    /// a kept answer does. https://sqlite.org/pragma.html#pragma_data_version
    private func isWrittenElsewhere(_ memory: Memory) throws -> Bool {
        let now = monotonicNanoseconds()
        guard now - memory.dataVersionReadAt >= Self.lookInterval else { return false }
        memory.dataVersionReadAt = now
        let known = memory.dataVersion
        memory.dataVersion = try database.read { try $0.first("PRAGMA data_version") { try $0.int(0) } }
        return memory.dataVersion != known
    }
}
