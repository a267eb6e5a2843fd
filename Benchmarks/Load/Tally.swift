import JSON

/// One answer, or that none came.
struct Outcome {
    /// 0 where the connection was lost before the answer.
    let status: Int
    let saysWhen: Bool
    let code: String

    static let lost = Outcome(status: 0, saysWhen: false, code: "")
}

extension Outcome {
    init(_ answer: Answer) { self.init(status: answer.status, saysWhen: answer.saysWhen, code: answer.code) }
}

/// What came back for one step.
struct Tally: JSONWritable {
    private var statuses: [Int: Int] = [:]
    private var succeeded = 0
    /// Of the answers with the expected status, in microseconds, and of those that were waited for in vain: so long.
    private var latencies: [UInt32] = []
    /// Refusals that do not say when to come back.
    private var silent = 0
    private var codes: [String: Int] = [:]
    private var faults = 0

    /// - Parameter isPartOfLife: whether it is the expected answer, or the refusal that may come.
    mutating func count(_ outcome: Outcome, isPartOfLife: Bool, microseconds: UInt64?) {
        if outcome.status == 429 || outcome.status == 503, !outcome.saysWhen { silent += 1 }
        if !isPartOfLife { faults += 1 }
        statuses[outcome.status, default: 0] += 1
        if !outcome.code.isEmpty { codes[outcome.code, default: 0] += 1 }
        guard let microseconds else { return }
        succeeded += 1
        latencies.append(UInt32(clamping: microseconds))
    }

    /// A wait without an answer.
    mutating func charge(microseconds: UInt64) { latencies.append(UInt32(clamping: microseconds)) }

    /// `{"succeeded": …, "statuses": {…}, "p50": µs, …}`.
    func write(to json: inout JSONWriter) {
        json.object { write(members: &$0) }
    }

    private func write(members json: inout JSONWriter) {
        let sorted = latencies.sorted()
        json.field("succeeded", succeeded)
        json.object("statuses") { json in
            for (status, count) in statuses.sorted(by: { $0.key < $1.key }) { json.field(named: "\(status)", count) }
        }
        json.object("codes") { json in
            for (code, count) in codes.sorted(by: { $0.key < $1.key }) { json.field(named: code, count) }
        }
        json.field("silent_refusals", silent)
        json.field("faults", faults)
        guard let longest = sorted.last else { return }
        for (name, share) in [("p50", 0.5), ("p90", 0.9), ("p99", 0.99), ("p999", 0.999)] {
            json.field(named: name, Int(sorted[min(sorted.count - 1, Int(Double(sorted.count) * share))]))
        }
        json.field("max", Int(longest))
    }
}
