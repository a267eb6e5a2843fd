/// What was seen without one service, as the documents show it.
struct DegradedTable {
    let service: String
    let dead: [DegradedResult]
    let frozen: [DegradedResult]

    /// The whole document.
    static func document(_ tables: [DegradedTable]) -> String {
        """
        # What works without whom

        Each service was killed (dead), then stopped with SIGSTOP so that it kept its sockets and answered nothing
        (frozen), and everything was asked through the gateway. Whatever is not needed answers as ever; what is needed
        is a 503, or a 504 from the gateway after five seconds, both with `Retry-After`. Seconds are those of one run.
        The payment provider is well here; what becomes of a payment when it is not is in
        [payment-faults.md](payment-faults.md).

        The table is written by a test, `DEGRADED_TABLE=Docs/degraded-modes.md swift test --filter DegradedTests`, and
        every other run of it compares what it sees with the table.

        """ + tables.map(\.section).joined()
    }

    private var section: String {
        let rows = Endpoint.all.indices.map { index in
            "| \(Endpoint.all[index].title) | \(Self.cells(dead[index])) | \(Self.cells(frozen[index])) |\n"
        }
        return """

            ## Without \(service)

            | request | dead | after | frozen | after |
            | --- | --- | --- | --- | --- |

            """ + rows.joined()
    }

    private static func cells(_ result: DegradedResult) -> String {
        let tenths = Int((result.seconds * 10).rounded())
        let answer = result.code.isEmpty ? "\(result.status)" : "**\(result.status)** `\(result.code)`"
        return "\(answer) | \(tenths / 10).\(tenths % 10) s"
    }
}
