import BookingService
import EventLoop
import HTTPClient
import Telemetry
import TestSupport
import Testing
import Time
import TypedID

/// Who is believed to be the provider, and who is told the key.
extension StripeTests {
    /// Beside somebody who gives one answer to everything.
    private func run(answering status: Int, _ body: String, _ test: (Stripe) async throws -> Void) async throws {
        let stranger = try Neighbour { _ in .json(status, body) }
        let loop = try EventLoop(name: "stripe")
        defer { loop.stop() }
        let configuration = Stripe.configuration(url: stranger.url, secretKey: StripeServer.secretKey)
        let stripe = Stripe(
            try HTTPClient(configuration, loop: loop), webhookSecret: StripeServer.webhookSecret,
            log: Logger(service: "booking", write: { _ in }))
        try await test(stripe)
        await stranger.stop()
    }

    @Test("what stands on the way may answer anything: only Stripe's own word is believed", arguments: [400, 402, 404])
    func strangers(status: Int) async throws {
        try await run(answering: status, #"{"message":"no route"}"#) { stripe in
            #expect(await stripe.authorize(Self.payment(1), TraceContext()) == .unknown(answered: true))
            #expect(await stripe.capture("pi_1", key: "k", TraceContext()) == .unknown(answered: true))
            #expect(await stripe.look(at: "pi_1", TraceContext()) == .unknown(answered: true))
            #expect(
                await stripe.refund(Self.refund(1, job: 1), key: "r", TraceContext()) == .unknown(answered: true))
            #expect(await stripe.look(atRefund: "re_1", TraceContext()) == .unknown(answered: true))
            #expect(await stripe.findRefund(Self.refund(1, job: 1), TraceContext()) == .unknown(answered: true))
        }
    }

    @Test("only Stripe says that a key is not good", arguments: [401, 403])
    func keys(status: Int) async throws {
        try await run(answering: status, #"{"error":{"type":"invalid_request_error"}}"#) { stripe in
            #expect(await stripe.authorize(Self.payment(1), TraceContext()) == .denied)
        }
        try await run(answering: status, #"{"message":"who are you?"}"#) { stripe in
            #expect(await stripe.authorize(Self.payment(1), TraceContext()) == .transient)
        }
    }

    @Test("an intent of another amount or currency than was asked for is none of ours", arguments: [1_250, 1_251])
    func otherAmount(amount: Int64) async throws {
        for currency in ["eur", "usd"] {
            let intent = #"{"id":"pi_1","status":"requires_capture","amount":\#(amount),"currency":"\#(currency)"}"#
            try await run(answering: 200, intent) { stripe in
                let isOurs = amount == 1_250 && currency == "eur"
                #expect(
                    await stripe.authorize(Self.payment(1), TraceContext())
                        == (isOurs ? .news(.authorized, intent: "pi_1") : .unknown(answered: true)))
            }
        }
    }

    @Test("the key goes over TLS, or nowhere but to this machine")
    func addresses() {
        for good in [
            "https://api.stripe.com", "https://stripe.example:8443", "https://[2001:db8::1]", "http://127.0.0.1:1",
            "http://127.0.0.1", "http://localhost", "http://localhost:65535", "http://[::1]", "http://[::1]:80",
        ] { #expect(Stripe.mayHaveKey(good), "\(good)") }
        for bad in [
            "http://127.0.0.1:1.evil.com", "http://127.0.0.1.evil.com", "http://127.0.0.1:1@evil.com",
            "http://evil.com",
            "http://localhost.evil.com:1", "http://[::1].evil.com", "http://[::1", "http://127.0.0.1:", "http://",
            "http://127.0.0.1:0", "http://127.0.0.1:65536", "http://127.0.0.1:+1", "http://10.0.0.1:1", "https://",
            "https://api.stripe.com/", "https://api.stripe.com/v1", "https://user@api.stripe.com",
            "https://api.stripe.com:443/v1", "http://127.0.0.1:1/", "ftp://127.0.0.1", "api.stripe.com", "",
        ] { #expect(!Stripe.mayHaveKey(bad), "\(bad)") }
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
            #expect(event.refund == nil)
            let back = """
                {"id":"evt_2","type":"refund.failed","data":{"object":{"id":"re_1","object":"refund",\
                "payment_intent":"pi_1","metadata":{"payment":"pay_7","job":"3"}}}}
                """
            let failed = told(StripeServer.signature(of: back, at: now.rawValue), Array(back.utf8))
            #expect(failed?.refund == "re_1" && failed?.intent == "pi_1" && failed?.paymentID == PaymentID("pay_7"))
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
