import Auth
import BookingService
import JSON
import SQLite
import TestSupport
import Testing
import Time
import TypedID

@Suite struct PriceTests {
    private static let tariffs = """
        [{"name":"full","price":{"amount":1250,"currency":"EUR"},"condition":""},
        {"name":"child","price":{"amount":600,"currency":"EUR"},"condition":"Under 14."}]
        """

    private static let eur = JSONValue.string("EUR")

    private func line(_ tariff: String, _ price: Int64, _ seats: Int64) -> JSONValue {
        [
            "tariff": .string(tariff), "price": ["amount": .integer(price), "currency": "EUR"],
            "seats": .integer(seats), "amount": .integer(price * seats),
        ]
    }

    private func total(_ amount: Int64) -> JSONValue { ["amount": .integer(amount), "currency": "EUR"] }

    @Test("without a word on tariffs all seats go at the first, and every answer about the booking says what they cost")
    func first() async throws {
        try await BoxOffice.run(tariffs: Self.tariffs) { box async throws in
            let id = try await box.open()
            let (lines, total): (JSONValue, JSONValue) = ([line("full", 1250, 2)], total(2500))
            let reserved = try await box.reserve(id, 2)
            #expect(reserved.status == 200)
            let confirmed = try await box.confirm(id)
            let shown = try await box.service.get("/v1/bookings/\(id)", token: box.service.token("usr_1"))
            for answer in [reserved, confirmed, shown, try await box.refund(id)] {
                #expect(answer.json["booking"]?["lines"] == lines && answer.json["booking"]?["total"] == total)
            }
            let listed = try await box.list().json["bookings"]?.arrayValue?.first
            #expect(listed?["lines"] == lines && listed?["total"] == total)
            let all = try await box.service.get("/v1/bookings?scope=all", token: box.service.token("usr_9", .admin))
            #expect(all.json["bookings"]?.arrayValue?.first?["total"] == total)
        }
    }

    @Test("seats are counted by tariff, alone or beside a count that agrees; the tickets cost what the lines say")
    func shares() async throws {
        try await BoxOffice.run(seats: ["...."], tariffs: Self.tariffs) { box async throws in
            let id = try await box.open()
            let shares = #""tariffs":[{"name":"child","seats":2},{"name":"full","seats":1}]"#
            for order in [shares, #"\#(shares),"seats":3"#, #"\#(shares),"seat_ids":["sea_1","sea_2","sea_3"]"#] {
                let booking = try await box.reserve(id, order: order).json["booking"]
                #expect(booking?["reserved_seats"] == 3 && booking?["seats"]?.arrayValue?.count == 3)
                #expect(booking?["lines"] == [line("child", 600, 2), line("full", 1250, 1)])
                #expect(booking?["total"] == total(2450))
            }
            _ = try await box.confirm(id)
            let tickets = try await box.tickets(of: id).json["tickets"]?.arrayValue ?? []
            #expect(tickets.compactMap { $0["seat"]?["id"]?.stringValue } == ["sea_1", "sea_2", "sea_3"])
            #expect(tickets.compactMap { $0["tariff"]?.stringValue } == ["child", "child", "full"])
            #expect(tickets.compactMap { $0["price"]?["amount"]?.integerValue } == [600, 600, 1250])
            #expect(tickets.allSatisfy { $0["price"]?["currency"] == Self.eur })
        }
    }

