import EventLoop
import Lifecycle
import SQLite
import Telemetry
import Time
import TypedID

/// How the books of a payment stand, ours or the provider's, in the currency's smallest unit.
package struct PaymentAccount: Equatable, Sendable {
    package let held: Int64
    package let taken: Int64
    package let refunded: Int64
    /// Nil where there is nothing.
    package let currency: String?

    package init(held: Int64 = 0, taken: Int64 = 0, refunded: Int64 = 0, currency: String? = nil) {
        self.held = held
        self.taken = taken
        self.refunded = refunded
        self.currency = held + taken > 0 ? currency : nil
    }

    fileprivate var described: String {
        currency.map { "\(held) held, \(taken) taken, \(refunded) given back (\($0))" } ?? "nothing"
    }
}

/// What became of a comparison with the provider.
struct ProviderComparison: CustomStringConvertible {
    var compared = 0
    /// Something is still to be done there, or was done just then.
    var underWay = 0
    /// The provider never told its name for them.
    var unnamed = 0

    var description: String { "\(compared) payments; \(underWay) are under way, \(unnamed) have no name there" }
}

extension ServiceContext {
    private static let pageSize: Int64 = 100
    /// Ten a second: the shop needs the rest of what the provider allows ("Rate limits").
    private static let pauseMilliseconds: Int64 = 100
    private static let attempts = 3

    /// Asks the provider about each payment since then that nothing is to be done about any more.
    func compare(
        with provider: any PaymentProvider, since: Timestamp, _ differences: inout PaymentDifferences
    ) async throws -> ProviderComparison {
        var comparison = ProviderComparison()
        var (count, named): (Int64, [String]) = (0, [])
        var last: PaymentID?
        while true {
            let page = try database.read { try $0.bookedPayments(after: last, since: since, limit: Self.pageSize) }
            for booked in page {
                guard let intent = booked.payment.intent else {
                    comparison.unnamed += 1
                    continue
                }
                guard !booked.isUnderWay else {
                    comparison.underWay += 1
                    continue
                }
                comparison.compared += 1
                let account = try await account(of: intent, provider)
                guard account != booked.account else { continue }
                // The service goes on meanwhile.
                guard try database.read({ try $0.bookedPayment(booked.payment.id) }) == booked else {
                    comparison.underWay += 1
                    continue
                }
                count += 1
                guard count <= PaymentDifferences.mostNamed else { continue }
                named.append(
                    """
                    \(booked.payment.id) (\(booked.payment.bookingID), \(intent)): by our books \
                    \(booked.account.described), by the provider's \(account?.described ?? "unknown: it did not answer")
                    """)
            }
            guard let end = page.last, page.count == Int(Self.pageSize) else { break }
            last = end.payment.id
        }
        differences.add(count, named)
        return comparison
    }

    private func account(of intent: String, _ provider: any PaymentProvider) async throws -> PaymentAccount? {
        for _ in 0..<Self.attempts {
            try await loops[0].sleep(milliseconds: Self.pauseMilliseconds)
            if let account = await provider.account(of: intent, TraceContext()) { return account }
        }
        return nil
    }
}

/// A payment as it is booked here.
private struct BookedPayment: Equatable {
    let payment: Payment
    let isUnderWay: Bool
    let refunded: Int64

    var account: PaymentAccount {
        switch payment.state {
        case .authorized: PaymentAccount(held: payment.amount, currency: payment.currency)
        case .captured: PaymentAccount(taken: payment.amount, refunded: refunded, currency: payment.currency)
        case .authorizing, .actionRequired, .declined, .voiding, .voided: PaymentAccount()
        }
    }
}

extension BookedPayment {
    static let columns: SQL = """
        SELECT p.id, p.booking_id, p.amount, p.currency, p.method, p.created_at, p.state, p.intent, p.client_secret,
            p.reason,
            EXISTS (SELECT 1 FROM payment_jobs j WHERE j.payment_id = p.id AND j.state = 'waiting'),
            (SELECT coalesce(sum(j.amount), 0) FROM payment_jobs j WHERE j.payment_id = p.id AND j.state = 'done')
        FROM payments p
        """

    init(_ row: Row) throws {
        self.init(payment: try Payment(row), isUnderWay: try row.bool(10), refunded: try row.int(11))
    }
}

extension Connection {
    fileprivate func bookedPayments(after last: PaymentID?, since: Timestamp, limit: Int64) throws -> [BookedPayment] {
        try rows(
            """
            \(sql: BookedPayment.columns) WHERE p.id > \(last?.rawValue ?? 0) AND p.created_at >= \(since)
            ORDER BY p.id LIMIT \(limit)
            """
        ) { try BookedPayment($0) }
    }

    fileprivate func bookedPayment(_ id: PaymentID) throws -> BookedPayment? {
        try first("\(sql: BookedPayment.columns) WHERE p.id = \(id)") { try BookedPayment($0) }
    }
}
