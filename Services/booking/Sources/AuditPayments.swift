import Lifecycle
import SQLite
import Time

extension BookingService {
    /// `booking audit payments [--provider [--days N]]`: holds every booking against its payments, and names what does not
    /// agree; with `--provider` also every payment of the last days against what the provider says of it.
    static let auditPayments = Command(
        "audit", ["payments", "[--provider [--days N]]"], takesOptions: true, looks: { _ in true }
    ) { arguments, context in
        let options = try Options(arguments, named: ["days"], flags: ["provider"], words: 1)
        guard options.words == ["payments"] else { throw UsageError("Audit what? `payments` is all there is.") }
        let days = try options.integer("days", default: 30, in: 1...3650)
        guard options.isSet("provider") || options["days"] == nil else {
            throw UsageError("--days says how much is compared with the provider: it goes with --provider.")
        }
        var (differences, summary) = try context.database.read { connection in
            (try PaymentDifferences(of: connection), try connection.paymentSummary())
        }
        if options.isSet("provider") {
            guard let provider = try context.paymentProvider() else {
                throw SettingError("--provider asks Stripe, for which STRIPE_SECRET_KEY must be set.")
            }
            let since = context.clock.now().advanced(byMilliseconds: -days * 86_400_000)
            let comparison = try await context.compare(with: provider, since: since, &differences)
            summary.append("compared with the provider: \(comparison)")
        }
        guard differences.count == 0 else { throw differences }
        return (summary + ["no differences"]).joined(separator: "\n")
    }
}

/// What does not agree. Thrown, it ends the command with status 1.
struct PaymentDifferences: Error, CustomStringConvertible {
    /// Of one kind. The others are counted.
    static let mostNamed: Int64 = 100

    private(set) var count: Int64 = 0
    private var lines: [String] = []

    init(of connection: Connection) throws {
        for rule in PaymentRule.all {
            let all = try connection.first("SELECT count(*) FROM (\(sql: rule.offenders))") { try $0.int(0) } ?? 0
            let named = try connection.rows("\(sql: rule.offenders) LIMIT \(Self.mostNamed)") { try $0.text(0) }
            add(all, named.map { "\($0): \(rule.says)" })
        }
    }

    /// - Parameter named: the first of all of them.
    mutating func add(_ all: Int64, _ named: [String]) {
        count += all
        lines += named
        if all > Int64(named.count) { lines.append("… and \(all - Int64(named.count)) more like the last") }
    }

    var description: String {
        (["\(count) \(count == 1 ? "difference" : "differences")"] + lines).joined(separator: "\n")
    }
}

extension Connection {
    fileprivate func paymentSummary() throws -> [String] {
        let counts = try rows("SELECT state, count(*) FROM payments GROUP BY state ORDER BY state") {
            "\(try $0.int(1)) \(try $0.text(0))"
        }
        let counter = try first(
            "SELECT count(*) FROM bookings WHERE paid_through = 'counter' AND refunded_at IS NULL"
        ) { try $0.int(0) }
        return [
            "payments: \(counts.isEmpty ? "none" : counts.joined(separator: ", "))",
            "to be paid at the counter: \(counter ?? 0)", "to be done at the provider: \(try jobCounts().waiting)",
        ]
    }
}
