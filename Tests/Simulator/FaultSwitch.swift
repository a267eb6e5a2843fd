import SQLite
import Synchronization

/// Fails statements by their number, or ends the process before one: then none is run any more.
final class FaultSwitch: Sendable {
    private struct State {
        /// Statements to go, before the one that is meant.
        var left: Int?
        /// Commits to go, likewise.
        var commitsLeft: Int?
        var fault: StatementFault?
        var hasFired = false
        var isDead = false
        var count: Int64 = 0
    }

    private static let ended = DatabaseError.io("the process has ended")

    private let state = Mutex(State())

    /// - Parameter fault: nil for the end of the process.
    func arm(before statement: Int, _ fault: StatementFault?) {
        state.withLock { state in
            state.left = statement
            state.fault = fault
            state.hasFired = false
        }
    }

    func arm(commit: Int, _ fault: StatementFault) {
        state.withLock { state in
            state.commitsLeft = commit
            state.fault = fault
            state.hasFired = false
        }
    }

    /// - Returns: whether it came to it.
    func disarm() -> Bool {
        state.withLock { state in
            state.left = nil
            state.commitsLeft = nil
            defer { state.hasFired = false }
            return state.hasFired
        }
    }

    var isDead: Bool { state.withLock { $0.isDead } }

    /// Statements that were run, or failed.
    var count: Int64 { state.withLock { $0.count } }

    func revive() { state.withLock { $0.isDead = false } }

    /// Asked before each statement.
    func next(_ statement: SQL) -> StatementFault? {
        state.withLock { state in
            if state.isDead { return StatementFault(Self.ended) }
            state.count += 1
            if let left = state.commitsLeft, statement.text == "COMMIT" {
                state.commitsLeft = left > 0 ? left - 1 : nil
                state.hasFired = left == 0
                return left == 0 ? state.fault : nil
            }
            guard let left = state.left else { return nil }
            state.left = left - 1
            guard left == 0 else { return nil }
            state.left = nil
            state.hasFired = true
            if let fault = state.fault { return fault }
            state.isDead = true
            return StatementFault(Self.ended)
        }
    }
}

extension StatementFault {
    static let commitUnheard = StatementFault(.io("simulated"), comesAfterCommit: true)
}

extension Circumstances.Failure {
    var fault: StatementFault {
        switch self {
        case .busy: StatementFault(.busy)
        case .full: StatementFault(.diskFull)
        case .fullEndingAll: StatementFault(.diskFull, endsTransaction: true)
        case .io: StatementFault(.io("simulated"))
        case .ioEndingAll: StatementFault(.io("simulated"), endsTransaction: true)
        case .memory: StatementFault(.outOfMemory)
        }
    }
}
