import AnalyticsService
import Auth
import JSON
import SQLite
import TestSupport
import Testing

@Suite struct ReservationTests {
    private typealias Session = Told.Session

    @Test("bookings are counted by how they ended, and a refund is a cancellation")
    func states() async throws {
        try await Told.run { told async throws in
            let answer = try await told.tell(
                Told.event(1, "booking.opened", booking: 1), Told.event(2, "seats.reserved", booking: 1, seats: 3),
                Told.event(3, "booking.opened", booking: 2), Told.event(4, "booking.confirmed", booking: 1, seats: 3),
                Told.event(5, "booking.opened", booking: 3), Told.event(6, "booking.expired", booking: 2, seats: 4),
                Told.event(7, "booking.cancelled", booking: 3), Told.event(8, "booking.opened", booking: 4))
            #expect(answer.status == 200 && answer.json == ["sequence": 8])
            let before = Told.group(
                "tuesday", opened: 4, confirmed: 1, expired: 1, cancelled: 1, seats: 3, fillRate: .number(0.3))
            #expect(try await told.groups("group_by=weekday") == [before])
            try await told.tell(after: 8, Told.event(9, "booking.refunded", booking: 1, seats: 3))
            #expect(
                try await told.groups("group_by=weekday") == [
                    Told.group("tuesday", opened: 4, expired: 1, cancelled: 2)
                ])
        }
    }

    @Test("a session that is deleted is off sale: its seats are no part of the fill rate any more")
    func deleted() async throws {
        try await Told.run { told async throws in
            try await told.tell(
                Told.event(1, "booking.opened", booking: 1), Told.event(2, "booking.confirmed", booking: 1, seats: 3),
                Told.event(3, "booking.opened", booking: 2, Session(id: 2)))
            #expect(
                try await told.groups("group_by=movie") == [
                    Told.group("mov_1", opened: 2, confirmed: 1, seats: 3, fillRate: .number(0.15))
                ])
            let gone = Session(id: 2, allocation: 0)
            try await told.tell(
                after: 3, Told.event(4, "booking.expired", booking: 2, gone), Told.event(5, "session.changed", gone))
            #expect(
                try await told.groups("group_by=movie") == [
                    Told.group("mov_1", opened: 2, confirmed: 1, expired: 1, seats: 3, fillRate: .number(0.3))
                ])
        }
    }

    @Test("a session's other time and allocation, and events of a later release, are taken as they come")
    func changes() async throws {
        try await Told.run { told async throws in
            try await told.tell(
                Told.event(1, "booking.opened", booking: 1), Told.event(2, "seats.reserved", booking: 1, seats: 5),
                Told.event(3, "booking.confirmed", booking: 1, seats: 5))
            let moved = Session(startsAt: "2026-12-02T09:30:00.000Z", allocation: 20)
            try await told.tell(
                after: 3, Told.event(4, "session.changed", moved), Told.event(5, "booking.praised", booking: 1, moved))
            #expect(
                try await told.groups("group_by=time_slot") == [
                    Told.group("morning", opened: 1, confirmed: 1, seats: 5, fillRate: .number(0.25))
                ])
            #expect(try await told.keys("group_by=weekday") == ["wednesday"])
            let none = Session(id: 2, allocation: 0, movie: 2, zone: "Mars/Olympus")
            #expect(try await told.tell(after: 5, Told.event(6, "session.changed", none)).json == ["sequence": 6])
            #expect(try await told.keys("group_by=day") == ["2026-12-01", "2026-12-02"])
            #expect(try await told.groups("group_by=movie").arrayValue?.last == Told.group("mov_2", fillRate: .null))
        }
    }

    @Test("groups come in their natural order, page by page, and each cursor fits its own list")
    func pages() async throws {
        try await Told.run { told async throws in
            for day in 1...7 {
                let session = Session(
                    id: day, startsAt: "2026-12-0\(day)T\(day + 10):00:00.000Z", movie: day % 3 + 9, place: 10 - day)
                try await told.tell(after: day - 1, Told.event(day, "booking.opened", booking: day, session))
            }
            #expect(try await told.keys("group_by=movie") == ["mov_9", "mov_10", "mov_11"])
            #expect(try await told.keys("group_by=place").first == "plc_3")
            #expect(try await told.keys("group_by=time_slot") == ["afternoon", "evening"])
            let week = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
            var seen: [String] = []
            var cursor = ""
            for page in 1...3 {
                let answer = try await told.ask("group_by=weekday&limit=3\(cursor)")
                seen += (answer.json["groups"]?.arrayValue ?? []).compactMap { $0["key"]?.stringValue }
                #expect(answer.json["metadata"]?["has_more"] == .bool(page < 3))
                cursor = "&cursor=\(answer.json["metadata"]?["end_cursor"]?.stringValue ?? "")"
            }
            #expect(seen == week)
            #expect(try await told.ask("group_by=day&limit=3\(cursor)").codes == ["invalid_cursor"])
            #expect(try await told.ask("group_by=weekday&from=2026-12-01\(cursor)").codes == ["invalid_cursor"])
        }
    }

    @Test("from and to are about the beginning of sessions: moments, or days as each place has them")
    func periods() async throws {
        try await Told.run { told async throws in
            // 1 December in Paris, still 30 November in Montreal.
            let paris = Session(startsAt: "2026-12-01T00:30:00.000Z")
            let montreal = Session(id: 2, startsAt: "2026-12-01T00:30:00.000Z", place: 2, zone: "America/Montreal")
            try await told.tell(
                Told.event(1, "booking.opened", booking: 1, paris),
                Told.event(2, "booking.opened", booking: 2, montreal))
            for (period, places) in [
                ("from=2026-12-01", ["plc_1"]), ("to=2026-11-30", ["plc_2"]),
                ("from=2026-11-30&to=2026-12-01", ["plc_1", "plc_2"]),
                ("from=2026-12-01T00:30:00Z&to=2026-12-01T00:30:00Z", ["plc_1", "plc_2"]),
                ("from=2026-12-01T00:30:00.001Z", []), ("to=2026-12-01T01:29:59%2B01:00", []),
            ] {
                #expect(try await told.keys("group_by=place&\(period)") == places, "\(period)")
            }
        }
    }

    @Test("a bad query is refused, and so is who is no admin")
    func refusals() async throws {
        try await Told.run { told async throws in
            for (query, codes) in [
                ("", ["group_by_missing"]), ("group_by=month&limit=0", ["group_by_invalid", "limit_out_of_range"]),
                ("group_by=day&from=monday", ["from_invalid"]),
                ("group_by=day&from=2026-12-02&to=2026-12-01", ["range_invalid"]),
            ] {
                let answer = try await told.ask(query)
                #expect(answer.status == 422 && answer.codes == codes)
            }
            for target in ["/v1/analytics/reservations?group_by=day", "/v1/analytics/events"] {
                #expect(try await told.service.get(target).codes == ["token_missing"])
                for role in [Role.customer, .staff] {
                    #expect(try await told.service.get(target, token: told.service.token("usr_1", role)).status == 403)
                }
            }
        }
    }

    @Test("counting reads each group's sessions from an index, and sorts nothing")
    func plans() async throws {
        try await Told.run { told async throws in
            try await told.tell(Told.event(1, "booking.opened", booking: 1))
            _ = try await told.service.statementReports()
            for grouping in ["weekday", "time_slot", "movie", "place", "day"] {
                for period in ["", "&from=2026-01-01", "&from=2026-01-01T00:00:00Z&to=2027-01-01T00:00:00Z"] {
                    _ = try await told.ask("group_by=\(grouping)\(period)")
                }
            }
            let token = told.service.token("usr_9", .admin)
            for query in ["", "?tracking_id=t", "?user_id=usr_1", "?tracking_id=t&user_id=usr_1"] {
                _ = try await told.service.get("/v1/analytics/events\(query)", token: token)
            }
            let used = try await told.service.statementReports().filter { $0.operations > 0 }
            #expect(used.count >= 19)
            for report in used {
                let costly = report.plan.filter { $0.contains("SCAN") || $0.contains("TEMP B-TREE") }
                #expect(costly.isEmpty, "\(report.sql): \(report.plan)")
            }
        }
    }
}
