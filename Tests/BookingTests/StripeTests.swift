import BookingService
import EventLoop
import HTTPClient
import Synchronization
import Telemetry
import TestSupport
import Testing
import Time
import TypedID

/// The provider's wire format, against a server of ours that speaks it.
@Suite struct StripeTests {
    func run(
        log: Logger = Logger(service: "booking", level: .error, write: { _ in }),
        _ body: (Stripe, StripeServer) async throws -> Void
    ) async throws {
        let server = StripeServer()
        let loop = try EventLoop(name: "stripe")
        defer {
            server.stop()
            loop.stop()
        }
        let configuration = Stripe.configuration(url: server.url, secretKey: StripeServer.secretKey)
        let client = try HTTPClient(configuration, loop: loop)
        try await body(Stripe(client, webhookSecret: StripeServer.webhookSecret, log: log), server)
        #expect(server.wrong == [])
    }

    static func payment(
        _ id: Int64, _ method: String = "pm_card_visa", amount: Int64 = 1_250, _ currency: String = "EUR",
        at now: Timestamp? = nil
    ) -> Payment {
        Payment(
            id: PaymentID(rawValue: id), bookingID: BookingID(rawValue: 7), amount: amount, currency: currency,
            method: method, createdAt: now ?? WallClock.system.now())
    }

    static func refund(_ amount: Int64, _ currency: String = "EUR", job: Int64) -> RefundRequest {
        RefundRequest(amount, currency, of: "pi_1", payment: PaymentID(rawValue: 1), job: job)
    }

    private func find(_ stripe: Stripe, _ payment: Payment) async -> ProviderAnswer {
        await stripe.find(payment, until: payment.createdAt.advanced(byMilliseconds: 60_000), TraceContext())
    }

    @Test(
        "what Stripe counts in other units is asked for and read in them",
        arguments: [("ISK", 1_800, 180_000), ("UGX", 5, 500), ("MGA", 1_800, 18), ("JPY", 1_800, 1_800)])
    func units(currency: String, ours: Int64, theirs: Int64) async throws {
        try await run { stripe, server in
            let payment = Self.payment(1, amount: ours, currency)
            #expect(await stripe.authorize(payment, TraceContext()) == .news(.authorized, intent: "pi_1"))
            #expect(server.intents.map(\.amount) == [theirs])
            _ = await stripe.capture("pi_1", key: "a", TraceContext())
            let back = Self.refund(ours, currency, job: 4)
            #expect(await stripe.refund(back, key: "b", TraceContext()) == .done(refund: "re_1"))
            #expect(await stripe.findRefund(back, TraceContext()) == .done(refund: "re_1"))
            let account = await stripe.account(of: "pi_1", TraceContext())
            #expect(account == PaymentAccount(taken: ours, refunded: ours, currency: currency))
        }
    }

    @Test("an amount that Stripe has no number for is refused, and not asked for")
    func unknownUnit() async throws {
        try await run { stripe, server in
            let payment = Self.payment(1, amount: 1_850, "MGA")
            #expect(await stripe.authorize(payment, TraceContext()) == .refused(code: "amount_invalid"))
            #expect(server.intents.isEmpty)
        }
    }

    @Test("money is held, taken and given back, each once, however often it is asked")
    func theWay() async throws {
        try await run { stripe, server in
            for _ in 0..<2 {
                let held = await stripe.authorize(Self.payment(1), TraceContext())
                #expect(held == .news(.authorized, intent: "pi_1"))
            }
            #expect(await stripe.look(at: "pi_1", TraceContext()) == .news(.authorized, intent: "pi_1"))
            #expect(await find(stripe, Self.payment(1)) == .news(.authorized, intent: "pi_1"))
            #expect(await find(stripe, Self.payment(2)) == .news(.absent, intent: nil))
            for key in ["a", "a", "b"] {
                let taken = await stripe.capture("pi_1", key: key, TraceContext())
                #expect(taken == .news(.captured, intent: "pi_1"))
            }
            #expect(await stripe.void("pi_1", key: "c", TraceContext()) == .news(.captured, intent: "pi_1"))
            let part = Self.refund(250, job: 4)
            #expect(await stripe.findRefund(part, TraceContext()) == .absent)
            for _ in 0..<2 {
                #expect(await stripe.refund(part, key: "d", TraceContext()) == .done(refund: "re_1"))
            }
            #expect(await stripe.findRefund(part, TraceContext()) == .done(refund: "re_1"))
            let more = await stripe.refund(Self.refund(1_250, job: 5), key: "e", TraceContext())
            #expect(more == .refused(code: "charge_already_refunded"))
            #expect(server.intents.map(\.charged) == [1_000] && server.refunds.count == 1)
        }
    }

    @Test("a payment is looked for among those of its time, page by page")
    func pages() async throws {
        try await run { stripe, server in
            let clock = ManualClock()
            server.keepTime(by: clock)
            server.list(atMost: 2)
            let payments = (1...7).map { Self.payment($0, at: clock.now) }
            for payment in payments { _ = await stripe.authorize(payment, TraceContext()) }
            #expect(await find(stripe, payments[0]) == .news(.authorized, intent: "pi_1"))
            #expect(await find(stripe, Self.payment(8, at: clock.now)) == .news(.absent, intent: nil))
            #expect(server.asked.filter { $0 == .list }.count == 8)
            // Those of another hour are not gone through.
            let other = payments[0].createdAt.advanced(byMilliseconds: -3_600_000)
            #expect(await find(stripe, Self.payment(9, at: other)) == .news(.absent, intent: nil))
            #expect(server.asked.filter { $0 == .list }.count == 9)
        }
    }

