import Synchronization

/// What a process counts, in the Prometheus text format 0.0.4. A series is made once and kept: look it up when a
/// thing is built, not on each use. Labels come from the code (routes, neighbours, outcomes), never from a client.
public final class Metrics: Sendable {
    public typealias Labels = [(name: String, value: String)]

    private enum Series {
        case counter(Counter)
        case gauge(Gauge)
        case histogram(Histogram)
    }

    private struct Family {
        let help: String
        let kind: String
        var series: [(labels: String, series: Series)] = []
    }

    private let families = Mutex<[String: Family]>([:])

    public init() {}

    public func counter(_ name: String, _ help: String, _ labels: Labels = []) -> Counter {
        series(name, help, "counter", labels, make: { .counter(Counter()) }) { series in
            if case .counter(let counter) = series { counter } else { nil }
        } ?? Counter()
    }

    public func gauge(_ name: String, _ help: String, _ labels: Labels = []) -> Gauge {
        series(name, help, "gauge", labels, make: { .gauge(Gauge()) }) { series in
            if case .gauge(let gauge) = series { gauge } else { nil }
        } ?? Gauge()
    }

    /// - Parameters:
    ///   - bounds: upper bounds of the buckets in the unit that is observed, ascending.
    ///   - scale: what one observed unit is worth in the unit that is shown: 1e-6 for microseconds shown as seconds.
    public func histogram(
        _ name: String, _ help: String, bounds: [Int64], scale: Double = 1, _ labels: Labels = []
    ) -> Histogram {
        series(name, help, "histogram", labels, make: { .histogram(Histogram(bounds, scale)) }) { series in
            if case .histogram(let histogram) = series { histogram } else { nil }
        } ?? Histogram(bounds, scale)
    }

    /// Everything, sorted by name.
    public func render() -> String {
        families.withLock { families in
            families.sorted { $0.key < $1.key }.map { name, family in
                let head = "# HELP \(name) \(family.help)\n# TYPE \(name) \(family.kind)\n"
                return family.series.reduce(into: head) { text, entry in
                    switch entry.series {
                    case .counter(let counter): text += line(name, entry.labels, counter.value)
                    case .gauge(let gauge): text += line(name, entry.labels, gauge.value)
                    case .histogram(let histogram): text += histogram.render(name, entry.labels)
                    }
                }
            }.joined()
        }
    }

    /// The known series of that name and labels, or a new one. One name used for two kinds is a mistake of the code:
    /// the second gets a series that is counted but not shown.
    private func series<T>(
        _ name: String, _ help: String, _ kind: String, _ labels: Labels, make: () -> Series, cast: (Series) -> T?
    ) -> T? {
        let key = labels.map { "\($0.name)=\"\(escaped($0.value))\"" }.joined(separator: ",")
        return families.withLock { families in
            var family = families[name] ?? Family(help: help, kind: kind)
            guard family.kind == kind else { return nil }
            if let known = family.series.first(where: { $0.labels == key }) { return cast(known.series) }
            let made = make()
            family.series.append((key, made))
            families[name] = family
            return cast(made)
        }
    }

    private func escaped(_ value: String) -> String {
        value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
    }
}

/// Only ever grows.
public final class Counter: Sendable {
    private let count = Atomic<UInt64>(0)

    public func increment(by amount: UInt64 = 1) { count.wrappingAdd(amount, ordering: .relaxed) }
    public var value: UInt64 { count.load(ordering: .relaxed) }
}

/// Goes up and down.
public final class Gauge: Sendable {
    private let level = Atomic<Int64>(0)

    public func set(_ value: Int64) { level.store(value, ordering: .relaxed) }
    public func add(_ amount: Int64) { level.wrappingAdd(amount, ordering: .relaxed) }
    public var value: Int64 { level.load(ordering: .relaxed) }
}

/// How often a whole number fell into which range.
public final class Histogram: Sendable {
    private struct State {
        var buckets: [UInt64]
        var sum: Int64 = 0
        var count: UInt64 = 0
    }

    private let bounds: [Int64]
    private let scale: Double
    private let state: Mutex<State>

    init(_ bounds: [Int64], _ scale: Double) {
        self.bounds = bounds
        self.scale = scale
        state = Mutex(State(buckets: Array(repeating: 0, count: bounds.count)))
    }

    public func observe(_ value: Int64) {
        let bucket = bounds.firstIndex { value <= $0 }
        state.withLock { state in
            if let bucket { state.buckets[bucket] += 1 }
            state.sum = state.sum.addingReportingOverflow(value).partialValue
            state.count += 1
        }
    }

    public var count: UInt64 { state.withLock { $0.count } }
    public var sum: Int64 { state.withLock { $0.sum } }

    fileprivate func render(_ name: String, _ labels: String) -> String {
        let now = state.withLock { $0 }
        let comma = labels.isEmpty ? "" : ","
        var text = ""
        var below: UInt64 = 0
        for (bound, bucket) in zip(bounds, now.buckets) {
            below += bucket
            text += line(name + "_bucket", labels + comma + "le=\"\(shown(bound))\"", below)
        }
        text += line(name + "_bucket", labels + comma + "le=\"+Inf\"", now.count)
        return text + line(name + "_sum", labels, shown(now.sum)) + line(name + "_count", labels, now.count)
    }

    private func shown(_ value: Int64) -> String {
        // 25_000 × 1e-6 is 0.024999999999999998; divided by a million it is 0.025.
        scale == 1 ? "\(value)" : "\(Double(value) / (1 / scale))"
    }
}

private func line(_ name: String, _ labels: String, _ value: some CustomStringConvertible) -> String {
    labels.isEmpty ? "\(name) \(value)\n" : "\(name){\(labels)} \(value)\n"
}
