import Auth
import BookingService
import JSON
import Lifecycle
import SQLite
import TestSupport
import Testing

/// What operators do about payments, at the command line.
@Suite struct PaymentCommandTests {
    private func run(_ desk: PaymentDesk, _ name: String, _ arguments: String...) async throws -> String {
        let command = try #require(BookingService.commands.first { $0.name == name })
        return try await command.run(arguments, desk.office.service.running.context)
    }

    private func entries(_ desk: PaymentDesk, _ booking: String) async throws -> [JSONValue] {
        let trail = try await desk.office.service.get(
            "/v1/bookings/\(booking)/audit", token: desk.office.service.token("usr_9", .admin))
        return trail.json["entries"]?.arrayValue ?? []
    }

    /// A booking that was given back, and whose refund the provider refused.
    private func refusedRefund(_ desk: PaymentDesk) async throws -> String {
        let booking = try await desk.sell()
        desk.provider.fail(.refund, .refused)
        _ = try await desk.office.refund(booking)
        try await desk.untilNothingWaits()
        #expect(desk.provider.refunds.isEmpty)
        return booking
    }

    @Test("what failed is tried again once, and what is given back is given back once")
    func retry() async throws {
        try await PaymentDesk.run { desk in
            #expect(try await run(desk, "retry-payments") == "Nothing has failed at the payment provider.")
            let booking = try await refusedRefund(desk)
            await #expect(throws: (any Error).self) { try await desk.audit() }
            let told = try await run(desk, "retry-payments")
            #expect(told.hasPrefix("Job ") && told.contains("refund of €29.00 of pay_"))
            #expect(told.hasSuffix(" (\(booking)), waits again."))
            try await desk.untilNothingWaits()
            #expect(desk.provider.refunds.map(\.amount) == [2_900])
            #expect(try await run(desk, "retry-payments") == "Nothing has failed at the payment provider.")
            _ = try await desk.audit()
        }
    }

    @Test("a refund that was made though its answer said no is found, and not made again")
    func found() async throws {
        try await PaymentDesk.run { desk in
            let booking = try await desk.sell()
            desk.provider.fail(.refund, .failAfter)
            _ = try await desk.office.refund(booking)
            for _ in 0..<400 where desk.provider.refunds.isEmpty { try await Task.sleep(for: .milliseconds(5)) }
            // Whatever the worker has made of it by now.
            try await desk.office.service.running.context.database.write {
                try $0.execute("UPDATE payment_jobs SET state = 'failed', attempts = 1 WHERE kind = 'refund'")
            }
            #expect(try await run(desk, "retry-payments").hasSuffix("waits again."))
            try await desk.untilNothingWaits()
            #expect(desk.provider.refunds.map(\.amount) == [2_900] && desk.provider.intents.map(\.charged) == [0])
        }
    }

    @Test("what would give back more than was paid stays as it is, and is said")
    func tooMuch() async throws {
        try await PaymentDesk.run { desk in
            _ = try await refusedRefund(desk)
            try await desk.office.service.running.context.database.write {
                try $0.execute(
                    """
                    INSERT INTO payment_jobs (payment_id, kind, amount, state, next_at, created_at)
                    SELECT payment_id, kind, 1, 'done', 0, 0 FROM payment_jobs WHERE state = 'failed'
                    """)
            }
            let told = try await run(desk, "retry-payments")
            #expect(told.contains("does not: more would go back than was paid"))
            #expect(try desk.waiting() == 0 && desk.provider.refunds.isEmpty)
        }
    }

    @Test("what an operator did by hand is over, and the audit trail says who says so and why")
    func settled() async throws {
        try await PaymentDesk.run { desk in
            let booking = try await refusedRefund(desk)
            let number = try desk.office.service.running.context.database.read {
                try $0.first("SELECT id FROM payment_jobs WHERE state = 'failed'") { try $0.int(0) } ?? 0
            }
            let told = try await run(desk, "settle-payment", "\(number)", "--because", "Paid in cash.", "--by", "Ada")
            #expect(
                told.contains("refund of €29.00")
                    && told.hasSuffix("is settled: Paid in cash. (Ada, at the command line)"))
            #expect(try await desk.payment(booking).json["payment"]?["refunded"]?["amount"] == 2_900)
            let entry = try await entries(desk, booking).last
            #expect(entry?["action"] == "settle_payment" && entry?["actor_id"] == .null)
            #expect(entry?["reason"] == "Paid in cash. (Ada, at the command line)")
            #expect(entry?["status_before"] == "cancelled" && entry?["status_after"] == "cancelled")
            _ = try await desk.audit()
            for arguments in [["\(number)", "--because", "Again."], ["999", "--because", "Why not."]] {
                await #expect(throws: SettingError.self) {
                    try await run(desk, "settle-payment", arguments[0], arguments[1], arguments[2])
                }
            }
            #expect(try await entries(desk, booking).count == 2, "what was refused is no entry")
            #expect(desk.provider.refunds.isEmpty)
        }
    }

    @Test("a capture, and a payment nobody has heard of, end as if the provider had said so")
    func others() async throws {
        try await PaymentDesk.run { desk in
            desk.provider.fail(.capture, .cutBefore, .cutBefore, .cutBefore, .cutBefore, .cutBefore, .cutBefore)
            let paid = try await desk.reserved()
            #expect(try await desk.pay(paid).status == 200)
            let unheard = try await desk.reserved("usr_2")
            for _ in 0..<6 { desk.provider.fail(.create, .cutBefore) }
            #expect(try await desk.pay(unheard, "pm_card_visa", "usr_2").status == 503)
            func number(_ kind: String) throws -> String {
                let id = try desk.office.service.running.context.database.read {
                    try $0.first("SELECT id FROM payment_jobs WHERE kind = \(kind) AND state = 'waiting'") {
                        try $0.int(0)
                    }
                }
                return "\(id ?? 0)"
            }
            let open = try number("settle")
            await #expect(throws: SettingError.self, "its customer may pay it still") {
                try await run(desk, "settle-payment", open, "--because", "Too early.")
            }
            _ = try await run(desk, "settle-payment", number("capture"), "--because", "Captured by hand.")
            #expect(try await desk.state(paid) == "captured")
            // The worker may be asking just then: what it hears late is let go all the same.
            desk.provider.recover()
            desk.provider.fail(.create, .holdBefore)
            desk.expire()
            _ = try await run(desk, "settle-payment", open, "--because", "It is not in the dashboard.")
            desk.provider.recover()
            try await desk.untilNothingWaits()
            #expect(
                desk.provider.intents.filter { $0.booking == unheard }.allSatisfy { $0.held == 0 && $0.charged == 0 })
            #expect(try await desk.payment(unheard, "usr_2").json["payment"]?["state"] == "voided")
            _ = try await desk.audit()
        }
    }

    @Test(
        "a command line that says too little, or too much, is not understood",
        arguments: [
            [], ["7"], ["seven", "--because", "x"], ["7", "--because", ""], ["7", "--because", "a\u{7}b"],
            ["7", "--because", String(repeating: "x", count: 401)], ["7", "8", "--because", "x"],
        ])
    func usage(arguments: [String]) async throws {
        try await PaymentDesk.run { desk in
            let command = try #require(BookingService.commands.first { $0.name == "settle-payment" })
            await #expect(throws: UsageError.self) {
                try await command.run(arguments, desk.office.service.running.context)
            }
        }
    }
}
