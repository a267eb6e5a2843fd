import SQLite
import Time
import TypedID

/// Something to be done at the provider.
struct PaymentJob: Sendable {
    enum Kind: String, Sendable { case settle, capture, void, refund }

    let id: Int64
    let kind: Kind
    /// Of a refund.
    let amount: Int64
    let attempts: Int64
    /// Under which key it is asked: the next one after an answer that says nothing.
    let round: Int64
    /// The provider's name for the refund, once known.
    let refund: String?
    let payment: Payment

    var key: String { "\(payment.id)-\(kind.rawValue)-\(id)-\(round)" }
}

/// How an attempt at a job ended.
enum JobOutcome: Equatable, Sendable {
    case done
    /// Again, later; with another key where the provider `answered` to this one.
    case again(reason: String, answered: Bool)
    case notBefore(Timestamp)
    case refunded(String)
    /// The provider has taken it on; the bank takes some days.
    case refunding(String)
    /// Never: somebody has to look at it.
    case failed(reason: String)
}

extension PaymentJob {
    /// `SELECT … FROM`, in the order in which `init(_:)` reads it.
    static let columns: SQL = """
        SELECT p.id, p.booking_id, p.amount, p.currency, p.method, p.created_at, p.state, p.intent, p.client_secret,
            p.reason, j.id, j.kind, j.amount, j.attempts, j.round, j.refund
        FROM payment_jobs j JOIN payments p ON p.id = j.payment_id
        """

    init(_ row: Row) throws {
        self.init(
            id: try row.int(10), kind: try row.value(11), amount: try row.intOrNil(12) ?? 0, attempts: try row.int(13),
            round: try row.int(14), refund: try row.textOrNil(15), payment: try Payment(row))
    }
}

extension Connection {
    /// Jobs whose time has come, of each payment the first one that waits. Refunds, which come last, do not wait for each
    /// other.
    func dueJobs(at now: Timestamp, limit: Int64) throws -> [PaymentJob] {
        try rows(
            """
            \(sql: PaymentJob.columns) WHERE j.state = 'waiting' AND j.next_at <= \(now) AND NOT EXISTS (
                SELECT 1 FROM payment_jobs e
                WHERE e.payment_id = j.payment_id AND e.id < j.id AND e.state = 'waiting' AND e.kind <> 'refund')
            ORDER BY j.next_at LIMIT \(limit)
            """
        ) { try PaymentJob($0) }
    }

    /// How many wait to be done, how many refunds wait for the bank, and how many failed for good.
    func jobCounts() throws -> (waiting: Int64, pending: Int64, failed: Int64) {
        let counts = try first(
            """
            SELECT (SELECT count(*) FROM payment_jobs WHERE state = 'waiting' AND refund IS NULL),
                (SELECT count(*) FROM payment_jobs WHERE state = 'waiting' AND refund IS NOT NULL),
                (SELECT count(*) FROM payment_jobs WHERE state = 'failed')
            """
        ) { (try $0.int(0), try $0.int(1), try $0.int(2)) }
        return counts ?? (0, 0, 0)
    }
}

extension Transaction {
    private static let firstBackoffMilliseconds: Int64 = 200
    private static let longestBackoffMilliseconds: Int64 = 300_000
    /// What a provider that failed may have done after all is listed by then: otherwise it would be done twice, under two
    /// keys.
    private static let listedAfterMilliseconds: Int64 = 10_000
    /// A refund that the bank has is looked at again after as long as it took so far, within these.
    private static let shortestWaitForBank: Int64 = 60_000
    private static let longestWaitForBank: Int64 = 21_600_000

    func add(
        _ kind: PaymentJob.Kind, to payment: PaymentID, amount: Int64? = nil, at now: Timestamp,
        dueAt: Timestamp? = nil
    ) throws {
        try execute(
            """
            INSERT INTO payment_jobs (payment_id, kind, amount, next_at, created_at)
            VALUES (\(payment), \(kind), \(amount), \(dueAt ?? now), \(now))
            """)
    }

    func finishJobs(_ kind: PaymentJob.Kind, of payment: PaymentID) throws {
        try execute(
            """
            UPDATE payment_jobs SET state = 'done'
            WHERE payment_id = \(payment) AND kind = \(kind) AND state = 'waiting'
            """)
    }

    /// Has a payment looked at now.
    func hurryJobs(of payment: PaymentID, at now: Timestamp) throws {
        try execute(
            """
            UPDATE payment_jobs SET next_at = \(now)
            WHERE payment_id = \(payment) AND state = 'waiting' AND kind <> 'settle' AND next_at > \(now)
            """)
    }

    /// Has a refund looked at that was thought to have succeeded: banks send some back.
    func resume(refund: String, of payment: PaymentID, at now: Timestamp) throws {
        try execute(
            """
            UPDATE payment_jobs SET state = 'waiting', next_at = \(now)
            WHERE payment_id = \(payment) AND refund = \(refund) AND state = 'done'
            """)
    }

    func end(_ job: PaymentJob, _ outcome: JobOutcome, at now: Timestamp) throws {
        switch outcome {
        case .done:
            try execute("UPDATE payment_jobs SET state = 'done' WHERE id = \(job.id) AND state = 'waiting'")
        case .notBefore(let time):
            try execute("UPDATE payment_jobs SET next_at = \(time) WHERE id = \(job.id) AND state = 'waiting'")
        case .refunded(let refund):
            try execute(
                "UPDATE payment_jobs SET state = 'done', refund = \(refund) WHERE id = \(job.id) AND state = 'waiting'")
        case .refunding(let refund):
            try execute(
                """
                UPDATE payment_jobs SET refund = \(refund), last_error = 'pending', next_at = \(now)
                    + min(max(\(now) - created_at, \(Self.shortestWaitForBank)), \(Self.longestWaitForBank))
                WHERE id = \(job.id) AND state = 'waiting'
                """)
        case .failed(let reason):
            // Whoever has it tried again has something new asked for, under another key.
            try execute(
                """
                UPDATE payment_jobs SET state = 'failed', attempts = attempts + 1, round = round + 1, refund = NULL,
                    last_error = \(reason)
                WHERE id = \(job.id) AND state = 'waiting'
                """)
        case .again(let reason, let answered):
            let limit = min(
                Self.longestBackoffMilliseconds, Self.firstBackoffMilliseconds << min(job.attempts, 12))
            // Half of it by chance: jobs that failed together do not come back together.
            let usual = limit / 2 + job.id % 7 * (limit / 14)
            let pause = answered && job.kind == .refund ? max(usual, Self.listedAfterMilliseconds) : usual
            try execute(
                """
                UPDATE payment_jobs SET attempts = attempts + 1, round = round + \(answered ? Int64(1) : 0),
                    next_at = \(now.advanced(byMilliseconds: pause)), last_error = \(reason)
                WHERE id = \(job.id) AND state = 'waiting'
                """)
        }
    }
}
