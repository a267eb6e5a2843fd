import Synchronization
import Telemetry
import Time

/// Counts a route's answers and how long they took, by status.
final class RouteMeter: Sendable {
    private static let bounds: [Int64] = [
        500, 1000, 2500, 5000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 2_500_000, 5_000_000,
    ]

    private let metrics: Metrics
    private let route: String
    private let method: String
    private let byStatus = Mutex<[Int: Histogram]>([:])

    init(_ metrics: Metrics, method: String, route: String) {
        self.metrics = metrics
        self.method = method
        self.route = route
    }

    func count(_ status: Int, since start: UInt64) {
        let histogram = byStatus.withLock { known in
            if let histogram = known[status] { return histogram }
            let histogram = metrics.histogram(
                "http_request_duration_seconds", "Answers by route and status, and how long they took.",
                bounds: Self.bounds, scale: 1e-6,
                [("method", method), ("route", route), ("status", "\(status)")])
            known[status] = histogram
            return histogram
        }
        histogram.observe(Int64(clamping: (monotonicNanoseconds() - start) / 1000))
    }
}
