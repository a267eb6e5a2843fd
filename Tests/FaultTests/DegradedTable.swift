import TestSupport

/// What was seen of every endpoint without one service after the other, as the documents show it.
struct DegradedTable {
    typealias Outcome = Endpoint.Outcome

    /// By service, in the order of its columns: the outcomes of all endpoints while it was dead, and while it was frozen.
    private var columns: [(service: String, dead: [Outcome], frozen: [Outcome])] = []

    mutating func add(_ service: String, dead: [Outcome], frozen: [Outcome]) {
        columns.append((service, dead, frozen))
    }

    /// The whole document. Endpoints that nothing tells apart share a row.
    var document: String {
        var rows: [(cells: [String], titles: [String])] = []
        for (index, endpoint) in Endpoint.all.enumerated() {
            let cells = columns.map { Self.cell($0.dead[index], $0.frozen[index], endpoint.status) }
            let title = "\(endpoint.title) \(endpoint.status)"
            if let row = rows.firstIndex(where: { $0.cells == cells }) {
                rows[row].titles.append(title)
            } else {
                rows.append((cells, [title]))
            }
        }
        let lines = rows.map { "| \($0.titles.joined(separator: "<br>")) | \($0.cells.joined(separator: " | ")) |\n" }
        return Self.introduction + """

            | request, and its answer when all is well | \(columns.map { "without \($0.service)" }.joined(separator: " | ")) |
            | --- |\(String(repeating: " --- |", count: columns.count))

            """ + lines.joined()
    }

    private static func cell(_ dead: Outcome, _ frozen: Outcome, _ status: Int) -> String {
        let asEver = Outcome(status: status)
        if dead == asEver, frozen == asEver { return "as ever" }
        return [("dead", dead), ("frozen", frozen)].map { absence, outcome in
            let answer = outcome.status == status ? "as ever" : "**\(outcome.status)** `\(outcome.code)`"
            return "\(absence): \(answer)\(outcome == asEver ? "" : " \(time(outcome.milliseconds))")"
        }.joined(separator: "<br>")
    }

    private static func time(_ milliseconds: Int) -> String {
        if milliseconds == 0 { return "at once" }
        let hundredths = milliseconds / 10
        let rest = hundredths % 100
        return "within \(hundredths / 100)\(rest == 0 ? "" : ".\(rest)") s"
    }

    private static let introduction = """
        # What works without whom

        Each service was killed (dead), then stopped with SIGSTOP so that it kept its sockets and answered nothing
        (frozen), and every operation of the public API was asked for through the gateway. What does not need it answers
        as ever, and at once; what needs it is a 503, or a 504 from the gateway, with `Retry-After`. What stands after
        “within” is for how long the one that is silent is waited for before that answer, or before the request is
        answered without it.

        The payment provider is well here; what becomes of a payment when it is not is in
        [payment-faults.md](payment-faults.md). Everybody else had been well before: a service that starts for the first time
        while identity is away knows no keys yet, and answers requests that carry a token with 503 until it is back.

        The table is written by a test, `DEGRADED_TABLE=Docs/degraded-modes.md swift test --filter DegradedTests`, and
        every other run of it compares what it sees with the table: statuses and codes as they are, times by whether the
        answer came at most four seconds later than the table says. An operation without a row fails it, too.

        """
}
