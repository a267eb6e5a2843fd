import BookingService
import JSON
import TestSupport
import Testing
import Time

/// What the provider tells by itself.
@Suite struct WebhookTests {
    @Test("only what is signed is heard, whatever it says; what is unknown is taken")
    func signature() async throws {
        try await PaymentDesk.run { desk in
            let booking = try await desk.sell()
            let event = try #require(desk.provider.events.last)
            #expect(try await desk.tell(event).json["received"] == true)
            #expect(try await desk.tell(event).status == 200)
            for bad in ["", "t=1,v1=00"] {
                let refused = try await desk.tell(event, signature: bad)
                #expect(refused.status == 400 && refused.codes == ["signature_invalid"])
            }
            #expect(try await desk.tell(event, body: event.body + " ").status == 400)
            let unknown = #"{"id":"evt_x","type":"customer.created","data":{"object":{"id":"cus_1"}}}"#
            let signed = StripeServer.signature(of: unknown, at: desk.clock.now.rawValue)
            #expect(try await desk.tell(event, body: unknown, signature: signed).status == 200)
            let large = String(repeating: " ", count: 300_000)
            #expect(try await desk.tell(event, body: large).status == 413)
            #expect(try await desk.state(booking) == "captured")
        }
    }

    @Test("every event told late, twice and backwards changes nothing", arguments: [false, true])
    func anyOrder(backwards: Bool) async throws {
        try await PaymentDesk.run { desk in
            let paid = try await desk.sell()
            let refused = try await desk.reserved("usr_2")
            #expect(try await desk.pay(refused, "pm_card_chargeDeclined", "usr_2").status == 402)
            desk.provider.fail(.create, .cutAfter, .cutBefore, .cutBefore, .cutBefore, .cutBefore)
            let expired = try await desk.reserved("usr_3")
            #expect(try await desk.pay(expired, "pm_card_visa", "usr_3").status == 503)
            desk.provider.recover()
            desk.expire()
            try await desk.untilNothingWaits()
            let before = desk.provider.intents.map { "\($0.id) \($0.status) \($0.charged)" }
            let events = backwards ? desk.provider.events.reversed() : desk.provider.events
            for event in events + events { #expect(try await desk.tell(event).status == 200) }
            try await desk.untilNothingWaits()
            #expect(desk.provider.intents.map { "\($0.id) \($0.status) \($0.charged)" } == before)
            #expect(try await desk.state(paid) == "captured")
            _ = try await desk.audit()
        }
    }

    @Test("a payment that is not known here is counted: somebody was charged, and a restored copy has forgotten it")
    func unknown() async throws {
        try await PaymentDesk.run { desk in
            _ = try await desk.sell()
            let event = try #require(desk.provider.events.last)
            let body = event.body.replacing(event.payment, with: "pay_4711")
            let signed = StripeServer.signature(of: body, at: desk.clock.now.rawValue)
            #expect(desk.metrics.contains("payment_events_unknown_total 0\n"))
            #expect(try await desk.tell(event, body: body, signature: signed).json["received"] == true)
            #expect(desk.metrics.contains("payment_events_unknown_total 1\n"))
            #expect(try await desk.tell(event).status == 200)
            #expect(desk.metrics.contains("payment_events_unknown_total 1\n"))
        }
    }

    @Test("an answer that is lost for good is made up for by what the provider tells")
    func heals() async throws {
        try await PaymentDesk.run { desk in
            let booking = try await desk.reserved()
            // Kept under its key: asking again brings the same.
            desk.provider.fail(.create, .failAfter)
            #expect(try await desk.pay(booking).status == 503)
            #expect(try await desk.pay(booking).status == 503)
            for event in desk.provider.events { #expect(try await desk.tell(event).status == 200) }
            #expect(try await desk.pay(booking).status == 200)
            try await desk.untilNothingWaits()
            #expect(desk.provider.intents.map(\.charged) == [2_900])
        }
    }

    @Test("a provider nobody pays through has nothing to tell")
    func counter() async throws {
        try await BoxOffice.run(tariffs: PaymentDesk.tariffs) { office in
            let answer = try await office.service.send("POST", "/v1/payments/stripe/webhook", body: "{}")
            #expect(answer.status == 404 && answer.codes == ["payment_not_found"])
            let booking = try await office.sell(2)
            let due = try await office.service.get("/v1/bookings/\(booking)/payment", token: office.service.token())
            #expect(due.json == ["payment": ["provider": "counter", "due": ["amount": 2_400, "currency": "EUR"]]])
        }
    }
}
