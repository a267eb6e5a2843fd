import Auth
import BookingService
import JSON
import SQLite
import TestSupport
import Testing
import TypedID

@Suite struct TicketTests {
    @Test("a confirmed booking has a ticket for each seat, front to back, in ids that grow")
    func seated() async throws {
        try await BoxOffice.run(seats: ["....", "...."]) { box async throws in
            let booking = try await box.sell(named: ["sea_1002", "sea_1", "sea_1001"])
            let answer = try await box.tickets(of: booking)
            #expect(answer.status == 200)
            let tickets = answer.json["tickets"]?.arrayValue ?? []
            #expect(tickets.compactMap { $0["seat"]?["id"]?.stringValue } == ["sea_1", "sea_1001", "sea_1002"])
            #expect(tickets.first?["seat"] == ["id": "sea_1", "row": "A", "number": 1])
            let ids = tickets.compactMap { $0["id"]?.stringValue.flatMap(TicketID.init) }
            #expect(ids.count == 3 && ids == ids.sorted() && Set(ids).count == 3)
            for ticket in tickets {
                #expect(ticket["session_id"] == .string(BoxOffice.session) && ticket["status"] == "valid")
                #expect(ticket["tariff"] == .null && ticket["price"] == .null)
            }
        }
    }

    @Test("where seats are counted, tickets have none; nobody has one before confirming")
    func counted() async throws {
        try await BoxOffice.run { box async throws in
            let booking = try await box.open()
            _ = try await box.reserve(booking, 3)
            #expect(try await box.tickets(of: booking).codes == ["booking_not_confirmed"])
            _ = try await box.confirm(booking)
            let tickets = try await box.tickets(of: booking).json["tickets"]?.arrayValue ?? []
            #expect(tickets.count == 3 && tickets.allSatisfy { $0["seat"] == .null })
        }
    }

    @Test("tickets are their owner's and staff's to see; for anybody else there is no such booking")
    func ownership() async throws {
        try await BoxOffice.run { box async throws in
            let booking = try await box.sell()
            #expect(try await box.tickets(of: booking, "usr_2").codes == ["booking_not_found"])
            #expect(try await box.tickets(of: booking, "usr_2", .staff).status == 200)
            #expect(try await box.tickets(of: "bkg_5").codes == ["booking_not_found"])
            #expect(try await box.tickets(of: "x").codes == ["booking_not_found"])
            #expect(try await box.service.get("/v1/bookings/\(booking)/tickets").status == 401)
        }
    }

    @Test("a refund refunds the tickets, and the seat's next ones are good")
    func refunded() async throws {
        try await BoxOffice.run(allocation: 1, seats: ["."]) { box async throws in
            let first = try await box.sell(named: ["sea_1"])
            #expect(try await box.refund(first).status == 200)
            let second = try await box.sell(named: ["sea_1"], to: "usr_2")
            let states = [try await box.tickets(of: first), try await box.tickets(of: second, "usr_2")].map {
                $0.json["tickets"]?.arrayValue?.compactMap { $0["status"]?.stringValue }
            }
            #expect(states == [["refunded"], ["valid"]])
        }
    }

    @Test("what was sold before there were tickets gets them, each seat one, in the order of sale")
    func before() throws {
        let path = temporaryPath("before.db")
        try Database(.init(path: path), migrations: Array(BookingService.migrations.prefix(4))).close()
        _ = try SchemaDump.sqlite(
            path,
            """
            INSERT INTO sessions (id, starts_at, allocation, movie_id, movie_title, place_id, place_name, named_at, room_id)
            VALUES (1, 0, 9000, 1, 'Nosferatu', 1, 'Le Rex', 0, NULL), (2, 0, 9, 1, 'Nosferatu', 1, 'Le Rex', 0, 1);
            INSERT INTO seats (id, room_id, row_label, number, kind, x, y)
            VALUES (7, 1, 'B', 1, 'standard', 0, 1), (8, 1, 'A', 2, 'standard', 1, 0), (9, 1, 'A', 1, 'standard', 0, 0);
            INSERT INTO bookings (id, user_id, session_id, created_at, closes_at, confirmed_at, refunded_at)
            VALUES (1, 1, 1, 1800000000000, 1800000060000, 1800000000001, NULL),
                (2, 1, 2, 1800000000000, 1800000060000, 1800000000001, NULL),
                (3, 1, 1, 1800000000000, 1800000060000, 1800000000002, 1800000000003),
                (4, 1, 1, 1, 9, 2, NULL), (5, 1, 1, 1, 9, NULL, NULL);
            INSERT INTO reservations VALUES (1, 1, 1, 5000, 'sold', 0, 0), (2, 2, 2, 2, 'sold', 0, 0),
                (3, 3, 1, 4, 'released', 0, 0), (4, 4, 1, 1, 'sold', 0, 0), (5, 5, 1, 2, 'held', 9, 0);
            INSERT INTO seat_holders VALUES (2, 7, 2), (2, 9, 2);
            """)
        try Database(.init(path: path), migrations: BookingService.migrations).close()
        let rows = try SchemaDump.sqlite(
            path,
            """
            SELECT booking_id, count(*), count(DISTINCT id), group_concat(seat_id, ' ') FROM tickets GROUP BY booking_id;
            SELECT (min(id) >> 22) + 1704067200000, (max(id) >> 22) + 1704067200000 FROM tickets WHERE booking_id < 3;
            """)
        #expect(rows == "1|5000|5000|\n2|2|2|9 7\n4|1|1|\n1800000000001|1800000000001\n")
    }
}
