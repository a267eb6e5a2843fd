import Auth
import BookingService
import Glibc
import JSON
import Lifecycle
import SQLite
import Synchronization
import Telemetry
import TestSupport
import Testing

/// What keeps a payment from going where it should not.
@Suite struct PaymentGuardTests {
    @Test("a provider that does not take our key: nothing is charged, and the customer may try again")
    func denied() async throws {
        try await PaymentDesk.run { desk in
            let booking = try await desk.reserved()
            desk.provider.fail(.create, .denied)
            let answer = try await desk.pay(booking)
            #expect(answer.status == 503 && answer.codes == ["payment_unavailable"])
            #expect(answer.header("retry-after") == "60")
            #expect(try await desk.state(booking) == "declined")
            #expect(
                try await desk.office.reserve(booking, order: #""tariffs":[{"name":"full","seats":1}]"#).status == 200)
            #expect(try await desk.pay(booking, "pm_card_mastercard").status == 200)
            desk.expire()
            try await desk.untilNothingWaits()
            #expect(desk.provider.intents.map(\.charged) == [1_200])
            _ = try await desk.audit()
        }
    }

    @Test("what was asked for before the key was taken away goes on, and is let go once the booking closes")
    func deniedLater() async throws {
        try await PaymentDesk.run { desk in
            let known = try await desk.reserved()
            desk.provider.fail(.create, of: known, .failAfter)
            #expect(try await desk.pay(known).codes == ["payment_unanswered"])
            desk.provider.fail(.create, of: known, .denied)
            #expect(try await desk.pay(known).codes == ["payment_unavailable"])
            #expect(try await desk.state(known) == "authorizing")
            // Held by the first attempt of a question whose second is not let through.
            let unknown = try await desk.reserved()
            desk.provider.fail(.create, of: unknown, .cutAfter, .denied)
            #expect(try await desk.pay(unknown).codes == ["payment_unavailable"])
            #expect(desk.provider.intents.map(\.held) == [2_900, 2_900])
            desk.provider.fail(.list, .denied, .denied)
            desk.expire()
            try await desk.untilNothingWaits()
            #expect(desk.provider.intents.map(\.held) == [0, 0] && desk.provider.intents.map(\.charged) == [0, 0])
            _ = try await desk.audit()
        }
    }

    @Test("a payment of another amount than the booking costs does not confirm it, and is let go")
    func otherAmount() async throws {
        try await PaymentDesk.run(balances: false) { desk in
            let booking = try await desk.reserved()
            #expect(try await desk.pay(booking, "pm_card_authenticationRequired").status == 402)
            try await desk.change("UPDATE booking_lines SET amount = amount + 100 WHERE amount = 500")
            let payment = try await desk.payment(booking).json["payment"]?["id"]?.stringValue ?? ""
            desk.provider.settle(payment, as: .requiresCapture)
            #expect(try await desk.pay(booking, nil).codes == ["payment_declined"])
            try await desk.untilNothingWaits()
            #expect(desk.provider.intents.map(\.held) == [0] && desk.provider.intents.map(\.charged) == [0])
            #expect(try await desk.state(booking) == "voided")
            #expect(try desk.count("SELECT count(*) FROM bookings WHERE confirmed_at IS NOT NULL") == 0)
        }
    }

    @Test("a booking that gets its price while it is confirmed without one is not confirmed")
    func pricedMeanwhile() async throws {
        try await PaymentDesk.run(balances: false) { desk in
            let booking = try await desk.reserved(order: #""tariffs":[{"name":"free","seats":1}]"#)
            let database = desk.office.service.running.context.database
            // The confirmation has looked at the price by the time that it may write.
            async let change: Void = database.write { transaction in
                try transaction.execute("UPDATE booking_lines SET amount = 700")
                usleep(500_000)
            }
            try await Task.sleep(for: .milliseconds(100))
            #expect(try await desk.pay(booking, nil).codes == ["payment_required"])
            try await change
            #expect(try desk.count("SELECT count(*) FROM bookings WHERE confirmed_at IS NOT NULL") == 0)
            #expect(try await desk.pay(booking).status == 200)
        }
    }

    @Test("no more goes back than is left of what was paid")
    func noMoreThanLeft() async throws {
        try await PaymentDesk.run { desk in
            let booking = try await desk.sell()
            try await desk.change(
                """
                INSERT INTO payment_jobs (payment_id, kind, amount, state, next_at, created_at)
                SELECT id, 'refund', 2500, 'done', 0, 0 FROM payments
                """)
            let tickets = try await desk.office.tickets(of: booking).json["tickets"]?.arrayValue ?? []
            let full = try #require(tickets.first { $0["price"]?["amount"] == 1_200 }?["id"]?.stringValue)
            let answer = try await desk.office.service.post(
                "/v1/bookings/\(booking)/refund", #"{"reason":"Rain.","ticket_ids":["\#(full)"]}"#,
                token: desk.office.service.token("usr_9", .admin))
            #expect(answer.status == 200)
            try await desk.untilNothingWaits()
            #expect(desk.provider.refunds.map(\.amount) == [400])
        }
    }

    @Test("what the database does not take is done again and again, charges once, and is said in one line of the log")
    func notWritten() async throws {
        let lines = Mutex<[String]>([])
        let log = Logger(service: "booking") { line in
            lines.withLock { $0.append(String(decoding: line, as: UTF8.self)) }
        }
        try await PaymentDesk.run(log: log) { desk in
            let booking = try await desk.reserved()
            desk.provider.fail(.capture, .holdBefore)
            #expect(try await desk.pay(booking).status == 200)
            await eventually { desk.provider.isHolding }
            try await desk.change(
                """
                CREATE TRIGGER refuse BEFORE UPDATE ON payment_jobs BEGIN SELECT RAISE(ABORT, 'not now'); END
                """)
            desk.provider.recover()
            for _ in 0..<1_200 where desk.provider.asked.count < 8 {
                try await Task.sleep(for: .milliseconds(25))
                desk.clock.advance(byMilliseconds: 250)
            }
            #expect(desk.provider.asked.count >= 8)
            let failed = lines.withLock { $0.filter { $0.contains(#""event":"payment_job_failed""#) } }
            #expect(failed.count == 1 && failed.first?.contains("not now") == true, "\(failed)")
            try await desk.change("DROP TRIGGER refuse")
            try await desk.untilNothingWaits()
            #expect(desk.provider.intents.map(\.charged) == [2_900])
        }
    }

    @Test("who waits for a payment to be settled is told when the booking closes")
    func comeBack() async throws {
        try await PaymentDesk.run { desk in
            let booking = try await desk.reserved()
            #expect(try await desk.pay(booking, "pm_card_authenticationRequired").status == 402)
            desk.clock.advance(byMilliseconds: 20_500)
            for answer in [
                try await desk.office.reserve(booking, 1), try await desk.office.cancel(booking),
                try await desk.pay(booking),
            ] {
                #expect(answer.codes == ["payment_in_progress"] && answer.header("retry-after") == "40")
            }
        }
    }

    @Test("a language that was asked for is the mail's, whatever is approved in between; a later one counts instead")
    func language() async throws {
        try await PaymentDesk.run { desk in
            for (later, language) in [("{}", "en"), (#"{"language":null}"#, "en"), (#"{"language":"fr"}"#, "fr")] {
                let booking = try await desk.reserved()
                let body = #"{"payment_method":"pm_card_authenticationRequired","language":"en"}"#
                let target = "/v1/bookings/\(booking)/confirm"
                let token = desk.office.service.token()
                #expect(try await desk.office.service.post(target, body, token: token).status == 402)
                let payment = try await desk.payment(booking).json["payment"]?["id"]?.stringValue ?? ""
                desk.provider.settle(payment, as: .requiresCapture)
                let answer = try await desk.office.service.post(
                    target, later, token: token, headers: [("Accept-Language", "fr")])
                #expect(answer.status == 200)
                let noted = try desk.office.service.running.context.database.read { connection in
                    try connection.first("SELECT language FROM bookings ORDER BY id DESC LIMIT 1") { try $0.text(0) }
                }
                #expect(noted == language, "\(later)")
            }
        }
    }
}