    @Test("a refund is looked for page by page, by its job and amount; one that failed is not there")
    func refunds() async throws {
        try await run { stripe, server in
            server.list(atMost: 2)
            _ = await stripe.authorize(Self.payment(1), TraceContext())
            _ = await stripe.capture("pi_1", key: "c", TraceContext())
            for job in 1...5 {
                if job == 2 { server.fail(.refund, .pending) }
                let answer = await stripe.refund(Self.refund(100, job: Int64(job)), key: "\(job)", TraceContext())
                #expect(answer == (job == 2 ? .pending(refund: "re_2") : .done(refund: "re_\(job)")))
            }
            #expect(await stripe.findRefund(Self.refund(100, job: 1), TraceContext()) == .done(refund: "re_1"))
            #expect(await stripe.findRefund(Self.refund(100, job: 2), TraceContext()) == .pending(refund: "re_2"))
            #expect(await stripe.findRefund(Self.refund(99, job: 1), TraceContext()) == .absent)
            server.settle(refund: "re_2", as: .requiresAction)
            #expect(await stripe.look(atRefund: "re_2", TraceContext()) == .pending(refund: "re_2"))
            server.settle(refund: "re_2", as: .failed)
            #expect(
                await stripe.look(atRefund: "re_2", TraceContext()) == .failed(reason: "expired_or_canceled_card"))
            server.settle(refund: "re_1", as: .canceled)
            #expect(await stripe.look(atRefund: "re_1", TraceContext()) == .failed(reason: "refund_canceled"))
            for job: Int64 in [1, 2] {
                #expect(await stripe.findRefund(Self.refund(100, job: job), TraceContext()) == .absent)
            }
            #expect(await stripe.look(atRefund: "re_9", TraceContext()) == .absent)
        }
    }

    @Test("what a bank may say, and what nobody understands")
    func answers() async throws {
        try await run { stripe, server in
            let declined = await stripe.authorize(Self.payment(1, "pm_card_chargeDeclined"), TraceContext())
            #expect(declined == .news(.declined(reason: "card_declined"), intent: "pi_1"))
            let action = await stripe.authorize(Self.payment(2, "pm_card_authenticationRequired"), TraceContext())
            #expect(action == .news(.actionRequired(clientSecret: "pi_2_secret_1"), intent: "pi_2"))
            #expect(
                await stripe.authorize(Self.payment(3, "pm_none"), TraceContext()) == .refused(code: "resource_missing")
            )
            // The same key with another amount.
            let other = await stripe.authorize(Self.payment(2, "pm_card_visa", amount: 1), TraceContext())
            #expect(other == .unknown(answered: true))
            #expect(await stripe.look(at: "pi_9", TraceContext()) == .news(.absent, intent: nil))
            #expect(await stripe.capture("pi_9", key: "k", TraceContext()) == .news(.absent, intent: nil))
            #expect(await stripe.capture("pi_2", key: "l", TraceContext()) == action)
            #expect(await stripe.void("pi_2", key: "m", TraceContext()) == .news(.cancelled, intent: "pi_2"))
            #expect(await stripe.capture("pi_2", key: "n", TraceContext()) == .news(.cancelled, intent: "pi_2"))
            server.fail(.create, .failAfter)
            for _ in 0..<2 {
                let broken = await stripe.authorize(Self.payment(4), TraceContext())
                #expect(broken == .unknown(answered: true))
            }
            #expect(await find(stripe, Self.payment(4)) == .news(.authorized, intent: "pi_3"))
        }
    }

    @Test("what nobody counts on stands in the log: status, type and code, never the key nor what was asked")
    func trouble() async throws {
        let lines = Mutex<[String]>([])
        let log = Logger(service: "booking", level: .error) { line in
            lines.withLock { $0.append(String(decoding: line, as: UTF8.self)) }
        }
        func said() -> [String] {
            lines.withLock { lines in
                defer { lines = [] }
                return lines
            }
        }
        try await run(log: log) { stripe, server in
            _ = await stripe.authorize(Self.payment(1), TraceContext())
            _ = await stripe.authorize(Self.payment(2, "pm_card_chargeDeclined"), TraceContext())
            _ = await stripe.look(at: "pi_9", TraceContext())
            _ = await stripe.capture("pi_1", key: "a", TraceContext())
            _ = await stripe.void("pi_1", key: "b", TraceContext())
            #expect(said() == [], "what a customer's card, or time, may bring")
            server.fail(.create, .denied)
            #expect(await stripe.authorize(Self.payment(3), TraceContext()) == .denied)
            let denied = try #require(said().first)
            #expect(denied.contains(#""event":"payment_provider_trouble""#) && denied.contains(#""status":401"#))
            #expect(denied.contains("invalid_request_error") && denied.contains("api_key_expired"))
            #expect(!denied.contains(StripeServer.secretKey) && !denied.contains("pm_card"))
            server.fail(.create, .denied)
            _ = await stripe.authorize(Self.payment(6), TraceContext())
            #expect(said() == [], "the same again, within a minute")
            server.fail(.create, .failBefore)
            _ = await stripe.authorize(Self.payment(4), TraceContext())
            #expect(said().first?.contains(#""status":500"#) == true)
            server.fail(.create, .cutBefore, .cutBefore, .cutBefore, .cutBefore)
            _ = await stripe.authorize(Self.payment(5), TraceContext())
            #expect(said().first?.contains(#""reason":"connection_lost""#) == true)
        }
    }

    @Test("a connection that breaks after the money was held: the same question again holds it once")
    func cut() async throws {
        try await run { stripe, server in
            server.fail(.create, .cutAfter, .cutBefore)
            #expect(await stripe.authorize(Self.payment(1), TraceContext()) == .news(.authorized, intent: "pi_1"))
            #expect(server.intents.count == 1 && server.asked == [.create, .create, .create])
        }
    }
}
