import Telemetry

/// What is counted about the calls of one client. Two of the same neighbour differ in what they are for: each has a breaker
/// of its own.
struct CallMetrics: Sendable {
    private enum Outcome: String, CaseIterable {
        case success = "2xx"
        case redirection = "3xx"
        case clientError = "4xx"
        case serverError = "5xx"
        case timeout, unreachable, lost, malformed, breaker, cancelled, invalid
        case tooLarge = "too_large"
        case tooMany = "too_many"
    }

    let retries: Counter
    let breaker: Gauge
    private let calls: [Outcome: Counter]
    private let duration: Histogram

    init(_ metrics: Metrics, neighbour: String, purpose: String?) {
        let client = [(name: "neighbour", value: neighbour)] + (purpose.map { [(name: "purpose", value: $0)] } ?? [])
        let counters = Outcome.allCases.map { outcome in
            let labels = client + [(name: "outcome", value: outcome.rawValue)]
            return (outcome, metrics.counter("http_client_calls_total", "Calls to a neighbour, by outcome.", labels))
        }
        calls = Dictionary(uniqueKeysWithValues: counters)
        retries = metrics.counter("http_client_retries_total", "Attempts after a call's first.", client)
        breaker = metrics.gauge(
            "http_client_breaker_state", "The circuit breaker: 0 closed, 1 half-open, 2 open.", client)
        duration = metrics.histogram(
            "http_client_call_seconds", "Time of a call, its retries included.",
            bounds: [100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000],
            scale: 1e-6, client)
    }

    func record(_ result: Transfer.Outcome, after time: Duration) {
        calls[outcome(result)]?.increment()
        duration.observe(time.components.seconds * 1_000_000 + time.components.attoseconds / 1_000_000_000_000)
    }

    private func outcome(_ result: Transfer.Outcome) -> Outcome {
        switch result {
        case .success(let response): outcome(status: response.status)
        case .failure(.timedOut): .timeout
        case .failure(.unreachable): .unreachable
        case .failure(.connectionLost): .lost
        case .failure(.malformedAnswer): .malformed
        case .failure(.answerTooLarge): .tooLarge
        case .failure(.refusedByBreaker): .breaker
        case .failure(.tooManyCalls): .tooMany
        case .failure(.cancelled): .cancelled
        case .failure(.invalidRequest), .failure(.invalidConfiguration): .invalid
        }
    }

    private func outcome(status: Int) -> Outcome {
        switch status {
        case ..<300: .success
        case ..<400: .redirection
        case ..<500: .clientError
        default: .serverError
        }
    }
}
