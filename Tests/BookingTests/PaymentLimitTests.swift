import BookingService
import JSON
import TestSupport
import Testing
import Time

/// Stolen cards are not tried out here.
@Suite struct PaymentLimitTests {
    @Test("so many payments of a booking are begun, and no more until it closes")
    func ofABooking() async throws {
        try await PaymentDesk.run(settings: ["MAX_PAYMENTS_PER_BOOKING": "3"]) { desk in
            let booking = try await desk.reserved()
            for method in ["pm_card_chargeDeclined", "pm_none", "pm_card_chargeDeclined"] {
                #expect(try await desk.pay(booking, method).codes == ["payment_declined"])
            }
            for _ in 0..<2 {
                let refused = try await desk.pay(booking, key: "l")
                #expect(refused.status == 429 && refused.codes == ["too_many_payment_attempts"])
                #expect(refused.header("retry-after") == "60" && refused.header("idempotent-replayed") == nil)
            }
            #expect(desk.provider.asked.count { $0 == .create } == 3)
            #expect(try await desk.pay(desk.reserved()).status == 200, "another booking is another matter")
        }
    }

    @Test("what goes on with a payment that is under way is no attempt")
    func goingOn() async throws {
        try await PaymentDesk.run(settings: ["MAX_PAYMENTS_PER_BOOKING": "1", "MAX_PAYMENTS_PER_USER": "1"]) { desk in
            let booking = try await desk.reserved()
            for _ in 0..<3 {
                #expect(
                    try await desk.pay(booking, "pm_card_authenticationRequired").codes == ["payment_action_required"])
            }
            let id = try await desk.payment(booking).json["payment"]?["id"]?.stringValue ?? ""
            desk.provider.settle(id, as: .requiresCapture)
            #expect(try await desk.pay(booking, nil).status == 200)
        }
    }

    @Test("a user begins so many in ten minutes, whatever the bookings; others are not counted with him")
    func ofAUser() async throws {
        try await PaymentDesk.run(settings: ["MAX_PAYMENTS_PER_USER": "2"]) { desk in
            for _ in 0..<2 {
                #expect(try await desk.pay(desk.reserved(), "pm_card_chargeDeclined").status == 402)
                desk.clock.advance(byMilliseconds: 61_000)
            }
            let refused = try await desk.pay(desk.reserved())
            // The first was 122 seconds ago.
            #expect(refused.codes == ["too_many_payment_attempts"] && refused.header("retry-after") == "478")
            #expect(try await desk.pay(desk.reserved("usr_2"), "pm_card_visa", "usr_2").status == 200)
            desk.clock.advance(byMilliseconds: 478_000)
            #expect(try await desk.pay(desk.reserved()).status == 200)
        }
    }

    @Test("LIMITS=off: nobody is counted")
    func off() async throws {
        let settings = ["MAX_PAYMENTS_PER_BOOKING": "1", "MAX_PAYMENTS_PER_USER": "1", "LIMITS": "off"]
        try await PaymentDesk.run(settings: settings) { desk in
            let booking = try await desk.reserved()
            for _ in 0..<3 { #expect(try await desk.pay(booking, "pm_card_chargeDeclined").status == 402) }
            #expect(try await desk.pay(booking).status == 200)
        }
    }

    @Test("of both limits the one that ends later counts, and one that has ended is none")
    func decision() {
        let limits = PaymentLimits(perBooking: 2, perUser: 5)
        let now = Timestamp(rawValue: 1_000_000)
        func refusal(begun: Int64, closesIn: Int64, firstAgo: Int64?) -> PaymentRefusal? {
            let first = firstAgo.map { now.advanced(byMilliseconds: -$0) }
            let closes = now.advanced(byMilliseconds: closesIn)
            do throws(PaymentRefusal) {
                try limits.requireAnother(begun: begun, closesAt: closes, first: first, at: now)
                return nil
            } catch {
                return error
            }
        }
        #expect(refusal(begun: 1, closesIn: 20_000, firstAgo: nil) == nil)
        #expect(refusal(begun: 2, closesIn: 20_000, firstAgo: nil) == .tooManyAttempts(seconds: 20))
        #expect(refusal(begun: 2, closesIn: 20_000, firstAgo: 499_999) == .tooManyAttempts(seconds: 101))
        #expect(refusal(begun: 2, closesIn: 20_000, firstAgo: 599_999) == .tooManyAttempts(seconds: 20))
        #expect(refusal(begun: 0, closesIn: 20_000, firstAgo: 600_000) == nil)
    }
}
