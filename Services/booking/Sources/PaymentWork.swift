import EventLoop
import JSON
import SQLite
import Telemetry
import Time

extension BookingService {
    private static let payPollMilliseconds: Int64 = 250
    private static let jobsAtOnce: Int64 = 8
    /// After its booking closed, a payment that the provider does not list is none. What was asked for at the last moment
    /// is under way for some seconds, and may be listed a little later.
    private static let listedAfterMilliseconds: Int64 = 120_000

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
            // It is tried again at once, for as long as the database does not take what became of it.
            log.error(
                "payment_job_failed", [("payment", .string("\(job.payment.id)")), ("reason", .string("\(error)"))],
                kind: "\(error)", within: logThrottle)
            return false
        }
    }

    // MARK: Payments that nobody asks about any more

    /// The provider is not asked for the money here, not under the payment's key either: where that was never heard it would
    /// be held for a booking that is over. What was asked for is looked for among what there is.
    private func settle(_ job: PaymentJob, _ provider: any PaymentProvider, _ trace: TraceContext) async throws {
        let now = clock.now()
        let booking = try database.read { try $0.booking(job.payment.bookingID, of: nil) }
        if booking.status(at: now) == .open { return try await end(job, .notBefore(booking.closesAt)) }
        let listed = booking.closesAt.advanced(byMilliseconds: Self.listedAfterMilliseconds)
        let answer: ProviderAnswer
        if let intent = job.payment.intent {
            answer = await provider.look(at: intent, trace)
        } else {
            answer = await provider.find(job.payment, until: listed, trace)
            if answer == .news(.absent, intent: nil), now < listed { return try await end(job, .notBefore(listed)) }
        }
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
        case .denied: outcome = .again(reason: "not allowed", answered: false)
        case .unknown(let answered): outcome = .again(reason: "no answer", answered: answered)
        case .refused(let code): outcome = .again(reason: code, answered: true)
        case .news(let news, let intent):
            let heard = try await database.write { [clock, ids] transaction in
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
                return heard
            }
            if heard.isTakenBack { report(takenBack: heard.payment) }
            return
        }
        try await end(job, outcome)
    }

    /// Somebody who was told that the booking is confirmed has no seats any more.
    private func report(takenBack payment: Payment) {
        log.error(
            "payment_taken_back",
            [
                ("payment", .string("\(payment.id)")), ("booking", .string("\(payment.bookingID)")),
                ("reason", .string(payment.reason ?? "canceled")),
            ])
    }

    // MARK: Refunds

    private func refund(_ job: PaymentJob, _ provider: any PaymentProvider, _ trace: TraceContext) async throws {
        // Nothing was taken, or it was let go.
        guard let intent = job.payment.intent, job.payment.state == .captured else { return try await end(job, .done) }
        switch await refund(job, of: intent, provider, trace) {
        case .done(let refund): try await end(job, .refunded(refund))
        case .pending(let refund): try await end(job, .refunding(refund))
        case .absent, .transient: try await end(job, .again(reason: "not now", answered: false))
        case .unknown(let answered): try await end(job, .again(reason: "no answer", answered: answered))
        case .refused(let reason), .failed(let reason):
            log.error("refund_failed", [("payment", .string("\(job.payment.id)")), ("reason", .string(reason))])
            try await end(job, .failed(reason: reason))
        }
    }

    /// It is looked for before it is asked for, the first time too: the provider forgets keys after a day, and a job of a
    /// restored copy may have been done since. The key is for what is not listed yet.
    private func refund(
        _ job: PaymentJob, of intent: String, _ provider: any PaymentProvider, _ trace: TraceContext
    ) async -> RefundAnswer {
        if let known = job.refund { return await provider.look(atRefund: known, trace) }
        let request = RefundRequest(
            job.amount, job.payment.currency, of: intent, payment: job.payment.id, job: job.id)
        let found = await provider.findRefund(request, trace)
        return found == .absent ? await provider.refund(request, key: job.key, trace) : found
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

/// What waits at the provider and what it tells, for whoever watches.
struct PaymentMetrics: Sendable {
    private let waiting: Gauge
    private let pending: Gauge
    private let failed: Gauge
    private let unknownEvents: Counter

    init(_ metrics: Metrics) {
        waiting = metrics.gauge("payment_jobs_waiting", "What is still to be done at the payment provider.")
        pending = metrics.gauge("payment_refunds_pending", "Refunds that the bank takes its time for.")
        failed = metrics.gauge("payment_jobs_failed", "What the payment provider refused for good: see to them.")
        unknownEvents = metrics.counter(
            "payment_events_unknown_total", "What the payment provider told of payments that are not known here.")
    }

    func countUnknownEvent() { unknownEvents.increment() }

    func set(_ counts: (waiting: Int64, pending: Int64, failed: Int64)) {
        waiting.set(counts.waiting)
        pending.set(counts.pending)
        failed.set(counts.failed)
    }
}
