import EventLoop
import Glibc
import Synchronization
import Telemetry

/// The calls to one neighbour: each with a deadline, retried when that is safe and affordable, refused early while
/// the neighbour fails. A task on a loop makes its calls there, over that loop's own connections.
///
/// The process must ignore SIGPIPE, which libcurl's TLS can raise.
public final class HTTPClient: Sendable {
    private struct State {
        var breaker: CircuitBreaker
        var budget: RetryBudget
        var callsInFlight = 0
    }

    private let configuration: Configuration
    private let home: EventLoop
    private let metrics: CallMetrics
    private let now: @Sendable () -> Int64
    /// What answers instead of the neighbour.
    private let standIn: StandIn?
    private let pools: LoopLocal<ConnectionPool>
    private let state: Mutex<State>
    private let lastTransfer = Atomic<UInt64>(0)

    /// - Parameter loop: where calls from outside any loop are made.
    /// - Throws: `invalidConfiguration`.
    public convenience init(
        _ configuration: Configuration, loop: EventLoop, metrics: Metrics? = nil
    ) throws(HTTPClientError) {
        try self.init(configuration, loop: loop, metrics: metrics, now: monotonicMilliseconds)
    }

    /// Answers one attempt at a call, in a simulation: what was sent, to which path and query.
    package typealias StandIn =
        @Sendable (_ target: String, _ body: [UInt8]) -> Result<Response, HTTPClientError>

    /// - Parameters:
    ///   - now: milliseconds of a clock that does not step back.
    ///   - standIn: what answers instead of the neighbour, at once; nil for the neighbour.
    package init(
        _ configuration: Configuration, loop: EventLoop, metrics: Metrics?, now: @escaping @Sendable () -> Int64,
        standIn: StandIn? = nil
    ) throws(HTTPClientError) {
        try configuration.validate()
        self.configuration = configuration
        self.now = now
        self.standIn = standIn
        home = loop
        self.metrics = CallMetrics(
            metrics ?? Metrics(), neighbour: configuration.neighbour, purpose: configuration.purpose)
        pools = LoopLocal { loop in try ConnectionPool(configuration, on: loop) }
        state = Mutex(
            State(breaker: CircuitBreaker(configuration.breaker), budget: RetryBudget(configuration.retry)))
    }

    package var callsInFlight: Int { state.withLock { $0.callsInFlight } }

    /// Asks the neighbour.
    /// - Parameters:
    ///   - path: absolute and percent-encoded already.
    ///   - query: names and values as they are; they are percent-encoded here.
    ///   - headers: besides those that every call has.
    ///   - body: JSON, unless `contentType` says otherwise.
    ///   - timeoutMilliseconds: of the whole call, in place of the configured one; none left is `timedOut`.
    ///   - retryable: whether doing it twice is doing it once; by default that is GET, HEAD, PUT and DELETE.
    /// - Returns: the neighbour's answer, whatever its status.
    /// - Throws: `HTTPClientError` when there is none.
    public func send(
        _ method: Method, _ path: String, query: [(String, String)] = [], headers: [(String, String)] = [],
        body: [UInt8]? = nil, contentType: String = "application/json", timeoutMilliseconds: Int64? = nil,
        trace: TraceContext, retryable: Bool? = nil
    ) async throws(HTTPClientError) -> Response {
        let start = ContinuousClock.now
        // Whatever a caller computes may come in; a day is as good as for ever.
        let deadline = now() + min(max(timeoutMilliseconds ?? configuration.callTimeout, 0), 86_400_000)
        let result: Transfer.Outcome
        do throws(HTTPClientError) {
            let target = try RequestTarget.make(path: path, query: query)
            let all = usualHeaders(trace, body.map { _ in contentType })
            let request = Request(
                method: method, url: configuration.baseURL + target, headers: all + (try HeaderLine.make(headers)),
                body: body, retryable: retryable ?? method.isIdempotent)
            try enter()
            defer { leave() }
            result = await call(request, until: deadline)
        } catch {
            result = .failure(error)
        }
        metrics.record(result, after: start.duration(to: .now))
        return try result.get()
    }

    private func usualHeaders(_ trace: TraceContext, _ contentType: String?) -> [String] {
        var headers = [
            "Accept: application/json", "X-Request-Id: \(trace.requestID)", "traceparent: \(trace.traceparent)",
            // libcurl would wait up to a second for permission to send a larger body.
            "Expect:",
        ]
        if let credential = configuration.credential { headers.append("Authorization: Bearer \(credential)") }
        headers.append("Content-Type:\(contentType.map { " \($0)" } ?? "")")
        return headers
    }

