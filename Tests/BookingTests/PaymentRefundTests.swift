import Auth
import BookingService
import JSON
import Lifecycle
import SQLite
import TestSupport
import Testing

/// What was paid goes back, all of it or ticket by ticket.
@Suite struct PaymentRefundTests {
    private static let plan = [".....", "....."]

    private func refund(_ desk: PaymentDesk, _ booking: String, _ tickets: [String]?) async throws -> Answer {
        let ids = tickets.map { list in #","ticket_ids":[\#(list.map { "\"\($0)\"" }.joined(separator: ","))]"# }
        return try await desk.office.service.post(
            "/v1/bookings/\(booking)/refund", #"{"reason":"The projector broke."\#(ids ?? "")}"#,
            token: desk.office.service.token("usr_9", .admin))
    }

    private func tickets(_ desk: PaymentDesk, _ booking: String) async throws -> [JSONValue] {
        try await desk.office.tickets(of: booking).json["tickets"]?.arrayValue ?? []
    }

    private func counts(_ desk: PaymentDesk) async throws -> JSONValue? {
        try await desk.office.service.get("/v1/sessions/\(BoxOffice.session)/seats").json["counts"]
    }

    @Test("all of it: the booking is cancelled, and the money goes back")
    func whole() async throws {
        try await PaymentDesk.run { desk in
            let booking = try await desk.sell()
            #expect(try await refund(desk, booking, nil).status == 200)
            try await desk.untilNothingWaits()
            #expect(desk.provider.intents.map(\.charged) == [0] && desk.provider.refunds.map(\.amount) == [2_900])
            #expect(try await desk.payment(booking).json["payment"]?["refunded"]?["amount"] == 2_900)
            #expect(try await refund(desk, booking, nil).codes == ["booking_not_confirmed"])
            _ = try await desk.audit()
        }
    }

    @Test("before the money was taken: it is taken, and goes back")
    func early() async throws {
        try await PaymentDesk.run { desk in
            let booking = try await desk.reserved()
            desk.provider.fail(.capture, .failBefore)
            #expect(try await desk.pay(booking).status == 200)
            #expect(try await refund(desk, booking, nil).status == 200)
            try await desk.untilNothingWaits()
            #expect(desk.provider.intents.map(\.charged) == [0] && desk.provider.intents.map(\.held) == [0])
            _ = try await desk.audit()
        }
    }

    @Test("ticket by ticket: the seats are free, the booking keeps the others, the rest goes back with the last")
    func part() async throws {
        try await PaymentDesk.run(seats: Self.plan) { desk in
            let booking = try await desk.sell()
            let sold = try await tickets(desk, booking)
            let ids = sold.compactMap { $0["id"]?.stringValue }
            #expect(sold.map { $0["price"]?["amount"] } == [1_200, 1_200, 500])
            let answer = try await refund(desk, booking, [ids[0]])
            #expect(answer.status == 200 && answer.json["booking"]?["reserved_seats"] == 2)
            #expect(answer.json["booking"]?["cancelled_at"] == .null)
            let left = try await counts(desk)
            #expect(left?["sold"] == 2 && left?["free"] == 8)
            #expect(try await tickets(desk, booking).map { $0["status"] } == ["refunded", "valid", "valid"])
            let seats = try await desk.office.service.get(
                "/v1/bookings/\(booking)", token: desk.office.service.token())
            #expect(BoxOffice.seats(seats).count == 2)
            // Somebody else takes the seat.
            let seat = sold[0]["seat"]?["id"]?.stringValue ?? ""
            let other = try await desk.office.open("usr_2")
            #expect(try await desk.office.pick(other, [seat], "usr_2").status == 200)
            #expect(try await refund(desk, booking, [ids[0]]).codes == ["ticket_refunded"])
            #expect(try await refund(desk, booking, [ids[1], ids[1]]).codes == ["ticket_ids_invalid"])
            #expect(try await refund(desk, booking, ["tkt_9"]).codes == ["ticket_not_found"])
            #expect(try await refund(desk, booking, []).codes == ["ticket_ids_too_short"])
            try await desk.untilNothingWaits()
            #expect(desk.provider.intents.map(\.charged) == [1_700])
            #expect(try await refund(desk, booking, [ids[1], ids[2]]).status == 200)
            try await desk.untilNothingWaits()
            #expect(
                desk.provider.intents.map(\.charged) == [0] && desk.provider.refunds.map(\.amount) == [1_200, 1_700])
            let shown = try await desk.office.service.get("/v1/bookings/\(booking)", token: desk.office.service.token())
            #expect(shown.json["booking"]?["status"] == "cancelled")
            _ = try await desk.audit()
            let trail = try await desk.office.service.get(
                "/v1/bookings/\(booking)/audit", token: desk.office.service.token("usr_9", .admin))
            let entries = trail.json["entries"]?.arrayValue ?? []
            #expect(entries.map { $0["seats_after"] } == [2, 0])
            #expect(entries.map { $0["amount"] } == [1_200, 1_700] && entries.allSatisfy { $0["currency"] == "EUR" })
            let told = entries.map { $0["ticket_ids"]?.arrayValue?.compactMap(\.stringValue) }
            #expect(told == [[ids[0]], [ids[1], ids[2]]])
        }
    }

    @Test("a refund whose answer is lost is made once", arguments: StripeServer.Fault.unanswered)
    func lost(fault: StripeServer.Fault) async throws {
        try await PaymentDesk.run { desk in
            let booking = try await desk.sell()
            desk.provider.fail(.refund, fault, fault, fault, fault)
            #expect(try await refund(desk, booking, nil).status == 200)
            try await desk.untilNothingWaits()
            #expect(desk.provider.refunds.map(\.amount) == [2_900])
        }
    }

    @Test("the schema frees no sold seat whose ticket is good")
    func schema() async throws {
        try await PaymentDesk.run(seats: Self.plan) { desk in
            _ = try await desk.sell()
            for statement: StaticString in [
                "UPDATE reservations SET seats = 2", "DELETE FROM seat_holders", "UPDATE reservations SET seats = 4",
                "UPDATE reservations SET state = 'held'",
            ] {
                await #expect(throws: (any Error).self) {
                    try await desk.office.service.running.context.database.write {
                        try $0.execute("\(raw: statement)")
                    }
                }
            }
        }
    }
}
