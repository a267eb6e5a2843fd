import Telemetry

/// What operators watch of a writer: whether commits are shared, how long they take, whether the queue grows.
struct WriterMetrics: Sendable {
    private let sizes: Histogram
    private let durations: Histogram
    private let failures: Counter
    let depth: Gauge
    let refusals: Counter

    init(_ metrics: Metrics) {
        sizes = metrics.histogram(
            "sqlite_batch_writes", "Writes in one transaction.", bounds: [1, 2, 4, 8, 16, 32, 64, 128, 256])
        durations = metrics.histogram(
            "sqlite_batch_duration_seconds", "From BEGIN to the end of COMMIT, a failed one too.",
            bounds: [250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 500_000, 2_500_000], scale: 1e-6)
        failures = metrics.counter("sqlite_failed_batches_total", "Transactions undone with every write in them.")
        depth = metrics.gauge("sqlite_queue_depth", "Writes waiting for the writer.")
        refusals = metrics.counter(
            "sqlite_refused_writes_total", "Writes refused because too many waited, or they for too long.")
    }

    func observe(writes: Int, microseconds: Int64, didFail: Bool) {
        sizes.observe(Int64(writes))
        durations.observe(microseconds)
        if didFail { failures.increment() }
    }
}
