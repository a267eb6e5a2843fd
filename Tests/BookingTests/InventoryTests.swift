import BookingService
import JSON
import Lifecycle
import SQLite
import TestSupport
import Testing

/// The books of a session, recomputed from its reservations.
private struct Books: Equatable {
    let held: Int64
    let sold: Int64
    let allocation: Int64

    static func kept(_ database: Database) throws -> Books? {
        try database.read { connection in
            try connection.first("SELECT held, sold, allocation FROM sessions") { row in
                Books(held: try row.int(0), sold: try row.int(1), allocation: try row.int(2))
            }
        }
    }

    static func recomputed(_ database: Database) throws -> Books? {
        try database.read { connection in
            try connection.first(
                """
                SELECT coalesce(sum(iif(r.state = 'held', r.seats, 0)), 0),
                    coalesce(sum(iif(r.state = 'sold', r.seats, 0)), 0), s.allocation
                FROM sessions s LEFT JOIN reservations r ON r.session_id = s.id GROUP BY s.id
                """
            ) { row in Books(held: try row.int(0), sold: try row.int(1), allocation: try row.int(2)) }
        }
    }
}

@Suite struct InventoryTests {
    @Test("many customers at once never get more seats than there are, and the books balance")
    func race() async throws {
        try await BoxOffice.run(allocation: 10, settings: ["LOOPS": "2"]) { box async throws in
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 1...120 {
                    group.addTask {
                        let user = "usr_\(number)"
                        let id = try await box.open(user)
                        let reserved = try await box.reserve(id, 1, user)
                        return reserved.status == 200 ? try await box.confirm(id, user).status : reserved.status
                    }
                }
                return try await group.reduce(into: [Int: Int]()) { $0[$1, default: 0] += 1 }
            }
            #expect(statuses == [200: 10, 409: 110])
            let database = box.service.running.context.database
            #expect(try Books.kept(database) == Books(held: 0, sold: 10, allocation: 10))
            #expect(try Books.recomputed(database) == Books.kept(database))
        }
    }

    @Test("customers acting at random keep the books balanced, whatever the order")
    func random() async throws {
        let seed = UInt64.random(in: 0 ... .max)
        try await BoxOffice.run(allocation: 20) { box async throws in
            var random = SeededGenerator(seed: seed)
            var open: [(id: String, user: String)] = []
            for step in 0..<300 {
                switch Int.random(in: 0..<10, using: &random) {
                case 0..<3:
                    let user = "usr_\(Int.random(in: 1...9, using: &random))"
                    open.append((try await box.open(user), user))
                case 3..<7:
                    guard let one = open.randomElement(using: &random) else { continue }
                    _ = try await box.reserve(one.id, Int.random(in: 1...8, using: &random), one.user)
                case 7:
                    guard let one = open.randomElement(using: &random) else { continue }
                    _ = try await box.confirm(one.id, one.user)
                case 8:
                    guard let one = open.randomElement(using: &random) else { continue }
                    _ = try await box.cancel(one.id, one.user)
                default:
                    box.service.clock.advance(byMilliseconds: .random(in: 0...20_000, using: &random))
                }
                let database = box.service.running.context.database
                let kept = try Books.kept(database)
                #expect(try Books.recomputed(database) == kept, "seed \(seed), step \(step)")
                #expect(kept.map { $0.held + $0.sold <= $0.allocation } != false, "seed \(seed), step \(step)")
            }
        }
    }

    @Test(
        "the database itself refuses what would break the books, whoever asks",
        arguments: [
            "UPDATE reservations SET seats = 11 WHERE id = 1", "UPDATE sessions SET allocation = 3",
            "UPDATE sessions SET sold = 7", "UPDATE sessions SET held = -1",
            "INSERT INTO reservations VALUES (3, 2, 300000000000001, 7, 'held', 0, 0)",
            "INSERT INTO reservations VALUES (3, 1, 300000000000001, 1, 'held', 0, 0)",
            "INSERT INTO reservations VALUES (3, 2, 300000000000001, 0, 'held', 0, 0)",
            "INSERT INTO reservations VALUES (3, 2, 5, 1, 'held', 0, 0)",
            "DELETE FROM reservations", "UPDATE reservations SET state = 'held' WHERE id = 2",
            "UPDATE reservations SET state = 'other'", "UPDATE reservations SET booking_id = 2 WHERE id = 1",
            "UPDATE bookings SET cancelled_at = 1, confirmed_at = 1 WHERE id = 1",
            "UPDATE bookings SET confirmed_at = 9000000000000000 WHERE id = 1", "DELETE FROM sessions",
            // A seat that somebody has, one that there is not, one of another room; a reservation of another session,
            // one that is over, one that there is not; a room that is not the session's; a session without a room.
            "INSERT INTO seat_holders VALUES (300000000000001, 7, 5, 1)",
            "INSERT INTO seat_holders VALUES (300000000000001, 20, 1, 1)",
            "INSERT INTO seat_holders VALUES (300000000000001, 9, 1, 1)",
            "INSERT INTO seat_holders VALUES (300000000000002, 9, 1, 2)",
            "INSERT INTO seat_holders VALUES (300000000000001, 8, 2, 1)",
            "INSERT INTO seat_holders VALUES (300000000000001, 8, 9, 1)",
            "INSERT INTO seat_holders VALUES (300000000000001, 9, 1, 2)",
            "INSERT INTO seat_holders VALUES (300000000000003, 8, 6, 1)", "UPDATE seat_holders SET seat_id = 8",
            "UPDATE reservations SET state = 'sold' WHERE id = 1", "UPDATE sessions SET room_id = 2 WHERE room_id = 1",
            "UPDATE seats SET room_id = 2 WHERE id = 7", "DELETE FROM seats WHERE id = 7",
            "DELETE FROM seat_holders WHERE reservation_id = 7",
            "INSERT INTO seat_holders VALUES (300000000000002, 10, 7, 2)",
            "INSERT INTO reservations VALUES (3, 2, 300000000000001, 1, 'sold', 0, 0)",
        ])
    func schema(statement: String) async throws {
        try await BoxOffice.run(balances: false) { box async throws in
            let database = box.service.running.context.database
            try await database.write { transaction in
                try transaction.executeScript(
                    """
                    INSERT INTO sessions (id, starts_at, allocation, movie_id, movie_title, place_id, place_name, named_at, room_id)
                    VALUES (300000000000001, 0, 10, 1, 'm', 1, 'p', 0, 1), (300000000000002, 0, 10, 1, 'm', 1, 'p', 0, 2),
                        (300000000000003, 0, 10, 1, 'm', 1, 'p', 0, NULL);
                    INSERT INTO bookings (id, user_id, session_id, created_at, closes_at, cancelled_at)
                    VALUES (1, 1, 300000000000001, 0, 9000000000000000, NULL), (2, 1, 300000000000001, 0, 9000000000000000, NULL),
                        (4, 1, 300000000000001, 0, 9000000000000000, 1), (6, 1, 300000000000003, 0, 9000000000000000, NULL),
                        (5, 1, 300000000000001, 0, 9000000000000000, NULL), (7, 1, 300000000000002, 0, 9000000000000000, NULL);
                    INSERT INTO reservations VALUES (1, 1, 300000000000001, 2, 'held', 9000000000000000, 0);
                    INSERT INTO reservations VALUES (2, 4, 300000000000001, 4, 'released', 60000, 0);
                    INSERT INTO reservations VALUES (5, 5, 300000000000001, 2, 'held', 9000000000000000, 0);
                    INSERT INTO reservations VALUES (6, 6, 300000000000003, 1, 'held', 9000000000000000, 0);
                    INSERT INTO reservations VALUES (7, 7, 300000000000002, 1, 'held', 9000000000000000, 0);
                    INSERT INTO seats VALUES (7, 1, 'A', 1, 'standard', 0, 0), (8, 1, 'A', 2, 'standard', 1, 0),
                        (9, 2, 'A', 1, 'standard', 0, 0), (10, 2, 'A', 2, 'standard', 1, 0);
                    INSERT INTO seat_holders VALUES (300000000000001, 7, 1, 1), (300000000000002, 9, 7, 2);
                    UPDATE reservations SET state = 'sold' WHERE id = 7;
                    """)
            }
            await #expect(throws: DatabaseError.self) {
                try await database.write { try $0.executeScript(statement) }
            }
            #expect(try Books.kept(database) == Books(held: 4, sold: 0, allocation: 10))
        }
    }

    @Test("lists are read through their indexes: no scan, no sorting")
    func plans() async throws {
        try await BoxOffice.run { box async throws in
            let plan = try box.service.running.context.database.read { connection in
                try connection.rows(
                    """
                    EXPLAIN QUERY PLAN SELECT b.id FROM bookings b JOIN sessions s ON s.id = b.session_id
                    LEFT JOIN reservations r ON r.booking_id = b.id
                    WHERE b.user_id = 1 AND b.created_at < 100 ORDER BY b.created_at DESC, b.id DESC LIMIT 21
                    """
                ) { try $0.text(3) }
            }
            #expect(plan.allSatisfy { $0.hasPrefix("SEARCH") }, "\(plan)")
            let lapsed = try box.service.running.context.database.read { connection in
                try connection.rows(
                    """
                    EXPLAIN QUERY PLAN SELECT id FROM bookings WHERE session_id = 1 AND closes_at <= 5
                        AND confirmed_at IS NULL AND cancelled_at IS NULL AND expired_at IS NULL
                    """
                ) { try $0.text(3) }
            }
            #expect(lapsed.count == 1 && lapsed[0].contains("bookings_open_by_session"), "\(lapsed)")
        }
    }
}
