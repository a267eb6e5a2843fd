import Auth
import HTTPServer
import JSON
import SQLite
import Telemetry
import Time

/// Takes a request through the checks every endpoint shares, in the contract's order: route, method, authentication,
/// role, size, media type, syntax, stored answer. What is left (validation, existence, state) is the handler's.
public final class Router: Sendable {
    let table: RouteTable
    let gate: Gate
    let idempotency: Idempotency?
    let log: Logger
    /// What the longest body of all routes may have, in bytes.
    public let largestBody: Int
    private let unrouted: RouteMeter
    /// A flood of refusals is none of log lines.
    private let refusalsLogged = LogThrottle(lines: 10, intervalMilliseconds: 1_000)
    private let refusalsWithheld: Counter

    public init(_ routes: [Route], gate: Gate, idempotency: Idempotency? = nil, metrics: Metrics, log: Logger) {
        table = RouteTable(routes) { RouteMeter(metrics, method: $0.method, route: $0.pattern) }
        largestBody = routes.map(\.largestBody).max() ?? 0
        unrouted = RouteMeter(metrics, method: "other", route: "none")
        self.gate = gate
        self.idempotency = idempotency
        self.log = log
        refusalsWithheld = metrics.counter(
            "unlogged_refusals_total", "Refusals with 503 that were too many to have a log line each.")
    }

    /// Answers one request, whatever happens.
    public func answer(_ http: HTTPRequest) async -> HTTPResponse {
        let start = monotonicNanoseconds()
        let trace = TraceContext(
            requestID: http.header("x-request-id"), traceparent: http.header("traceparent"))
        let method = http.method == .head ? "GET" : http.method.rawValue
        let match = table.match(http.path)
        let routed = match?.route(method)
        var response: Response
        do {
            guard let match else { throw APIError.routeNotFound }
            guard let routed else { throw APIError.methodNotAllowed(match.allowed) }
            response = try await respond(http, trace, routed.route, match.parameters)
        } catch {
            response = refusal(error, trace, routed?.route)
        }
        if method == "GET", let header = http.header("if-none-match"), response.matches(ifNoneMatch: header) {
            response = Response(status: 304, headers: response.headers.filter { $0.0 != "Content-Type" })
        }
        if routed?.route.isSecret == true { response.headers.append(("Cache-Control", "private, no-store")) }
        response.headers.append(("X-Request-Id", trace.requestID))
        response.headers.append(("traceparent", trace.traceparent))
        (routed?.meter ?? unrouted).count(response.status, since: start)
        return response.http
    }

    /// Whether a request is one of those that begin something (`Route.yielding`).
    public func yields(_ http: HTTPRequest) -> Bool {
        table.match(http.path)?.route(http.method == .head ? "GET" : http.method.rawValue)?.route.yields ?? false
    }

    private func respond(
        _ http: HTTPRequest, _ trace: TraceContext, _ route: Route, _ parameters: PathParameters
    ) async throws -> Response {
        let principal = try await gate.admit(http, to: route.access)
        let body = try route.body.value(of: http, atMost: route.largestBody)
        let claim: IdempotencyClaim?
        switch try begin(http, route, principal) {
        case .replay(let response): return response
        case .fresh(let fresh): claim = fresh
        case nil: claim = nil
        }
        let request = Request(trace: trace, body: body, http: http, parameters: parameters, claim: claim)
        let response: Response
        do {
            response = try await route.handler(request, principal)
        } catch {
            let refused = refusal(error, trace, route)
            await claim?.finish(with: refused)
            return refused
        }
        await claim?.finish(with: response)
        return response
    }

    /// Nil where no `Idempotency-Key` was sent, or none is looked at.
    private func begin(
        _ http: HTTPRequest, _ route: Route, _ principal: Principal?
    ) throws -> Idempotency.Beginning? {
        guard let idempotency, let principal, route.method == "POST", let header = http.header("idempotency-key") else {
            return nil
        }
        return try idempotency.begin(
            scope: "\(principal.subject) \(route.method) \(http.path)", header: header, body: http.body)
    }

    private func refusal(_ error: any Error, _ trace: TraceContext, _ route: Route?) -> Response {
        let told = APIError(telling: error)
        if told.status >= 500 {
            let fields: Logger.Fields = [
                ("request_id", .string(trace.requestID)), ("route", .string(route?.pattern ?? "")),
                ("status", .integer(Int64(told.status))), ("error", .string("\(error)")),
            ]
            if told.status == 500 {
                log.error("request_failed", fields)
            } else if let withheld = refusalsLogged.admit("") {
                log.warning("request_refused", fields + [("withheld", .integer(withheld))])
            } else {
                refusalsWithheld.increment()
            }
        }
        return told.response
    }
}

extension APIError {
    static let routeNotFound = APIError(404, "route_not_found", "There is nothing at this address.")

    static func methodNotAllowed(_ allowed: String) -> APIError {
        APIError(405, "method_not_allowed", "This address takes \(allowed).").adding("Allow", allowed)
    }

    /// What a client is told of an error, which is nothing of the inside.
    init(telling error: any Error) {
        switch error {
        case let error as APIError: self = error
        case let error as any APIRefusal: self = error.apiError
        case let error as DatabaseError where error.isTemporary: self = .unavailable
        case is CancellationError: self = .unavailable
        default: self = .internalError
        }
    }
}
