import API
import Glibc
import JSON
import Lifecycle
import SQLite
import Time
import TypedID

extension BookingService {
    /// `booking retry-payments`: what the provider refused to do waits again, under another key.
    static let retryPayments = Command("retry-payments", []) { _, context in
        let (retried, left) = try await context.database.write { [clock = context.clock] in
            try $0.retryFailedJobs(at: clock.now())
        }
        let lines =
            retried.map { "\($0.described) waits again." }
            + left.map { "\($0.described) does not: more would go back than was paid. See to it with settle-payment." }
        return lines.isEmpty ? "Nothing has failed at the payment provider." : lines.joined(separator: "\n")
    }

    /// `booking settle-payment JOB --because TEXT [--by NAME]`: an operator has done at the provider by hand what the job
    /// was to do there. It ends as if it had done so, and the audit trail says who said so and why.
    static let settlePayment = Command(
        "settle-payment", ["JOB", "--because TEXT", "[--by NAME]"], takesOptions: true
    ) { arguments, context in
        let options = try Options(arguments, named: ["because", "by"], words: 1)
        guard let id = Int64(options.words[0]) else { throw UsageError("'\(options.words[0])' is no job's number.") }
        let reason = try settlementReason(options, context.settings)
        let job = try await context.database.write { [clock = context.clock, ids = context.ids] in
            try $0.settleByHand(id, reason: reason, at: clock.now(), ids)
        }
        return "\(job.described) is settled: \(reason)"
    }

    /// As the audit trail keeps it, which has room for 500 characters.
    private static func settlementReason(_ options: Options, _ settings: Settings) throws -> String {
        // Who runs it, as far as the system knows.
        let user = settings.text("SUDO_USER") ?? settings.text("LOGNAME") ?? settings.text("USER") ?? "uid \(getuid())"
        var fields = Fields([
            "--because": options["because"].map(JSONValue.string) ?? .null, "--by": .string(options["by"] ?? user),
        ])
        let because = fields.text("--because", 1...400, trim: true)
        let name = fields.text("--by", 1...50, trim: true)
        guard let because, let name else {
            throw UsageError(fields.faults.map(\.message).joined(separator: " "))
        }
        return "\(because) (\(name), at the command line)"
    }
}

extension PaymentJob {
    /// `Job 7, refund of €12.00 of pay_3 (bkg_2),`, for operators.
    fileprivate var described: String {
        let money = kind == .refund ? " of \(spelledAmount(amount, payment.currency, .english))" : ""
        return "Job \(id), \(kind.rawValue)\(money) of \(payment.id) (\(payment.bookingID)),"
    }
}

extension Transaction {
    /// - Returns: the jobs that wait again, and those that would give back what was given back meanwhile.
    fileprivate func retryFailedJobs(at now: Timestamp) throws -> (retried: [PaymentJob], left: [PaymentJob]) {
        let failed = try rows("\(sql: PaymentJob.columns) WHERE j.state = 'failed' ORDER BY j.id") {
            try PaymentJob($0)
        }
        var (retried, left): ([PaymentJob], [PaymentJob]) = ([], [])
        for job in failed {
            let isTooMuch = try refunded(of: job.payment.id) + job.amount > job.payment.amount
            guard job.kind != .refund || !isTooMuch else {
                left.append(job)
                continue
            }
            // It has been tried, so the provider is looked at first; and it keeps its refusal under the old key.
            try execute(
                "UPDATE payment_jobs SET state = 'waiting', round = round + 1, next_at = \(now) WHERE id = \(job.id)")
            retried.append(job)
        }
        return (retried, left)
    }

    /// - Throws: `SettingError` where the job is over, or it is too early to say what has become of it.
    fileprivate func settleByHand(_ id: Int64, reason: String, at now: Timestamp, _ ids: Snowflake) throws -> PaymentJob
    {
        let job = try first("\(sql: PaymentJob.columns) WHERE j.id = \(id) AND j.state IN ('waiting', 'failed')") {
            try PaymentJob($0)
        }
        guard let job else { throw SettingError("There is no job \(id) that waits or has failed.") }
        let before = try booking(job.payment.bookingID, of: nil)
        guard before.status(at: now) != .open else {
            throw SettingError("\(before.id) is open until \(before.closesAt.rfc3339): its customer may pay it still.")
        }
        switch job.kind {
        case .capture: _ = try hear(.captured, nil, of: job.payment, confirmingIn: nil, at: now, ids)
        case .void, .settle: _ = try hear(.cancelled, nil, of: job.payment, confirmingIn: nil, at: now, ids)
        case .refund: break
        }
        try execute("UPDATE payment_jobs SET state = 'done' WHERE id = \(id)")
        let after = try booking(before.id, of: nil)
        try audit(.settlePayment, by: nil, reason: reason, before, after, at: now)
        return job
    }
}
