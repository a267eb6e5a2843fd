import EventLoop
import SQLite

/// Keeps answers that depend on nothing but the database and the request's target, until anything is written: each
/// loop has its own, so that finding one takes no lock.
public struct AnswerCache: Sendable {
    private final class Memory {
        var generation: UInt64 = 0
        var answers: [String: Response] = [:]
        var bytes = 0
    }

    private static let mostAnswers = 512
    private static let mostBytes = 4 * 1_048_576

    private let database: Database
    private let memory = LoopLocal { _ in Memory() }

    public init(_ database: Database) { self.database = database }

    /// The answer kept for `target`, or the one that `make` gives, tagged.
    public func answer(to target: String, _ make: () throws -> Response) throws -> Response {
        guard let memory = try memory.value else { return try make().tagged() }
        // Read before the answer is made: what is written meanwhile may be in it, and costs one more making.
        let generation = database.generation
        if memory.generation != generation {
            memory.generation = generation
            memory.answers.removeAll(keepingCapacity: true)
            memory.bytes = 0
        }
        if let known = memory.answers[target] { return known }
        let made = try make().tagged()
        let size = made.body.count + target.utf8.count
        if memory.answers.count >= Self.mostAnswers || memory.bytes + size > Self.mostBytes {
            memory.answers.removeAll(keepingCapacity: true)
            memory.bytes = 0
        }
        memory.answers[target] = made
        memory.bytes += size
        return made
    }
}
