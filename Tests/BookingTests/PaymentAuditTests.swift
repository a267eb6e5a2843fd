import BookingService
import JSON
import Lifecycle
import SQLite
import TestSupport
import Testing

/// What the audit of payments finds, where something was planted.
@Suite struct PaymentAuditTests {
    /// What the audit says is wrong, a line each; empty where nothing is.
    private func differences(_ desk: PaymentDesk, _ options: String...) async throws -> [String] {
        let command = try #require(BookingService.commands.first { $0.name == "audit" })
        do {
            _ = try await command.run(["payments"] + options, desk.office.service.running.context)
            return []
        } catch let error as UsageError {
            throw error
        } catch {
            return "\(error)".split(separator: "\n").map(String.init)
        }
    }

    /// Past every rule that the schema has.
    private func plant(_ desk: PaymentDesk, _ statement: SQL) async throws {
        try await desk.office.service.running.context.database.write { try $0.execute(statement) }
    }

    @Test("every difference is named, of every kind, and not the first alone")
    func all() async throws {
        try await PaymentDesk.run { desk in
            let (first, second) = (try await desk.sell(), try await desk.sell())
            #expect(try await differences(desk) == [])
            try await plant(desk, "UPDATE payments SET amount = amount + 1")
            try await plant(
                desk,
                """
                INSERT INTO payment_jobs (payment_id, kind, amount, state, next_at, created_at, last_error)
                SELECT max(id), 'refund', 7, 'failed', 0, 0, 'charge_disputed' FROM payments
                """)
            let found = try await differences(desk)
            #expect(found.first == "3 differences")
            let says = ": it does not come to the total of the booking"
            #expect(found.count { $0.hasSuffix(says) } == 2)
            #expect(
                found.last?.contains("refund charge_disputed: the provider refused to do it: it needs a person") == true
            )
            #expect(first != second)
            try await plant(desk, "DELETE FROM booking_lines")
            #expect(try await differences(desk).count { $0.hasSuffix(says) } == 2, "nothing is no total")
        }
    }

    @Test("of very many the first hundred are named, and the others counted")
    func many() async throws {
        try await PaymentDesk.run { desk in
            _ = try await desk.sell()
            try await plant(
                desk,
                """
                WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 150)
                INSERT INTO payment_jobs (payment_id, kind, amount, state, next_at, created_at, last_error)
                SELECT p.id, 'refund', 1, 'failed', 0, 0, 'no' FROM n, payments p
                """)
            let found = try await differences(desk)
            #expect(found.count == 102 && found.first == "150 differences")
            #expect(found.last == "… and 50 more like the last")
        }
    }

    @Test("a booking that costs something is paid, or noted as to be paid at the counter")
    func unpaid() async throws {
        try await PaymentDesk.run { desk in
            let booking = try await desk.sell()
            let free = try await desk.reserved(order: #""tariffs":[{"name":"free","seats":1}]"#)
            #expect(try await desk.pay(free, nil).status == 200)
            #expect(try await differences(desk) == [])
            try await plant(desk, "UPDATE bookings SET paid_through = 'counter'")
            let both = "\(booking): it is to be paid at the counter, and was paid through the provider"
            #expect(try await differences(desk) == ["1 difference", both])
            try await plant(desk, "DELETE FROM payment_jobs")
            try await plant(desk, "DELETE FROM payments")
            #expect(try await differences(desk) == [])
            #expect(try await desk.audit().contains("to be paid at the counter: 2"))
            for channel: SQL in ["NULL", "'stripe'"] {
                try await plant(desk, "UPDATE bookings SET paid_through = \(sql: channel)")
                #expect(
                    try await differences(desk) == [
                        "1 difference",
                        "\(booking): it costs something, and is neither paid nor to be paid at the counter",
                    ])
            }
        }
    }

    @Test("what is confirmed at the counter is noted so, and what costs nothing is not")
    func counter() async throws {
        try await BoxOffice.run(tariffs: PaymentDesk.tariffs) { office in
            _ = try await office.sell(2)
            let free = try await office.open("usr_2")
            _ = try await office.reserve(free, order: #""tariffs":[{"name":"free","seats":1}]"#, "usr_2")
            #expect(try await office.confirm(free, "usr_2").status == 200)
            let desk = PaymentDesk(office: office, provider: StripeServer())
            defer { desk.provider.stop() }
            #expect(try await desk.audit().contains("to be paid at the counter: 1\n"))
            // Nobody to be asked.
            await #expect(throws: SettingError.self) { try await desk.audit("--provider") }
        }
    }

    @Test("with the provider: what was paid, given back, let go and declined agrees")
    func agrees() async throws {
        try await PaymentDesk.run { desk in
            _ = try await desk.sell()
            _ = try await desk.office.refund(desk.sell())
            let declined = try await desk.reserved()
            _ = try await desk.pay(declined, "pm_card_chargeDeclined")
            _ = try await desk.pay(declined, "pm_none")
            let late = try await desk.reserved("usr_2")
            _ = try await desk.pay(late, "pm_card_authenticationRequired", "usr_2")
            desk.expire()
            try await desk.untilNothingWaits()
            let told = try await desk.audit("--provider")
            #expect(told.contains("compared with the provider: 4 payments; 0 are under way, 1 have no name there\n"))
            #expect(told.hasSuffix("no differences"))
            desk.clock.advance(byMilliseconds: 3 * 86_400_000)
            #expect(
                try await desk.audit("--provider", "--days", "2").contains("compared with the provider: 0 payments;"))
        }
    }

    @Test("with the provider: money given back there by hand, and money it never took, are differences")
    func differs() async throws {
        try await PaymentDesk.run { desk in
            let paid = try await desk.sell()
            let booking = try await desk.sell()
            _ = try await desk.office.refund(booking)
            try await desk.untilNothingWaits()
            // As if the refund had never been asked for, and the other had never been taken.
            try await plant(desk, "DELETE FROM payment_jobs WHERE kind = 'refund'")
            let id = try await desk.payment(paid).json["payment"]?["id"]?.stringValue ?? ""
            desk.provider.settle(id, as: .canceled)
            let found = try await differences(desk, "--provider").filter { $0.contains("by the provider's") }
            #expect(
                found.map { String($0.drop { $0 != ":" }) } == [
                    ": by our books 0 held, 2900 taken, 0 given back (EUR), by the provider's nothing",
                    ": by our books 0 held, 2900 taken, 0 given back (EUR), by the provider's 0 held, 2900 taken, "
                        + "2900 given back (EUR)",
                ])
            #expect(found.first?.hasPrefix("\(id) (\(paid), pi_1)") == true)
        }
    }

    @Test("with the provider: one that does not answer is no agreement, and what is under way is left alone")
    func silent() async throws {
        try await PaymentDesk.run { desk in
            _ = try await desk.sell()
            let other = try await desk.reserved("usr_2")
            _ = try await desk.pay(other, "pm_card_authenticationRequired", "usr_2")
            #expect(try await desk.audit("--provider").contains("1 payments; 1 are under way"))
            for _ in 0..<12 { desk.provider.fail(.retrieve, .cutBefore) }
            let found = try await differences(desk, "--provider")
            #expect(found.first == "1 difference" && found.last?.hasSuffix("unknown: it did not answer") == true)
        }
    }

    @Test(
        "what is no audit is not understood",
        arguments: [
            ["seats"], ["payments", "--days", "3"], ["payments", "--provider", "--days", "0"],
            ["payments", "--all"],
        ])
    func usage(arguments: [String]) async throws {
        try await PaymentDesk.run { desk in
            let command = try #require(BookingService.commands.first { $0.name == "audit" })
            await #expect(throws: UsageError.self) {
                try await command.run(arguments, desk.office.service.running.context)
            }
        }
    }
}