    @Test("each reserve replaces the lines whole; a refused one leaves them")
    func replaced() async throws {
        try await BoxOffice.run(allocation: 4, tariffs: Self.tariffs) { box async throws in
            let id = try await box.open()
            _ = try await box.reserve(id, order: #""tariffs":[{"name":"child","seats":2},{"name":"full","seats":2}]"#)
            #expect(
                try await box.reserve(id, order: #""tariffs":[{"name":"full","seats":5}]"#).codes == [
                    "not_enough_seats"
                ])
            let kept = try await box.service.get("/v1/bookings/\(id)", token: box.service.token("usr_1"))
            #expect(kept.json["booking"]?["total"] == total(3700))
            let fewer = try await box.reserve(id, order: #""tariffs":[{"name":"child","seats":1}]"#)
            #expect(fewer.json["booking"]?["lines"] == [line("child", 600, 1)])
            let cancelled = try await box.cancel(id).json["booking"]
            #expect(cancelled?["total"] == total(600), "what it would have cost")
        }
    }

    @Test("tariffs that are unknown, named twice, empty or of another number of seats are refused, and nothing changes")
    func refused() async throws {
        try await BoxOffice.run(seats: ["...."], tariffs: Self.tariffs) { box async throws in
            let id = try await box.open()
            let refusals = [
                (#""tariffs":[{"name":"student","seats":1}]"#, "tariff_unknown"),
                (#""tariffs":[{"name":"Full","seats":1}]"#, "tariff_unknown"),
                (#""tariffs":[{"name":"full","seats":1}],"seats":2"#, "tariffs_invalid"),
                (#""tariffs":[{"name":"full","seats":1}],"seat_ids":["sea_1","sea_2"]"#, "tariffs_invalid"),
                (#""tariffs":[{"name":"full","seats":1},{"name":"full","seats":1}]"#, "tariffs_invalid"),
                (#""tariffs":{}"#, "tariffs_invalid"), (#""tariffs":[]"#, "tariffs_too_short"),
                (#""tariffs":[7]"#, "tariffs_invalid"), (#""tariffs":[{"seats":1}]"#, "tariffs_name_missing"),
                (#""tariffs":[{"name":"full","seats":0}]"#, "tariffs_seats_out_of_range"),
                (#""tariffs":[{"name":"full","seats":1.5}]"#, "tariffs_seats_invalid"),
                (#""tariffs":null"#, "seats_missing"),
            ]
            for (order, code) in refusals {
                let answer = try await box.reserve(id, order: order)
                #expect(answer.status == 422 && answer.codes == [code], "\(order)")
            }
            let many = try await box.reserve(
                id, order: #""tariffs":[{"name":"full","seats":1e40},{"name":"child","seats":9007199254740992}]"#)
            #expect(
                many.json["errors"]?.arrayValue?.compactMap { $0["message"]?.stringValue } == [
                    "The tariffs[0].seats must be from 1 to 9007199254740991.",
                    "The tariffs[1].seats must be from 1 to 9007199254740991.",
                ])
            // A price of so many would be more than a number can hold.
            #expect(try await box.reserve(id, 9_007_199_254_740_991).codes == ["not_enough_seats"])
            let shown = try await box.service.get("/v1/bookings/\(id)", token: box.service.token("usr_1"))
            #expect(shown.json["booking"]?["reserved_seats"] == 0 && shown.json["booking"]?["lines"] == nil)
        }
    }

    @Test("without prices no answer has lines or a total, and no tariff is known")
    func unpriced() async throws {
        for tariffs in [nil, "[]", "null"] {
            try await BoxOffice.run(tariffs: tariffs) { box async throws in
                let id = try await box.open()
                #expect(
                    try await box.reserve(id, order: #""tariffs":[{"name":"full","seats":1}]"#).codes
                        == ["tariff_unknown"])
                for answer in [try await box.reserve(id, 2), try await box.confirm(id), try await box.refund(id)] {
                    #expect(answer.status == 200)
                    #expect(answer.json["booking"]?["lines"] == nil && answer.json["booking"]?["total"] == nil)
                }
            }
        }
    }

    @Test("a session whose prices cannot be read whole is not sold, rather than at the wrong price")
    func unreadable() async throws {
        for tariffs in [
            "7", "[7]", #"[{"name":"full","price":{"amount":-1,"currency":"EUR"},"condition":""}]"#,
            #"[{"name":"full","price":{"amount":1000000001,"currency":"EUR"},"condition":""}]"#,
            #"[{"name":"full","price":{"amount":1,"currency":"eur"},"condition":""}]"#,
            """
            [{"name":"a","price":{"amount":1,"currency":"EUR"},"condition":""},
            {"name":"b","price":{"amount":1,"currency":"USD"},"condition":""}]
            """,
        ] {
            try await BoxOffice.run(tariffs: tariffs) { box async throws in
                #expect(try await box.book().status == 503, "\(tariffs)")
            }
        }
    }

    @Test("other prices are for those who reserve after them; what is held or sold keeps its own")
    func changed() async throws {
        try await BoxOffice.run(tariffs: Self.tariffs) { box async throws in
            let sold = try await box.sell(2)
            let held = try await box.open("usr_2")
            _ = try await box.reserve(held, 1, "usr_2")
            let terms = try await setTerms(
                box, #"[{"name":"gala","price":{"amount":9900,"currency":"EUR"},"condition":""}]"#)
            #expect(terms.status == 200)
            #expect(try await box.confirm(held, "usr_2").json["booking"]?["total"] == total(1250))
            let next = try await box.reserve(try await box.open("usr_3"), 1, "usr_3")
            #expect(next.json["booking"]?["lines"] == [line("gala", 9900, 1)])
            #expect(try await setTerms(box, nil).status == 200, "a catalog that tells none")
            let open = try await box.open("usr_4")
            #expect(try await box.reserve(open, 1, "usr_4").json["booking"]?["lines"] == nil)
            let shown = try await box.service.get("/v1/bookings/\(sold)", token: box.service.token("usr_1"))
            #expect(shown.json["booking"]?["total"] == total(2500))
        }
    }

    private func setTerms(_ box: BoxOffice, _ tariffs: String?) async throws -> Answer {
        let starts = box.service.clock.now.advanced(byMilliseconds: 3_600_000).rfc3339
        return try await box.service.sendInternal(
            "PUT", "/internal/v1/sessions/\(BoxOffice.session)",
            body: """
                {"session":{"id":"\(BoxOffice.session)","starts_at":"\(starts)","allocation":10,
                "movie":{"id":"mov_1","title":"Nosferatu"},"place":{"id":"plc_1","name":"Le Rex"},
                "room":{"id":"rom_1","name":"1","capacity":100,"seated":false}
                \(tariffs.map { #","tariffs":\#($0)"# } ?? "")}}
                """)
    }
}
