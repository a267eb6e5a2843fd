import Lifecycle
import SQLite
import Time

extension BookingService {
    /// `booking audit`: recomputes every session from the journal, and compares it with the tables and with the events
    /// that are kept: on a copy made for it, so that it may take its time while the service sells.
    ///
    /// - `--expect HASH`: what an earlier audit has printed: the journal must still go on from there.
    /// - `--lines N`: how many differences are told at most.
    ///
    /// `booking audit payments` is the other one.
    static let audit = Command(
        "audit", ["[--expect HASH] [--lines 40] |"] + auditPayments.parameters, takesOptions: true,
        looks: { _ in true }
    ) { arguments, context in
        if arguments.first == "payments" { return try await auditPayments.run(arguments, context) }
        let options = try Options(arguments, named: ["expect", "lines"], words: 0)
        let lines = try Int(options.integer("lines", default: 40, in: 1...1_000_000))
        let audit = try context.database.withCopy(migrations: migrations) { copy in
            try BookAudit(copy, expecting: options["expect"])
        }
        guard audit.differences.isEmpty else { throw BooksDiffer(description: audit.report(lines: lines)) }
        return audit.report(lines: lines)
    }
}

package struct BooksDiffer: Error, CustomStringConvertible { package let description: String }

extension BookAudit {
    /// For the person who asked.
    fileprivate func report(lines: Int) -> String {
        let more = differences.count - lines
        let told = differences.prefix(lines) + (more > 0 ? ["and \(more) more"] : [])
        return """
            journal: \(entries) entries, the last one's hash is \(head)
            tables: \(rows) rows of \(sessions) sessions, and \(events) events
            \(told.isEmpty ? "no differences" : told.joined(separator: "\n"))
            """
    }
}
