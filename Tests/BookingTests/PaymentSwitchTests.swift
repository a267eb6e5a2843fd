import Auth
import BookingService
import JSON
import Lifecycle
import TestSupport
import Testing

/// Customers paid through a provider, and pay at the counter from now on.
@Suite struct PaymentSwitchTests {
    /// Stops the service, and starts it again where customers pay at the counter.
    private func switched(
        _ desk: PaymentDesk, withKey hasKey: Bool, _ body: (PaymentDesk) async throws -> Void
    ) async throws {
        let before = desk.office
        await before.service.stop()
        var settings = before.settings.merging(["PAYMENTS": "counter"]) { _, new in new }
        if !hasKey { settings["STRIPE_SECRET_KEY"] = "" }
        let service = try await ServiceUnderTest(
            BookingService.self, clock: before.service.clock, databasePath: before.service.databasePath,
            key: before.service.key, settings: settings)
        let office = BoxOffice(
            service: service, catalog: before.catalog, follower: before.follower, settings: settings)
        do {
            try await body(PaymentDesk(office: office, provider: desk.provider))
        } catch {
            await service.stop()
            throw error
        }
        await service.stop()
    }

    /// A booking that is paid for, while the money waits to be taken.
    private func untaken(_ desk: PaymentDesk) async throws -> String {
        for _ in 0..<12 { desk.provider.fail(.capture, .cutBefore) }
        let booking = try await desk.reserved()
        #expect(try await desk.pay(booking).status == 200)
        return booking
    }

    @Test("with its key, what was begun is finished, what was paid goes back, and new bookings are paid at the counter")
    func withKey() async throws {
        try await PaymentDesk.run { desk in
            let old = try await untaken(desk)
            let live = try await desk.reserved("usr_2")
            #expect(try await desk.pay(live, "pm_card_authenticationRequired", "usr_2").status == 402)
            try await switched(desk, withKey: true) { desk in
                desk.provider.recover()
                // Its customer pays at the counter now: what is held for it is let go.
                #expect(try await desk.pay(live, nil, "usr_2").status == 200)
                #expect(
                    try await desk.payment(live, "usr_2").json["payment"] == [
                        "provider": "counter", "due": ["amount": 2_900, "currency": "EUR"],
                    ])
                let new = try await desk.reserved()
                #expect(try await desk.pay(new, nil).status == 200)
                let due = try await desk.office.tickets(of: new).json["tickets"]?.arrayValue?.map {
                    $0["due"]?["amount"]
                }
                #expect(due == [1_200, 1_200, 500])
                desk.expire()
                try await desk.untilNothingWaits()
                #expect(try await desk.state(old) == "captured")
                #expect(
                    desk.provider.intents.map(\.charged) == [2_900, 0] && desk.provider.intents.map(\.held) == [0, 0])
                #expect(try await desk.office.refund(old).status == 200)
                try await desk.untilNothingWaits()
                #expect(desk.provider.intents.map(\.charged) == [0, 0])
                #expect(try await desk.audit().contains("to be paid at the counter: 2"))
                for event in desk.provider.events { #expect(try await desk.tell(event).status == 200) }
            }
        }
    }

    @Test("without a key it does not start while something waits, says what, and starts once that is settled")
    func withoutKey() async throws {
        try await PaymentDesk.run { desk in
            let old = try await untaken(desk)
            let error = await #expect(throws: SettingError.self) {
                try await switched(desk, withKey: false) { _ in }
            }
            let text = error?.description ?? ""
            #expect(
                text.contains("something waits at Stripe, in jobs 2 (capture).") && text.contains("STRIPE_SECRET_KEY"),
                "\(text)")
            try await switched(desk, withKey: true) { desk in
                let settle = try #require(BookingService.commands.first { $0.name == "settle-payment" })
                _ = try await settle.run(["2", "--because", "Taken by hand."], desk.office.service.running.context)
            }
            try await switched(desk, withKey: false) { desk in
                let refused = try await desk.office.refund(old)
                #expect(refused.status == 503 && refused.codes == ["payment_provider_missing"])
                let tickets = try await desk.office.tickets(of: old).json["tickets"]?.arrayValue ?? []
                #expect(tickets.map { $0["status"] } == ["valid", "valid", "valid"])
                let new = try await desk.office.sell(2)
                #expect(try await desk.office.refund(new).status == 200, "what is paid at the counter goes back there")
                #expect(
                    try await desk.office.service.send("POST", "/v1/payments/stripe/webhook", body: "{}").status == 404)
            }
        }
    }
}
