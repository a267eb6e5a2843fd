import API
import PDF
import QRCode
import Synchronization
import Telemetry
import Threads
import Time

/// Makes what is printed of tickets, away from the event loops: on one thread, since a document takes tens of
/// milliseconds and may wait, and nothing else that people do here may.
package final class TicketPrinter: Sendable {
    package static let mostWaiting = 32

    package let thread: WorkerThreads
    /// Measured when they are first needed, which a start should not wait for.
    private let typefaces = Mutex<Typefaces?>(nil)

    init(_ metrics: Metrics) throws {
        thread = try WorkerThreads(
            "ticket_rendering", count: 1, limit: Self.mostWaiting, refusal: APIError.unavailable, metrics: metrics)
    }

    /// - Parameters:
    ///   - sheets: from 1 to `SheetDrawing.mostPages`.
    ///   - issued: when the booking was confirmed.
    /// - Throws: 503 when too many wait, or without the fonts.
    func document(_ sheets: [TicketSheet], issued: Timestamp) async throws -> [UInt8] {
        try await thread.run { [self] in
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
        try typefaces.withLock { known in
            if let known { return known }
            let measured = try Typefaces()
            known = measured
            return measured
        }
    }
}

/// The client is told to come back, the log why.
struct PrintingFailed: APIRefusal, CustomStringConvertible {
    let description: String

    init(_ reason: String) { description = "tickets cannot be printed: \(reason)" }

    var apiError: APIError { .unavailable }
}
