import BookingService
import EventLoop
import HTTPClient
import Telemetry
import TestSupport
import Testing
import Time
import TypedID

/// The provider's wire format, against a server of ours that speaks it.
@Suite struct StripeTests {
    private func run(_ body: (Stripe, StripeServer) async throws -> Void) async throws {
        let server = StripeServer()
        let loop = try EventLoop(name: "stripe")
        defer {
            server.stop()
            loop.stop()
        }
        let configuration = Stripe.configuration(url: server.url, secretKey: StripeServer.secretKey)
        let client = try HTTPClient(configuration, loop: loop)
        try await body(Stripe(client, webhookSecret: StripeServer.webhookSecret), server)
        #expect(server.wrong == [])
    }

    private static func payment(_ id: Int64, _ method: String = "pm_card_visa", amount: Int64 = 1_250) -> Payment {
        Payment(
            id: PaymentID(rawValue: id), bookingID: BookingID(rawValue: 7), amount: amount, currency: "EUR",
            method: method, createdAt: WallClock.system.now())
    }

    @Test("money is held, taken and given back, each once, however often it is asked")
    func theWay() async throws {
        try await run { stripe, server in
            for _ in 0..<2 {
                let held = await stripe.authorize(Self.payment(1), TraceContext())
                #expect(held == .news(.authorized, intent: "pi_1"))
            }
            #expect(await stripe.look(at: "pi_1", TraceContext()) == .news(.authorized, intent: "pi_1"))
            #expect(await stripe.find(Self.payment(1), TraceContext()) == .news(.authorized, intent: "pi_1"))
            #expect(await stripe.find(Self.payment(2), TraceContext()) == .news(.absent, intent: nil))
            for key in ["a", "a", "b"] {
                let taken = await stripe.capture("pi_1", key: key, TraceContext())
                #expect(taken == .news(.captured, intent: "pi_1"))
            }
            #expect(await stripe.void("pi_1", key: "c", TraceContext()) == .news(.captured, intent: "pi_1"))
            #expect(await stripe.findRefund(of: "pi_1", job: 4, TraceContext()) == .absent)
            for _ in 0..<2 {
                #expect(await stripe.refund(250, of: "pi_1", job: 4, key: "d", TraceContext()) == .done)
            }
            #expect(await stripe.findRefund(of: "pi_1", job: 4, TraceContext()) == .done)
            let more = await stripe.refund(1_250, of: "pi_1", job: 5, key: "e", TraceContext())
            #expect(more == .refused(code: "charge_already_refunded"))
            #expect(server.intents.map(\.charged) == [1_000] && server.refunds.count == 1)
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
            #expect(await stripe.find(Self.payment(4), TraceContext()) == .news(.authorized, intent: "pi_3"))
        }
    }

    @Test("what stands on the way may answer anything: only Stripe's own word is believed", arguments: [400, 402, 404])
    func strangers(status: Int) async throws {
        let stranger = try Neighbour { _ in .json(status, #"{"message":"no route"}"#) }
        let loop = try EventLoop(name: "stripe")
        defer { loop.stop() }
        let configuration = Stripe.configuration(url: stranger.url, secretKey: StripeServer.secretKey)
        let stripe = Stripe(try HTTPClient(configuration, loop: loop), webhookSecret: StripeServer.webhookSecret)
        #expect(await stripe.authorize(Self.payment(1), TraceContext()) == .unknown(answered: true))
        #expect(await stripe.capture("pi_1", key: "k", TraceContext()) == .unknown(answered: true))
        #expect(await stripe.look(at: "pi_1", TraceContext()) == .unknown(answered: true))
        #expect(
            await stripe.refund(1, of: "pi_1", job: 1, key: "r", TraceContext()) == .unknown(answered: true))
        await stranger.stop()
    }

    @Test("a connection that breaks after the money was held: the same question again holds it once")
    func cut() async throws {
        try await run { stripe, server in
            server.fail(.create, .cutAfter, .cutBefore)
            #expect(await stripe.authorize(Self.payment(1), TraceContext()) == .news(.authorized, intent: "pi_1"))
            #expect(server.intents.count == 1 && server.asked == [.create, .create, .create])
        }
    }

    @Test("what the provider tells is taken if one of its signatures is good, and it is not old")
    func signatures() async throws {
        try await run { stripe, _ in
            let now = WallClock.system.now()
            let body = """
                {"id":"evt_1","type":"payment_intent.succeeded","data":{"object":{"id":"pi_1","object":"payment_intent",\
                "metadata":{"payment":"pay_7"}}}}
                """
            let bytes = Array(body.utf8)
            func told(_ header: String, at time: Timestamp = now, _ bytes: [UInt8] = bytes) -> ProviderEvent? {
                stripe.told(bytes, signature: header, at: time)
            }
            let good = StripeServer.signature(of: body, at: now.rawValue)
            let event = try #require(told(good))
            #expect(event.id == "evt_1" && event.intent == "pi_1" && event.paymentID == PaymentID("pay_7"))
            let zeros = String(repeating: "0", count: 64)
            #expect(told(StripeServer.signature(of: body, at: now.rawValue, others: [zeros])) != nil)
            #expect(told(good + ",v0=\(zeros),v1=short") != nil)
            for bad in [
                "", "t=1", "v1=\(zeros)", good.replacing("v1=", with: "v0="), "t=,v1=\(zeros)", "t=x,v1=\(zeros)",
                "t=9223372036854775807,v1=\(zeros)",
                StripeServer.signature(of: body, at: now.rawValue, secret: "other"),
                StripeServer.signature(of: body + " ", at: now.rawValue), good.replacing("t=", with: "t=1"),
            ] { #expect(told(bad) == nil, "\(bad)") }
            #expect(told(good, Array(body.utf8.dropLast()) + [UInt8(ascii: " ")]) == nil)
            #expect(told(good, at: now.advanced(byMilliseconds: 299_000)) != nil)
            #expect(told(good, at: now.advanced(byMilliseconds: 302_000)) == nil)
            #expect(told(good, at: now.advanced(byMilliseconds: -302_000)) == nil)
        }
    }
}
