import EventLoop
import JSON
import SQLite
import Telemetry
import Time

extension BookingService {
    private static let payPollMilliseconds: Int64 = 250
    private static let jobsAtOnce: Int64 = 8
    /// The provider keeps answers for a day; a little earlier the key says nothing any more.
    private static let keysAreKeptMilliseconds: Int64 = 23 * 3_600_000

    /// Takes, lets go and gives back money, and finds out about payments whose customers went away. It never confirms a
    /// booking.
    func workOnPayments(through provider: any PaymentProvider, _ metrics: PaymentMetrics) async {
        while !Task.isCancelled {
            let jobs = try? database.read { [clock] connection in
                metrics.set(try connection.jobCounts())
                return try connection.dueJobs(at: clock.now(), limit: Self.jobsAtOnce)
            }
            let ended = await withTaskGroup(of: Bool.self) { group in
                for job in jobs ?? [] { group.addTask { await work(on: job, through: provider) } }
                return await group.reduce(true) { $0 && $1 }
            }
            guard jobs?.isEmpty != false || !ended else { continue }
            if (try? await loop.sleep(milliseconds: Self.payPollMilliseconds)) == nil { return }
        }
    }

    /// - Returns: whether what became of it is written down.
    private func work(on job: PaymentJob, through provider: any PaymentProvider) async -> Bool {
        let trace = TraceContext()
        do {
            switch job.kind {
            case .settle: try await settle(job, provider, trace)
            case .capture, .void: try await finish(job, provider, trace)
            case .refund: try await refund(job, provider, trace)
            }
            return true
        } catch {
            log.error(
                "payment_job_failed", [("payment", .string("\(job.payment.id)")), ("reason", .string("\(error)"))])
            return false
        }
    }

    // MARK: Payments that nobody asks about any more

    private func settle(_ job: PaymentJob, _ provider: any PaymentProvider, _ trace: TraceContext) async throws {
        let now = clock.now()
        let booking = try database.read { try $0.booking(job.payment.bookingID, of: nil) }
        if booking.status(at: now) == .open { return try await end(job, .notBefore(booking.closesAt)) }
        var answer: ProviderAnswer
        if let intent = job.payment.intent {
            answer = await provider.look(at: intent, trace)
        } else if job.round == 0, now < job.payment.createdAt.advanced(byMilliseconds: Self.keysAreKeptMilliseconds) {
            answer = await provider.authorize(job.payment, trace)
        } else {
            answer = .unknown(answered: true)
        }
        // Under its key there is nothing to be heard any more.
        if answer == .unknown(answered: true), job.payment.intent == nil {
            answer = await provider.find(job.payment, trace)
            // What was made a moment ago may not be listed yet. And what the key is answered by is not asked for again:
            // one error that is kept under it would shut the way to the list, time after time.
            if answer == .news(.absent, intent: nil), job.attempts == 0 { answer = .unknown(answered: true) }
            if answer == .unknown(answered: false) || answer == .transient { answer = .unknown(answered: true) }
        }
        if case .refused(let code) = answer { answer = .news(.declined(reason: code), intent: job.payment.intent) }
        try await take(answer, job)
    }

    // MARK: Captures and voids

    private func finish(_ job: PaymentJob, _ provider: any PaymentProvider, _ trace: TraceContext) async throws {
        guard let intent = job.payment.intent else { return try await end(job, .done) }
        func act() async -> ProviderAnswer {
            job.kind == .capture
                ? await provider.capture(intent, key: job.key, trace)
                : await provider.void(intent, key: job.key, trace)
        }
        var answer = job.attempts == 0 ? await act() : await provider.look(at: intent, trace)
        // It was looked for, and not done yet.
        if job.attempts > 0, case .news(let news, _) = answer, !news.isEnd, job.kind == .void || news == .authorized {
            answer = await act()
        }
        if case .refused(let code) = answer, job.kind == .capture {
            answer = .news(.declined(reason: code), intent: intent)
        }
        try await take(answer, job)
    }

    /// Notes what the provider says of the payment, and whether the job is done by it.
    private func take(_ answer: ProviderAnswer, _ job: PaymentJob) async throws {
        let outcome: JobOutcome
        switch answer {
        case .transient: outcome = .again(reason: "not now", answered: false)
        case .unknown(let answered): outcome = .again(reason: "no answer", answered: answered)
        case .refused(let code): outcome = .again(reason: code, answered: true)
        case .news(let news, let intent):
            return try await database.write { [clock, ids] transaction in
                let now = clock.now()
                let heard = try transaction.hear(
                    news, intent, of: job.payment, confirmingIn: nil, at: now, ids)
                let isDone =
                    switch job.kind {
                    case .settle: !heard.payment.isLive
                    case .capture: heard.payment.state != .authorized
                    case .void, .refund: news.isEnd
                    }
                try transaction.end(job, isDone ? .done : .again(reason: "\(news.name)", answered: true), at: now)
            }
        }
        try await end(job, outcome)
    }

    // MARK: Refunds

    private func refund(_ job: PaymentJob, _ provider: any PaymentProvider, _ trace: TraceContext) async throws {
        // Nothing was taken, or it was let go.
        guard let intent = job.payment.intent, job.payment.state == .captured else { return try await end(job, .done) }
        var answer = RefundAnswer.absent
        if job.attempts > 0 { answer = await provider.findRefund(of: intent, job: job.id, trace) }
        if answer == .absent {
            answer = await provider.refund(job.amount, of: intent, job: job.id, key: job.key, trace)
        }
        switch answer {
        case .done: try await end(job, .done)
        case .absent, .transient: try await end(job, .again(reason: "not now", answered: false))
        case .unknown(let answered): try await end(job, .again(reason: "no answer", answered: answered))
        case .refused(let code):
            log.error("refund_refused", [("payment", .string("\(job.payment.id)")), ("reason", .string(code))])
            try await end(job, .failed(reason: code))
        }
    }

    private func end(_ job: PaymentJob, _ outcome: JobOutcome) async throws {
        try await database.write { [clock] in try $0.end(job, outcome, at: clock.now()) }
    }
}

extension PaymentNews {
    /// Whether nothing is held any more.
    var isEnd: Bool {
        switch self {
        case .captured, .cancelled, .absent: true
        case .authorized, .actionRequired, .declined: false
        }
    }

    /// Without what it carries, some of which is secret.
    var name: String {
        switch self {
        case .authorized: "authorized"
        case .actionRequired: "action required"
        case .declined: "declined"
        case .captured: "captured"
        case .cancelled: "cancelled"
        case .absent: "absent"
        }
    }
}

/// What waits at the provider, for whoever watches.
struct PaymentMetrics: Sendable {
    private let waiting: Gauge
    private let failed: Gauge

    init(_ metrics: Metrics) {
        waiting = metrics.gauge("payment_jobs_waiting", "What is still to be done at the payment provider.")
        failed = metrics.gauge("payment_jobs_failed", "What the payment provider refused for good: see to them.")
    }

    func set(_ counts: (waiting: Int64, failed: Int64)) {
        waiting.set(counts.waiting)
        failed.set(counts.failed)
    }
}
