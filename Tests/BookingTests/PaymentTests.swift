import Auth
import BookingService
import JSON
import TestSupport
import Testing

/// A booking is paid for through a provider.
@Suite struct PaymentTests {
    @Test("money is held, the booking confirmed, the money taken")
    func theWay() async throws {
        try await PaymentDesk.run { desk in
            let booking = try await desk.reserved()
            let answer = try await desk.pay(booking)
            #expect(answer.status == 200)
            #expect(answer.json["booking"]?["confirmed_at"]?.stringValue != nil)
            #expect(answer.json["booking"]?["total"]?["amount"] == 2_900)
            try await desk.untilNothingWaits()
            let payment = try await desk.payment(booking).json["payment"]
            #expect(payment?["state"] == "captured" && payment?["total"] == ["amount": 2_900, "currency": "EUR"])
            #expect(payment?["refunded"]?["amount"] == 0 && payment?["client_secret"] == .null)
            #expect(desk.provider.intents.map(\.charged) == [2_900])
            #expect(desk.provider.intents[0].booking == booking && desk.provider.intents[0].currency == "eur")
            #expect(desk.provider.asked == [.create, .capture] && desk.provider.wrong == [])
            #expect(try await desk.pay(booking).codes == ["booking_confirmed"])
            #expect(try await desk.audit().hasPrefix("payments: 1 captured\n"))
            let tickets = try await desk.office.tickets(of: booking).json["tickets"]?.arrayValue ?? []
            #expect(tickets.map { $0["due"] } == [.null, .null, .null], "it is paid")
        }
    }

