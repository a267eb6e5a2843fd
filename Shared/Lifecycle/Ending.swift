import EventLoop
import Synchronization

/// The first of several answers to one question; the others come too late.
private final class FirstAnswer: Sendable {
    private let waiting: Mutex<CheckedContinuation<Bool, Never>?>

    init(_ continuation: CheckedContinuation<Bool, Never>) { waiting = Mutex(continuation) }

    func give(_ answer: Bool) {
        let continuation = waiting.withLock { waiting in
            defer { waiting = nil }
            return waiting
        }
        continuation?.resume(returning: answer)
    }
}

extension [Task<Void, Never>] {
    /// Waits until all have ended, or for so long.
    /// - Returns: whether they have. Those that have not go on.
    func haveEnded(withinMilliseconds milliseconds: Int64, _ loop: EventLoop) async -> Bool {
        await withCheckedContinuation { continuation in
            let first = FirstAnswer(continuation)
            let timer = loop.after(milliseconds) { first.give(false) }
            // Not on the loop, which is stopped while this still waits for what was given up.
            Task {
                for task in self { await task.value }
                timer.cancel()
                first.give(true)
            }
        }
    }
}
