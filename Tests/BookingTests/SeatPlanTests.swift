import BookingService
import SQLite
import TestSupport
import Testing
import TypedID

@Suite struct SeatPlanTests {
    @Test("plans of large rooms are kept up to so many seats, whatever room is asked for")
    func bounded() throws {
        let seats = Migration(
            "v0001_seats",
            sql: """
                CREATE TABLE seats (id INTEGER PRIMARY KEY, room_id INTEGER, row_label TEXT, number INTEGER, kind TEXT,
                    x REAL, y REAL) STRICT;
                WITH RECURSIVE n (i) AS (VALUES (0) UNION ALL SELECT i + 1 FROM n WHERE i < 119999)
                INSERT INTO seats SELECT i + 1, i / 10000 + 1, i % 10000 / 100, i % 100 + 1, 'standard', i % 100, i / 100
                FROM n;
                """)
        let database = try Database(.init(path: temporaryPath("plans.db")), migrations: [seats])
        let plans = SeatPlans()
        for number: Int64 in 1...12 {
            let room = try #require(RoomID("rom_\(number)"))
            for _ in 0..<2 { _ = try database.read { try plans.plan(of: room, in: $0) } }
            // The eleventh begins anew.
            #expect(plans.seats == (number <= 10 ? number : number - 10) * 10_000)
            #expect(plans.seats <= SeatPlans.mostSeats)
        }
    }
}