    @Test("what the bank wants of the customer is done, and confirming again goes on", arguments: [true, false])
    func action(succeeds: Bool) async throws {
        try await PaymentDesk.run { desk in
            let booking = try await desk.reserved()
            let answer = try await desk.pay(booking, "pm_card_authenticationRequired")
            #expect(answer.status == 402 && answer.codes == ["payment_action_required"])
            let payment = try await desk.payment(booking).json["payment"]
            #expect(payment?["state"] == "action_required" && payment?["client_secret"] == "pi_1_secret_1")
            let staff = try await desk.office.service.get(
                "/v1/bookings/\(booking)/payment", token: desk.office.service.token("usr_8", .staff))
            #expect(staff.status == 200 && staff.json["payment"]?["client_secret"] == .null)
            #expect(try await desk.office.reserve(booking, 1).codes == ["payment_in_progress"])
            #expect(try await desk.office.cancel(booking).codes == ["payment_in_progress"])
            let byAdmin = try await desk.office.service.post(
                "/v1/bookings/\(booking)/cancel", #"{"reason":"Asked by phone."}"#,
                token: desk.office.service.token("usr_9", .admin))
            #expect(byAdmin.codes == ["payment_in_progress"] && byAdmin.header("retry-after") == "60")
            #expect(try await desk.pay(booking, "pm_card_visa").codes == ["payment_in_progress"])
            #expect(try await desk.pay(booking, nil).codes == ["payment_action_required"])
            let id = payment?["id"]?.stringValue ?? ""
            desk.provider.settle(id, as: succeeds ? .requiresCapture : .requiresPaymentMethod)
            #expect(try await desk.pay(booking, nil).codes == (succeeds ? [] : ["payment_declined"]))
            #expect(try await desk.office.reserve(booking, 1).status == (succeeds ? 409 : 200))
            if !succeeds { #expect(try await desk.office.cancel(booking).status == 200) }
            try await desk.untilNothingWaits()
            #expect(desk.provider.intents.map(\.charged) == [succeeds ? 2_900 : 0])
            #expect(desk.provider.intents.map(\.held) == [0])
            _ = try await desk.audit()
        }
    }

    @Test("a customer who goes away is not charged, whatever was asked for", arguments: StripeServer.Fault.unanswered)
    func goesAway(fault: StripeServer.Fault) async throws {
        try await PaymentDesk.run { desk in
            let booking = try await desk.reserved()
            desk.provider.fail(.create, fault, fault, fault)
            let answer = try await desk.pay(booking)
            #expect(answer.status == 503 && answer.codes == ["payment_unanswered"])
            #expect(answer.header("retry-after") != nil)
            #expect(try await desk.state(booking) == "authorizing")
            desk.provider.recover()
            desk.expire()
            #expect(try await desk.pay(booking).codes == ["booking_expired"])
            try await desk.untilNothingWaits()
            #expect(desk.provider.intents.allSatisfy { $0.charged == 0 && $0.held == 0 })
            #expect(try await desk.state(booking) == "voided")
            #expect(try await desk.audit().contains("to be done at the provider: 0"))
        }
    }

    @Test("a booking that is over is not paid for any more: what the provider has never heard is not asked for again")
    func askedForNoMore() async throws {
        try await PaymentDesk.run { desk in
            let booking = try await desk.reserved()
            desk.provider.fail(.create, .cutBefore, .cutBefore, .cutBefore)
            #expect(try await desk.pay(booking).status == 503)
            desk.provider.recover()
            desk.clock.advance(byMilliseconds: 61_000)
            await eventually { desk.provider.asked.contains(.list) }
            // What was asked for at the last moment may not be listed yet.
            #expect(try await desk.state(booking) == "authorizing")
            desk.expire()
            try await desk.untilNothingWaits()
            #expect(try await desk.state(booking) == "voided")
            #expect(desk.provider.intents.isEmpty && desk.provider.asked.filter { $0 == .list }.count == 2)
            _ = try await desk.audit()
        }
    }

    @Test("money that was asked for at the last moment and is held after all is let go, whoever tells of it")
    func heldLate() async throws {
        try await PaymentDesk.run { desk in
            let booking = try await desk.reserved()
            desk.provider.fail(.create, .cutAfter, .cutBefore, .cutBefore)
            desk.provider.fail(.list, .hidden, .hidden)
            #expect(try await desk.pay(booking).status == 503)
            desk.expire()
            try await desk.untilNothingWaits()
            #expect(try await desk.state(booking) == "voided" && desk.provider.intents.map(\.held) == [2_900])
            for event in desk.provider.events { #expect(try await desk.tell(event).status == 200) }
            try await desk.untilNothingWaits()
            #expect(desk.provider.intents.map(\.held) == [0] && desk.provider.intents.map(\.charged) == [0])
            _ = try await desk.audit()
        }
    }

    @Test("confirming again goes on where the answer was lost, and charges once")
    func lostAnswer() async throws {
        try await PaymentDesk.run { desk in
            let booking = try await desk.reserved()
            desk.provider.fail(.create, .cutAfter, .cutBefore, .cutBefore)
            #expect(try await desk.pay(booking, key: "k").status == 503)
            #expect(try await desk.pay(booking, key: "k").status == 200)
            let replayed = try await desk.pay(booking, key: "k")
            #expect(replayed.status == 200 && replayed.header("idempotent-replayed") == "true")
            try await desk.untilNothingWaits()
            #expect(desk.provider.intents.map(\.charged) == [2_900])
        }
    }

    @Test("under one key a customer goes on after the bank has its way: what was wanted of him is not said again")
    func sameKey() async throws {
        try await PaymentDesk.run { desk in
            let method = "pm_card_authenticationRequired"
            let booking = try await desk.reserved()
            #expect(try await desk.pay(booking, nil, key: "none").codes == ["payment_required"])
            for _ in 0..<2 {
                let wanted = try await desk.pay(booking, method, key: "k")
                #expect(wanted.codes == ["payment_action_required"] && wanted.header("idempotent-replayed") == nil)
            }
            let other = try await desk.pay(booking, key: "other")
            #expect(other.codes == ["payment_in_progress"] && other.header("retry-after") == "60")
            let first = try await desk.payment(booking).json["payment"]?["id"]?.stringValue ?? ""
            desk.provider.settle(first, as: .requiresPaymentMethod)
            #expect(try await desk.pay(booking, method, key: "k").codes == ["payment_declined"])
            #expect(try await desk.pay(booking, method, key: "k").codes == ["payment_action_required"])
            let second = try await desk.payment(booking).json["payment"]?["id"]?.stringValue ?? ""
            desk.provider.settle(second, as: .requiresCapture)
            let paid = try await desk.pay(booking, method, key: "k")
            #expect(paid.status == 200 && paid.header("idempotent-replayed") == nil)
            let again = try await desk.pay(booking, method, key: "k")
            #expect(again.status == 200 && again.body == paid.body && again.header("idempotent-replayed") == "true")
            for key in ["other", "none"] {
                #expect(
                    try await desk.pay(booking, key == "other" ? "pm_card_visa" : nil, key: key).codes == [
                        "booking_confirmed"
                    ])
            }
            try await desk.untilNothingWaits()
            #expect(desk.provider.intents.map(\.charged) == [0, 2_900])
        }
    }

    @Test("answers that hold codes or secrets are kept by nobody on their way, replays and refusals too")
    func keptByNobody() async throws {
        try await PaymentDesk.run { desk in
            let booking = try await desk.sell()
            let (service, token) = (desk.office.service, desk.office.service.token())
            let id = try await desk.office.tickets(of: booking).json["tickets"]?.arrayValue?.first?["id"]?.stringValue
            let tickets = "/v1/bookings/\(booking)/tickets"
            let ticket = "\(tickets)/\(id ?? "none")"
            var answers = [try await desk.payment(booking), try await desk.payment(booking, "usr_2")]
            for target in [tickets, "\(tickets).pdf", "\(ticket).svg"] {
                answers.append(try await service.get(target, token: token))
            }
            for _ in 0..<2 {
                answers.append(
                    try await service.post("\(ticket)/reissue", token: token, headers: [("Idempotency-Key", "r")]))
            }
            #expect(answers.map(\.status) == [200, 404, 200, 200, 200, 200, 200])
            #expect(answers.allSatisfy { $0.header("cache-control") == "private, no-store" })
            #expect(answers.last?.header("idempotent-replayed") == "true")
        }
    }
}

extension StripeServer.Fault {
    static let unanswered: [StripeServer.Fault] = [.failBefore, .failAfter, .cutBefore, .cutAfter]
}
