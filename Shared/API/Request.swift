import Auth
import HTTPServer
import JSON
import SQLite
import Telemetry

/// A request whose route, caller and body have been checked. It belongs to its loop.
public struct Request {
    public let trace: TraceContext
    /// An object, or null where the route takes no body, or takes it raw.
    public let body: JSONValue
    let http: HTTPRequest
    let parameters: PathParameters
    let claim: IdempotencyClaim?

    /// A segment of the path as it was sent, by the name in the route's pattern; empty for a name it does not have.
    public func parameter(_ name: String) -> String { parameters[name] ?? "" }

    /// The body as it was sent.
    public var bytes: [UInt8] { http.body }

    public func header(_ name: String) -> String? { http.header(name) }

    /// - Throws: 400 `invalid_query` when it is not well-formed.
    public func query() throws(APIError) -> Query {
        do {
            return try Query(parsing: http.query)
        } catch {
            throw APIError(400, [error])
        }
    }

    /// Path and query as they were sent, which name an answer that depends on nothing else.
    public var target: String { http.target }

    /// Runs the write of a use case. Under an `Idempotency-Key` the answer is kept in the same transaction as its
    /// effect, and a repetition that came meanwhile gets that answer instead of a second effect. A refusal that the
    /// use case decided (404, 409) is kept too, and leaves nothing else behind. What is answered and no decision (402) is
    /// not kept, though its effect is: a repetition goes on from there.
    public func decide(
        in database: Database, _ useCase: @escaping @Sendable (Transaction) throws -> Response
    ) async throws -> Response {
        guard let claim else { return try await database.write(useCase) }
        let response = try await database.write { transaction in
            if let stored = try claim.stored(in: transaction) { return stored }
            let response: Response
            do {
                response = try transaction.savepoint { try useCase(transaction) }
            } catch let refusal as any APIRefusal where refusal.apiError.response.isDecision {
                response = refusal.apiError.response
            }
            if response.isDecision { try claim.store(response, in: transaction) }
            return response
        }
        if response.isDecision { claim.settle() }
        return response
    }
}
