import JSON
import Lifecycle
import SQLite
import TestSupport
import Testing
import Time

/// What a purchase costs as the database grows: counted in SQLite's own operations, not on a clock.
@Suite struct CostTests {
    @Test("a purchase costs the same however many bookings its session and its customer have")
    func flatCosts() async throws {
        try await BoxOffice.run(allocation: 100_000, balances: false) { office async throws in
            _ = try await purchase(office)
            let few = try await purchase(office)
            let now = office.service.clock.now
            let session: Int64 = 300_000_000_000_001
            try await office.service.running.context.database.write { transaction in
                try transaction.execute(
                    """
                    INSERT INTO sessions (id, starts_at, allocation, movie_id, movie_title, place_id, place_name, named_at)
                    VALUES (1, \(now), 100, 1, 'Nosferatu', 1, 'Le Rex', \(now))
                    """)
                // Every second one is another's in this session, the others are the customer's own in another one.
                try transaction.execute(
                    """
                    WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 4000)
                    INSERT INTO bookings (id, user_id, session_id, created_at, closes_at, confirmed_at)
                    SELECT i, iif(i % 2, 2, 1), iif(i % 2, \(session), 1), 1, \(now) + 60000, 2 FROM n
                    """)
                try transaction.execute(
                    """
                    INSERT INTO reservations (id, booking_id, session_id, seats, state, held_until, reserved_at)
                    SELECT id, id, session_id, 1, 'sold', closes_at, 1 FROM bookings
                    WHERE session_id = \(session) AND id <= 4000
                    """)
            }
            let many = try await purchase(office)
            // What is told of it meanwhile counts, too; to look at each of the 2,000 would be thousands.
            #expect(many < 2 * few, "\(few) operations before, \(many) after")
        }
    }

    @Test("a session's seats cost the same to show however many of them are held, and lapsed holds are free")
    func flatSeats() async throws {
        try await BoxOffice.run(allocation: 100_000, balances: false) { office async throws in
            func shown() async throws -> (operations: Int, counts: JSONValue?) {
                _ = try await office.service.statementReports()
                let map = try await office.service.get("/v1/sessions/\(BoxOffice.session)/seats")
                let reports = try await office.service.statementReports()
                return (reports.reduce(0) { $0 + $1.operations }, map.json["counts"])
            }
            func hold(_ bookings: ClosedRange<Int64>, until end: Timestamp) async throws {
                try await office.service.running.context.database.write { transaction in
                    try transaction.execute(
                        """
                        WITH RECURSIVE n (i) AS (
                            VALUES (\(bookings.lowerBound))
                            UNION ALL SELECT i + 1 FROM n WHERE i < \(bookings.upperBound))
                        INSERT INTO bookings (id, user_id, session_id, created_at, closes_at)
                        SELECT i, 1, 300000000000001, 1, \(end) FROM n
                        """)
                    try transaction.execute(
                        """
                        INSERT INTO reservations (id, booking_id, session_id, seats, state, held_until, reserved_at)
                        SELECT id, id, session_id, 2, 'held', closes_at, 1 FROM bookings
                        WHERE id BETWEEN \(bookings.lowerBound) AND \(bookings.upperBound)
                        """)
                }
            }
            _ = try await shown()
            let now = office.service.clock.now
            try await hold(1...3, until: now)
            try await hold(4...10, until: now.advanced(byMilliseconds: 60_000))
            let few = try await shown()
            #expect(few.counts == ["allocation": 100_000, "free": 99_986, "held": 14, "sold": 0])
            try await hold(11...4000, until: now.advanced(byMilliseconds: 60_000))
            let many = try await shown()
            #expect(many.counts == ["allocation": 100_000, "free": 92_006, "held": 7_994, "sold": 0])
            #expect(many.operations < few.operations * 2, "\(few.operations) before, \(many.operations) after")
        }
    }

    /// Books, reserves and confirms. Returns what all of its statements took.
    private func purchase(_ office: BoxOffice) async throws -> Int {
        _ = try await office.service.statementReports()
        let booking = try await office.open()
        #expect(try await office.reserve(booking, 2).status == 200)
        #expect(try await office.confirm(booking).status == 200)
        return try await office.service.statementReports().reduce(0) { $0 + $1.operations }
    }
}
