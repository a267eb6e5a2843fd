import Auth
import BookingService
import JSON
import Lifecycle
import SQLite
import TestSupport
import Testing

/// Refunds that a bank takes its time for, or does not want, and those of a restored copy.
@Suite struct RefundFollowingTests {
    private func refund(_ desk: PaymentDesk, _ booking: String, tickets count: Int? = nil) async throws {
        var body = #"{"reason":"The projector broke."}"#
        if let count {
            let tickets = try await desk.office.tickets(of: booking).json["tickets"]?.arrayValue ?? []
            let good = tickets.filter { $0["status"] == "valid" }.compactMap { $0["id"]?.stringValue }
            let ids = good.prefix(count).map { "\"\($0)\"" }.joined(separator: ",")
            body = #"{"reason":"The projector broke.","ticket_ids":[\#(ids)]}"#
        }
        let answer = try await desk.office.service.post(
            "/v1/bookings/\(booking)/refund", body, token: desk.office.service.token("usr_9", .admin))
        #expect(answer.status == 200)
    }

    /// Time passes until a query counts so many.
    private func until(_ desk: PaymentDesk, _ query: SQL, is count: Int64) async throws {
        for _ in 0..<400 {
            if try desk.count(query) == count { return }
            try await Task.sleep(for: .milliseconds(25))
            desk.clock.advance(byMilliseconds: 25)
        }
        Issue.record("\(try desk.count(query)) in place of \(count)")
    }

    private static let pending: SQL =
        "SELECT count(*) FROM payment_jobs WHERE kind = 'refund' AND state = 'waiting' AND refund IS NOT NULL"
    private static let failed: SQL =
        "SELECT count(*) FROM payment_jobs WHERE state = 'failed' AND last_error = 'expired_or_canceled_card'"
    private static let done: SQL = "SELECT count(*) FROM payment_jobs WHERE kind = 'refund' AND state = 'done'"

    @Test(
        "a refund that takes the bank days is looked at until it is done, now and then; another one does not wait for it"
    )
    func pending() async throws {
        try await PaymentDesk.run { desk in
            let booking = try await desk.sell()
            desk.provider.fail(.refund, .pending)
            try await refund(desk, booking, tickets: 1)
            try await until(desk, Self.pending, is: 1)
            try await refund(desk, booking, tickets: 1)
            try await until(desk, Self.done, is: 1)
            await eventually {
                desk.metrics.contains("payment_refunds_pending 1\n")
                    && desk.metrics.contains("payment_jobs_waiting 0\n")
            }
            #expect(desk.metrics.contains("payment_refunds_pending 1\n"))
            // A day and a half in steps of ten minutes: the longer it takes, the rarer it is looked at.
            let before = desk.provider.asked.count
            for _ in 0..<216 {
                desk.clock.advance(byMilliseconds: 600_000)
                try await Task.sleep(for: .milliseconds(5))
            }
            #expect((1...20).contains(desk.provider.asked.count - before), "\(desk.provider.asked)")
            #expect(desk.provider.asked.filter { $0 == .refund }.count == 2)
            desk.provider.settle(refund: "re_1", as: .succeeded)
            desk.clock.advance(byMilliseconds: 21_600_000)
            try await until(desk, Self.done, is: 2)
            #expect(desk.provider.refunds.map(\.amount) == [1_200, 1_200])
            _ = try await desk.audit()
        }
    }

    @Test("a refund that the bank does not want needs a person, at once or after days", arguments: [true, false])
    func fails(isTold: Bool) async throws {
        try await PaymentDesk.run { desk in
            let booking = try await desk.sell()
            desk.provider.fail(.refund, .pending)
            try await refund(desk, booking)
            try await until(desk, Self.pending, is: 1)
            desk.provider.settle(refund: "re_1", as: .failed)
            if isTold {
                for event in desk.provider.events { #expect(try await desk.tell(event).status == 200) }
            } else {
                desk.clock.advance(byMilliseconds: 120_000)
            }
            try await until(desk, Self.failed, is: 1)
            await eventually { desk.metrics.contains("payment_jobs_failed 1\n") }
            #expect(desk.metrics.contains("payment_jobs_failed 1\n"))
            #expect(try await desk.payment(booking).json["payment"]?["refunded"]?["amount"] == 0)
            await #expect(throws: (any Error).self) { try await desk.audit() }
            #expect(desk.provider.asked.filter { $0 == .refund }.count == 1)
            // A person has it tried again: something new is asked for.
            try await desk.office.service.running.context.database.write {
                try $0.execute("UPDATE payment_jobs SET state = 'waiting' WHERE state = 'failed'")
            }
            try await desk.untilNothingWaits()
            #expect(desk.provider.intents.map(\.charged) == [0] && desk.provider.refunds.count == 2)
        }
    }

    @Test("a refund that succeeded and comes back all the same is noticed when it is told")
    func comesBack() async throws {
        try await PaymentDesk.run { desk in
            let booking = try await desk.sell()
            try await refund(desk, booking)
            try await desk.untilNothingWaits()
            desk.provider.settle(refund: "re_1", as: .failed)
            for event in desk.provider.events { #expect(try await desk.tell(event).status == 200) }
            try await until(desk, Self.failed, is: 1)
            // Told again it changes nothing.
            for event in desk.provider.events { #expect(try await desk.tell(event).status == 200) }
            #expect(try desk.count(Self.failed) == 1 && desk.provider.refunds.count == 1)
        }
    }

    @Test("a refund of a copy that was restored, made since, is not made again after the provider forgot its key")
    func restored() async throws {
        try await PaymentDesk.run { desk in
            let booking = try await desk.sell()
            desk.provider.fail(.list, .holdBefore)
            try await refund(desk, booking, tickets: 1)
            await eventually { desk.provider.isHolding }
            let copy = temporaryPath("booking.db")
            try Database.copy(desk.office.service.databasePath, to: copy, migrations: BookingService.migrations)
            desk.provider.recover()
            try await desk.untilNothingWaits()
            #expect(desk.provider.refunds.map(\.amount) == [1_200])
            await desk.office.service.stop()
            desk.clock.advance(byMilliseconds: 90_000_000)
            desk.provider.forgetKeys()
            let path = temporaryPath("booking.db")
            #expect(try Database.restore(copy, to: path, migrations: BookingService.migrations) == nil)
            let service = try await ServiceUnderTest(
                BookingService.self, clock: desk.clock, databasePath: path, settings: desk.office.settings)
            func waiting() throws -> Int64? {
                try service.running.context.database.read { connection in
                    try connection.first("SELECT count(*) FROM payment_jobs WHERE state = 'waiting'") { try $0.int(0) }
                }
            }
            #expect(try waiting() == 1)
            for _ in 0..<400 where try waiting() != 0 { try await Task.sleep(for: .milliseconds(25)) }
            #expect(try waiting() == 0)
            #expect(desk.provider.refunds.map(\.amount) == [1_200])
            await service.stop()
        }
    }
}
