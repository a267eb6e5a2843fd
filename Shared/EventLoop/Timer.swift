import CEvent
import Glibc

extension EventLoop {
    /// A body that runs once on its loop when its time has come, unless it is cancelled before.
    ///
    /// `@unchecked Sendable`: everything mutable is touched on the loop's thread alone.
    public final class Timer: @unchecked Sendable {
        private let loop: EventLoop
        private var body: (@Sendable () -> Void)?
        private var event: OpaquePointer?

        fileprivate init(_ loop: EventLoop, _ body: @escaping @Sendable () -> Void) {
            self.loop = loop
            self.body = body
        }

        /// From any thread, at any time, as often as wanted.
        public func cancel() {
            if loop.isCurrent { finish() } else { loop.run { self.finish() } }
        }

        fileprivate func arm(_ milliseconds: Int64) {
            let fire: event_callback_fn = { _, _, context in
                guard let context else { return }
                Unmanaged<Timer>.fromOpaque(context).takeUnretainedValue().fire()
            }
            guard body != nil else { return }
            event = event_new(loop.base, -1, 0, fire, Unmanaged.passUnretained(self).toOpaque())
            guard let event else { return }
            var wait = timeval(tv_sec: Int(milliseconds / 1000), tv_usec: Int(milliseconds % 1000) * 1000)
            event_add(event, &wait)
            loop.timers[ObjectIdentifier(self)] = self
        }

        private func fire() {
            let body = self.body
            finish()
            body?()
        }

        func finish() {
            body = nil
            if let event { event_free(event) }
            event = nil
            loop.timers[ObjectIdentifier(self)] = nil
        }
    }

    /// Runs `body` on the loop, `milliseconds` from now or later.
    @discardableResult
    public func after(_ milliseconds: Int64, _ body: @escaping @Sendable () -> Void) -> Timer {
        let timer = Timer(self, body)
        let wait = max(0, milliseconds)
        if isCurrent { timer.arm(wait) } else { run { timer.arm(wait) } }
        return timer
    }

    /// Suspends the task without holding the loop.
    /// - Throws: `CancellationError` as soon as the task is cancelled.
    public func sleep(milliseconds: Int64) async throws {
        let nap = Nap()
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                self.run {
                    guard nap.begin(continuation) else { return }
                    self.after(milliseconds) { nap.end() }
                }
            }
        } onCancel: {
            self.run { nap.end() }
        }
        try Task.checkCancellation()
    }
}

/// A sleeper, woken once: by its time or by its cancellation, which may even come before it lies down.
///
/// `@unchecked Sendable`: touched on the loop's thread alone.
private final class Nap: @unchecked Sendable {
    private var sleeper: CheckedContinuation<Void, Never>?
    private var over = false

    func begin(_ continuation: CheckedContinuation<Void, Never>) -> Bool {
        if over { continuation.resume() } else { sleeper = continuation }
        return !over
    }

    func end() {
        over = true
        sleeper?.resume()
        sleeper = nil
    }
}
