import JSON

/// What came back for one step.
struct Tally: JSONWritable {
    private var statuses: [Int: Int] = [:]
    /// Of the answers with the expected status, in microseconds.
    private var latencies: [UInt32] = []
    /// Refusals that do not say when to come back.
    private var silent = 0

    mutating func count(_ status: Int, saysWhen: Bool = true, microseconds: UInt64?) {
        if status == 429 || status == 503, !saysWhen { silent += 1 }
        statuses[status, default: 0] += 1
        if let microseconds { latencies.append(UInt32(clamping: microseconds)) }
    }

    /// `{"succeeded": …, "statuses": {…}, "p50": µs, …}`; status 0 is a connection lost before the answer.
    func write(to json: inout JSONWriter) {
        json.object { write(members: &$0) }
    }

    private func write(members json: inout JSONWriter) {
        let sorted = latencies.sorted()
        json.field("succeeded", sorted.count)
        json.object("statuses") { json in
            for (status, count) in statuses.sorted(by: { $0.key < $1.key }) { json.field(named: "\(status)", count) }
        }
        json.field("silent_refusals", silent)
        guard let longest = sorted.last else { return }
        for (name, share) in [("p50", 0.5), ("p90", 0.9), ("p99", 0.99), ("p999", 0.999)] {
            json.field(named: name, Int(sorted[min(sorted.count - 1, Int(Double(sorted.count) * share))]))
        }
        json.field("max", Int(longest))
    }
}
