import Telemetry
import Testing

@Suite struct MetricsTests {
    @Test("everything is shown in the Prometheus text format, sorted by name")
    func render() {
        let metrics = Metrics()
        metrics.gauge("b_open", "Open things.").set(-3)
        metrics.counter("a_total", "Things.", [("route", "/v1/x"), ("status", "200")]).increment(by: 2)
        metrics.counter("a_total", "Things.", [("route", "a\"b\\c\nd"), ("status", "500")]).increment()
        let sizes = metrics.histogram("c_seconds", "Times.", bounds: [1000, 2000], scale: 1e-3)
        [500, 1000, 1500, 9000].forEach(sizes.observe)
        #expect(
            metrics.render() == """
                # HELP a_total Things.
                # TYPE a_total counter
                a_total{route="/v1/x",status="200"} 2
                a_total{route="a\\"b\\\\c\\nd",status="500"} 1
                # HELP b_open Open things.
                # TYPE b_open gauge
                b_open -3
                # HELP c_seconds Times.
                # TYPE c_seconds histogram
                c_seconds_bucket{le="1.0"} 2
                c_seconds_bucket{le="2.0"} 3
                c_seconds_bucket{le="+Inf"} 4
                c_seconds_sum 12.0
                c_seconds_count 4

                """)
    }

    @Test("a bound is shown by its shortest digits, as a person would write it")
    func bounds() {
        let metrics = Metrics()
        _ = metrics.histogram("d_seconds", "Times.", bounds: [500, 25_000, 100_000], scale: 1e-6)
        for bound in ["0.0005", "0.025", "0.1"] { #expect(metrics.render().contains("le=\"\(bound)\"")) }
    }

    @Test("the same name and labels are the same series, another kind of it is not")
    func sameSeries() {
        let metrics = Metrics()
        metrics.counter("a_total", "Things.").increment()
        metrics.counter("a_total", "Things.").increment()
        metrics.gauge("a_total", "Things.").set(99)
        #expect(metrics.counter("a_total", "Things.").value == 2)
        #expect(!metrics.render().contains("99"))
    }

    @Test("many threads lose no count")
    func concurrent() async {
        let metrics = Metrics()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    for value in 0..<1000 {
                        metrics.counter("a_total", "Things.").increment()
                        metrics.histogram("b", "Sizes.", bounds: [10]).observe(Int64(value))
                    }
                }
            }
        }
        #expect(metrics.counter("a_total", "Things.").value == 8000)
        #expect(metrics.histogram("b", "Sizes.", bounds: [10]).count == 8000)
    }
}

@Suite struct TraceContextTests {
    static let parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

    @Test("what the caller sent is taken over, with a span of our own")
    func taken() {
        let trace = TraceContext(requestID: "req-1", traceparent: Self.parent)
        #expect(trace.requestID == "req-1")
        #expect(trace.traceID == "0af7651916cd43dd8448eb211c80319c")
        #expect(trace.spanID != "b7ad6b7169203331")
        #expect(trace.traceparent == "00-\(trace.traceID)-\(trace.spanID)-01")
    }

    @Test("what it did not send is made, different each time")
    func made() {
        let first = TraceContext()
        let second = TraceContext()
        #expect(first.requestID == first.traceID)
        #expect(first.traceID != second.traceID)
        #expect(first.traceID.utf8.count == 32 && first.spanID.utf8.count == 16)
    }

    @Test(
        "an unusable request id is replaced",
        arguments: ["", "a b", "a\nb", "é", String(repeating: "x", count: 129), "<script>"])
    func unusableRequestID(id: String) {
        #expect(TraceContext(requestID: id).requestID != id)
    }

    @Test(
        "an unreadable traceparent begins a new trace",
        arguments: [
            "", "00", "00-00000000000000000000000000000000-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
            "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-x",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331",
        ])
    func unreadable(traceparent: String) {
        #expect(TraceContext(traceparent: traceparent).traceID != "0af7651916cd43dd8448eb211c80319c")
    }
}