    private func enter() throws(HTTPClientError) {
        let limit = configuration.maxCallsInFlight
        let mayEnter = state.withLock { state in
            guard state.callsInFlight < limit else { return false }
            state.callsInFlight += 1
            state.budget.earn()
            return true
        }
        guard mayEnter else { throw .tooManyCalls(limit: limit) }
    }

    private func leave() {
        state.withLock { $0.callsInFlight -= 1 }
    }

    private func call(_ request: Request, until deadline: Int64) async -> Transfer.Outcome {
        if let loop = EventLoop.current {
            await attempts(request, until: deadline, on: loop)
        } else {
            await home.perform { await attempts(request, until: deadline, on: home) }
        }
    }

    private func attempts(_ request: Request, until deadline: Int64, on loop: EventLoop) async -> Transfer.Outcome {
        var result = await attempt(request, until: deadline, on: loop)
        var retries = 0
        while let wait = waitBeforeRetry(retries, of: request, after: result, until: deadline) {
            do { try await loop.sleep(milliseconds: wait) } catch { return .failure(.cancelled) }
            let next = await attempt(request, until: deadline, on: loop)
            // What the neighbour said itself tells more than that it is not asked again.
            if case .failure(.refusedByBreaker) = next { break }
            result = next
            retries += 1
        }
        return result
    }

    /// Milliseconds, or nil when the call is over.
    private func waitBeforeRetry(
        _ retry: Int, of request: Request, after result: Transfer.Outcome, until deadline: Int64
    ) -> Int64? {
        guard request.retryable, retry < configuration.retry.maxRetries else { return nil }
        let asked: Int64
        switch result {
        case .success(let response):
            guard RetryPolicy.isTransient(status: response.status) else { return nil }
            asked = RetryPolicy.retryAfter(response.header("retry-after")) ?? 0
        case .failure(.timedOut), .failure(.unreachable), .failure(.connectionLost): asked = 0
        case .failure: return nil
        }
        let wait = asked + Int64.random(in: 0...configuration.retry.backoffLimit(retry))
        guard now() + wait < deadline, state.withLock({ $0.budget.spend() }) else { return nil }
        metrics.retries.increment()
        return wait
    }

    private func attempt(_ request: Request, until deadline: Int64, on loop: EventLoop) async -> Transfer.Outcome {
        let left = deadline - now()
        guard left > 0 else { return .failure(.timedOut) }
        switch withBreaker({ $0.admit(at: now()) }) {
        case .refused(let milliseconds): return .failure(.refusedByBreaker(retryAfterMilliseconds: milliseconds))
        case .admitted(let permit):
            let result = await transfer(request, milliseconds: min(left, configuration.attemptTimeout), on: loop)
            withBreaker { $0.record(CircuitBreaker.Outcome(result), of: permit, at: now()) }
            return result
        }
    }

    private func withBreaker<T>(_ body: (inout CircuitBreaker) -> T) -> T {
        state.withLock { state in
            defer { metrics.breaker.set(state.breaker.state.rawValue) }
            return body(&state.breaker)
        }
    }

    private func transfer(_ request: Request, milliseconds: Int64, on loop: EventLoop) async -> Transfer.Outcome {
        if let standIn {
            return standIn(String(request.url.dropFirst(configuration.baseURL.count)), request.body ?? [])
        }
        let id = lastTransfer.wrappingAdd(1, ordering: .relaxed).newValue
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                guard let pool = try? pools.value else {
                    return continuation.resume(returning: .failure(.unreachable(reason: "no connection pool")))
                }
                let timer = loop.after(milliseconds) { self.abort(id, .timedOut) }
                pool.start(Transfer(id: id, request, configuration, deadline: timer, continuation))
            }
        } onCancel: {
            // Queued, so that even a cancellation from before finds the transfer started.
            loop.run { self.abort(id, .cancelled) }
        }
    }

    /// On the loop that makes the transfer.
    private func abort(_ id: UInt64, _ error: HTTPClientError) {
        (try? pools.value)?.abort(id, error)
    }
}

extension CircuitBreaker.Outcome {
    /// Transport failures, timeouts and 5xx count against the neighbour; an answer that is too large is still one.
    fileprivate init(_ result: Transfer.Outcome) {
        switch result {
        case .success(let response): self = response.status < 500 ? .success : .failure
        case .failure(.answerTooLarge): self = .success
        case .failure(.cancelled): self = .abandoned
        case .failure: self = .failure
        }
    }
}

private func monotonicMilliseconds() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
}
