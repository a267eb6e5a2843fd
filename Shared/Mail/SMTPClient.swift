import EventLoop
import Synchronization

/// Hands messages to one mail server, over libcurl, on a loop of its own: at the end of a connection libcurl waits for
/// the server's farewell, which must keep nobody else waiting.
///
/// The process must ignore SIGPIPE, which libcurl's TLS can raise.
public final class SMTPClient: Sendable {
    private let configuration: SMTPConfiguration
    private let mailLoop: MailLoop
    private let queues: LoopLocal<DeliveryQueue>
    private let inFlight = Mutex(0)
    private let last = Atomic<UInt64>(0)

    /// - Throws: `invalidConfiguration`, or `unreachable` when the system has no thread for it.
    public init(_ configuration: SMTPConfiguration) throws(MailError) {
        try configuration.validate()
        mailLoop = try MailLoop()
        self.configuration = configuration
        queues = LoopLocal { loop in try DeliveryQueue(configuration, on: loop) }
    }

    /// Returns once the server has said that it has the message (250 to its data).
    /// - Throws: `MailError`. Whether one that ended in time or with its connection was taken is unknown: it may be sent
    ///   again with the same Message-ID, and arrive twice.
    public func send(_ message: MailMessage) async throws(MailError) {
        let bytes = try message.rendered()
        try enter()
        defer { inFlight.withLock { $0 -= 1 } }
        try await deliver(message, bytes).get()
    }

    /// Gives up what is under way, and ends the loop. Not from that loop itself.
    public func stop() { mailLoop.stop() }

    private func enter() throws(MailError) {
        let mayEnter = inFlight.withLock { count in
            guard count < configuration.maxInFlight else { return false }
            count += 1
            return true
        }
        guard mayEnter else { throw .tooMany(limit: configuration.maxInFlight) }
    }

    private func deliver(_ message: MailMessage, _ bytes: [UInt8]) async -> Delivery.Outcome {
        let id = last.wrappingAdd(1, ordering: .relaxed).newValue
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isTaken = mailLoop.run { self.start(id, message, bytes, continuation) }
                if !isTaken { continuation.resume(returning: .failure(.cancelled)) }
            }
        } onCancel: {
            // Queued, so that a cancellation from before is heard of by a message that has started.
            _ = mailLoop.run { self.abort(id, .cancelled) }
        }
    }

    /// On the loop.
    private func start(
        _ id: UInt64, _ message: MailMessage, _ bytes: [UInt8],
        _ continuation: CheckedContinuation<Delivery.Outcome, Never>
    ) {
        guard let queue = try? queues.value else {
            return continuation.resume(returning: .failure(.unreachable(reason: "libcurl could not be started")))
        }
        let timer = mailLoop.loop.after(configuration.timeout) { self.abort(id, .timedOut) }
        queue.start(
            Delivery(
                id: id, from: message.from.address, to: message.to.map(\.address), bytes, deadline: timer, continuation)
        )
    }

    private func abort(_ id: UInt64, _ error: MailError) {
        (try? queues.value)?.abort(id, error)
    }
}
