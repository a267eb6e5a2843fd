import API
import HTTPClient
import JSON
import Telemetry
import TypedID

/// Catalog's own view of booking, which alone knows what is taken.
struct Booking: Sendable {
    enum Answer: Sendable {
        /// What is free then; nil where it does not say.
        case agreed(SeatNews?)
        /// It says no: the code and the sentence it gives for it.
        case refused(code: String, message: String)
        /// It has closed the session: nothing can be booked any more.
        case closed
    }

    /// An admin waits for it.
    private static let timeout: Int64 = 2_000

    private let client: HTTPClient

    init(_ client: HTTPClient) { self.client = client }

    /// Asks whether a session may have other terms, and makes them so.
    /// - Parameter session: as `GET /internal/v1/sessions/{session_id}` shows it, with its new terms.
    /// - Throws: `NeighbourError` when there is no answer, and nobody knows whether it is done.
    func setTerms(of id: SessionID, _ session: [UInt8], _ trace: TraceContext) async throws(NeighbourError) -> Answer {
        try await ask(.put, id, session, trace)
    }

    /// Asks whether nobody has seats of a session, and lets nobody take any from then on.
    func close(_ id: SessionID, _ trace: TraceContext) async throws(NeighbourError) -> Answer {
        try await ask(.delete, id, nil, trace)
    }

    private func ask(
        _ method: HTTPClient.Method, _ id: SessionID, _ body: [UInt8]?, _ trace: TraceContext
    ) async throws(NeighbourError) -> Answer {
        let answer: HTTPClient.Response
        do {
            answer = try await client.send(
                method, "/internal/v1/sessions/\(id)", body: body, timeoutMilliseconds: Self.timeout, trace: trace)
        } catch {
            throw NeighbourError("booking", "\(error)")
        }
        switch answer.status {
        case 200, 204: return .agreed(SeatNews(answer: answer.body))
        case 404: return .closed
        case 409:
            let error = (try? JSONValue(parsing: answer.body))?["errors"]?.arrayValue?.first
            guard let code = error?["code"]?.stringValue, let message = error?["message"]?.stringValue else { break }
            return .refused(code: code, message: message)
        default: break
        }
        throw NeighbourError("booking", "it answered \(answer.status) for a session, or not as agreed")
    }
}

extension SeatNews {
    fileprivate init?(answer body: [UInt8]) {
        guard let session = (try? JSONValue(parsing: body))?["session"] else { return nil }
        self.init(free: session["free"], asOf: session["as_of"], sequence: session["sequence"])
    }
}
