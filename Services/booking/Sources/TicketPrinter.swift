import API
import PDF
import QRCode
import Synchronization
import Telemetry
import Threads
import Time

/// Makes what is printed of tickets, away from the event loops: on one thread for those who ask and one for mails, since a
/// document takes tens of milliseconds and may wait, and nothing else that people do here may.
package final class TicketPrinter: Sendable {
    package static let mostWaiting = 32

    package let thread: WorkerThreads
    /// Mails wait for as long as those who buy need the processor.
    private let idleThread: WorkerThreads
    /// Measured when they are first needed, which a start should not wait for.
    private let typefaces = Mutex<Typefaces?>(nil)

    init(_ metrics: Metrics) throws {
        thread = try WorkerThreads(
            "ticket_rendering", count: 1, limit: Self.mostWaiting, refusal: APIError.unavailable, metrics: metrics)
        idleThread = try WorkerThreads(
            "mail_rendering", count: 1, limit: Self.mostWaiting, refusal: APIError.unavailable,
            longestWaitMilliseconds: 600_000, whenIdle: true, metrics: metrics)
    }

    /// - Parameters:
    ///   - sheets: from 1 to `SheetDrawing.mostPages`.
    ///   - issued: when the booking was confirmed.
    ///   - whenIdle: whether nobody waits for it.
    /// - Throws: 503 when too many wait, or without the fonts.
    func document(_ sheets: [TicketSheet], issued: Timestamp, whenIdle: Bool = false) async throws -> [UInt8] {
        try await (whenIdle ? idleThread : thread).run { [self] in
            do {
                return try SheetDrawing(typefaces: faces()).document(sheets, issued: issued)
            } catch {
                throw PrintingFailed("\(error)")
            }
        }
    }

    /// A drawing of a ticket's code, as SVG.
    /// - Throws: 503 when too many wait.
    func drawing(_ code: String) async throws -> [UInt8] {
        try await thread.run { Array(try QRCode(code).svg.utf8) }
    }

    private func faces() throws -> Typefaces {
        if let known = typefaces.withLock({ $0 }) { return known }
        // Not under the lock: the thread that has no time must keep nobody waiting.
        let measured = try Typefaces()
        typefaces.withLock { $0 = measured }
        return measured
    }
}

/// The client is told to come back, the log why.
struct PrintingFailed: APIRefusal, CustomStringConvertible {
    let description: String

    init(_ reason: String) { description = "tickets cannot be printed: \(reason)" }

    var apiError: APIError { .unavailable }
}
