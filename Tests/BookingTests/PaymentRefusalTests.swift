import Auth
import BookingService
import JSON
import TestSupport
import Testing

/// What is not paid for, or cannot be.
@Suite struct PaymentRefusalTests {
    @Test("what costs nothing needs no payment, and what costs something needs one")
    func required() async throws {
        try await PaymentDesk.run { desk in
            let free = try await desk.reserved(order: #""tariffs":[{"name":"free","seats":2}]"#)
            #expect(try await desk.pay(free, nil).status == 200)
            let priced = try await desk.reserved()
            let refused = try await desk.pay(priced, nil)
            #expect(refused.status == 402 && refused.codes == ["payment_required"])
            for body in [#"{"payment_method":7}"#, #"{"payment_method":""}"#] {
                let invalid = try await desk.office.service.post(
                    "/v1/bookings/\(priced)/confirm", body, token: desk.office.service.token())
                #expect(invalid.status == 422)
            }
            #expect(try await desk.payment(priced).codes == ["payment_not_found"])
            #expect(try await desk.payment(priced, "usr_2").codes == ["booking_not_found"])
            #expect(try await desk.pay(priced, "pm_card_visa", "usr_2").codes == ["booking_not_found"])
            let empty = try await desk.office.open()
            #expect(try await desk.pay(empty).codes == ["no_seats_reserved"])
            #expect(desk.provider.asked == [])
        }
    }

    @Test("a method that is declined is not charged, and another one may be tried", arguments: [true, false])
    func declined(isKnown: Bool) async throws {
        try await PaymentDesk.run { desk in
            let booking = try await desk.reserved()
            let answer = try await desk.pay(booking, isKnown ? "pm_card_chargeDeclined" : "pm_none", key: "k")
            #expect(answer.status == 402 && answer.codes == ["payment_declined"])
            #expect(try await desk.state(booking) == "declined")
            #expect(try await desk.pay(booking, key: "l").status == 200)
            try await desk.untilNothingWaits()
            #expect(desk.provider.intents.map(\.charged).reduce(0, +) == 2_900)
            #expect(desk.provider.intents.allSatisfy { $0.held == 0 })
            #expect(try await desk.audit().contains("1 captured, 1 declined"))
        }
    }

    @Test("a booking that was said to have expired when it was to be paid stays so when the clock steps back")
    func expiredForGood() async throws {
        try await PaymentDesk.run { desk in
            let booking = try await desk.reserved()
            let before = desk.clock.now
            desk.expire()
            #expect(try await desk.pay(booking).codes == ["booking_expired"])
            desk.clock.now = before
            #expect(try await desk.pay(booking).codes == ["booking_expired"])
            #expect(desk.provider.asked == [])
        }
    }

    @Test(
        "a booking that ran out while the provider was asked stays so too, whatever that said",
        arguments: ["pm_card_visa", "pm_card_chargeDeclined"])
    func expiredMeanwhile(method: String) async throws {
        try await PaymentDesk.run { desk in
            let booking = try await desk.reserved()
            let before = desk.clock.now
            desk.provider.fail(.create, .holdBefore)
            async let answer = desk.pay(booking, method)
            await eventually { desk.provider.isHolding }
            desk.clock.advance(byMilliseconds: 60_000)
            desk.provider.recover()
            #expect(try await answer.codes == ["booking_expired"])
            desk.clock.now = before
            #expect(try await desk.pay(booking).codes == ["booking_expired"])
            desk.expire()
            try await desk.untilNothingWaits()
            #expect(desk.provider.intents.map(\.charged).allSatisfy { $0 == 0 })
        }
    }

    @Test("money that is not to be had after all: the seats are free again, and the audit trail says so")
    func captureRefused() async throws {
        try await PaymentDesk.run { desk in
            desk.provider.fail(.capture, .refused)
            let booking = try await desk.sell()
            #expect(desk.provider.intents.map(\.charged) == [0] && desk.provider.intents.map(\.held) == [0])
            #expect(try await desk.state(booking) == "voided")
            let tickets = try await desk.office.tickets(of: booking).json["tickets"]?.arrayValue ?? []
            #expect(tickets.count == 3 && tickets.allSatisfy { $0["status"] == "refunded" })
            let trail = try await desk.office.service.get(
                "/v1/bookings/\(booking)/audit", token: desk.office.service.token("usr_9", .admin))
            let entry = trail.json["entries"]?.arrayValue?.first
            #expect(entry?["actor_id"] == .null && entry?["action"] == "refund")
            _ = try await desk.audit()
        }
    }

    @Test("with a ticket of such a booking nobody comes in, and the trail counts who has")
    func usedBeforeCapture() async throws {
        try await PaymentDesk.run { desk in
            desk.provider.fail(.capture, .failBefore, .lapsed)
            let booking = try await desk.reserved()
            #expect(try await desk.pay(booking).status == 200)
            let codes = try await desk.office.codes(of: booking)
            #expect(try await desk.office.checkIn(codes[0]).status == 201)
            try await desk.untilNothingWaits()
            #expect(try await desk.state(booking) == "voided" && desk.provider.intents.map(\.held) == [0])
            let trail = try await desk.office.service.get(
                "/v1/bookings/\(booking)/audit", token: desk.office.service.token("usr_9", .admin))
            #expect(trail.json["entries"]?.arrayValue?.first?["used_tickets"] == 1)
            let refused = try await desk.office.checkIn(codes[1])
            #expect(refused.codes == ["ticket_refunded"])
            #expect(
                refused.json["errors"]?.arrayValue?.first?["message"]
                    == "The ticket is not valid any more: it was refunded, or its payment could not be taken.")
            _ = try await desk.audit()
        }
    }

    @Test("settings that cannot be used are refused at the start, and no message holds a secret")
    func settings() async throws {
        let good = [
            "PAYMENTS": "stripe", "STRIPE_SECRET_KEY": "sk_test_very_secret",
            "STRIPE_WEBHOOK_SECRET": "whsec_0123456789abcdef",
        ]
        for (name, value) in [
            ("PAYMENTS", "paypal"), ("STRIPE_SECRET_KEY", ""), ("STRIPE_SECRET_KEY", "sk very\nsecret"),
            ("STRIPE_WEBHOOK_SECRET", ""), ("STRIPE_WEBHOOK_SECRET", "secret"), ("STRIPE_URL", "api.stripe.com"),
            ("STRIPE_URL", "http://127.0.0.1:1.evil.com"), ("STRIPE_URL", "https://api.stripe.com/"),
        ] {
            let settings = good.merging([name: value]) { _, bad in bad }
            let error = await #expect(throws: (any Error).self) {
                let service = try await ServiceUnderTest(BookingService.self, settings: settings)
                await service.stop()
            }
            let text = error.map { "\($0)" } ?? ""
            #expect(text.contains(name) && !text.contains("very"), "\(text)")
        }
    }
}
