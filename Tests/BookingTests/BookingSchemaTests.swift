import BookingService
import JSON
import SQLite
import TestSupport
import Testing

@Suite struct BookingSchemaTests {
    static let folder = checkoutPath + "/Services/booking"

    @Test("dump.sql is what the migrations make")
    func dump() throws {
        #expect(try SchemaDump.difference(Self.folder + "/dump.sql", BookingService.migrations) == nil)
    }

    @Test("the service runs on dump.sql and seeds.sql alone, and shows the sample customer's bookings")
    func seeds() async throws {
        let path = try SchemaDump.restored(
            try readFile(Self.folder + "/dump.sql"), try readFile(Self.folder + "/seeds.sql"))
        let service = try await ServiceUnderTest(BookingService.self, clock: .atSystemTime(), databasePath: path)
        let list = try await service.get("/v1/bookings", token: service.token("usr_100000000000001"))
        let states = list.json["bookings"]?.arrayValue?.compactMap { $0["status"]?.stringValue }
        #expect(states.map(Set.init) == ["confirmed", "cancelled", "expired"])
        await service.stop()
    }

    @Test("who had which seats before holders were tied to their rooms has them after")
    func tied() throws {
        let path = temporaryPath("tied.db")
        let before = try #require(BookingService.migrations.firstIndex { $0.name.hasSuffix("_tied_holders") })
        try Database(.init(path: path), migrations: Array(BookingService.migrations.prefix(before))).close()
        _ = try SchemaDump.sqlite(
            path,
            """
            INSERT INTO sessions (id, starts_at, allocation, movie_id, movie_title, place_id, place_name, named_at, room_id)
            VALUES (1, 0, 9, 1, 'Nosferatu', 1, 'Le Rex', 0, 4);
            INSERT INTO seats VALUES (7, 4, 'A', 1, 'standard', 0, 0), (8, 4, 'A', 2, 'standard', 1, 0);
            INSERT INTO bookings (id, user_id, session_id, created_at, closes_at, confirmed_at)
            VALUES (1, 1, 1, 0, 60000, 1), (2, 1, 1, 0, 60000, NULL);
            INSERT INTO reservations VALUES (1, 1, 1, 1, 'sold', 60000, 0), (2, 2, 1, 1, 'held', 60000, 0);
            INSERT INTO seat_holders VALUES (1, 7, 1), (1, 8, 2);
            """)
        try Database(.init(path: path), migrations: BookingService.migrations).close()
        let rows = try SchemaDump.sqlite(
            path,
            """
            SELECT * FROM seat_holders;
            PRAGMA foreign_key_check;
            UPDATE reservations SET state = 'released';
            SELECT count(*) FROM seat_holders;
            """)
        #expect(rows == "1|7|1|4\n1|8|2|4\n0\n")
    }
    @Test("where what was confirmed before is paid is known after; the audit trail keeps its entries and their numbers")
    func paidThrough() throws {
        let path = temporaryPath("paid.db")
        let before = try #require(BookingService.migrations.firstIndex { $0.name.hasSuffix("_how_it_is_paid") })
        try Database(.init(path: path), migrations: Array(BookingService.migrations.prefix(before))).close()
        _ = try SchemaDump.sqlite(
            path,
            """
            INSERT INTO sessions (id, starts_at, allocation, movie_id, movie_title, place_id, place_name, named_at)
            VALUES (1, 0, 9, 1, 'Nosferatu', 1, 'Le Rex', 0);
            INSERT INTO bookings (id, user_id, session_id, created_at, closes_at, confirmed_at)
            VALUES (1, 1, 1, 0, 60000, 1), (2, 1, 1, 0, 60000, 1), (3, 1, 1, 0, 60000, 1), (4, 1, 1, 0, 60000, NULL);
            INSERT INTO booking_lines (booking_id, position, tariff, amount, currency, seats)
            VALUES (1, 0, 'full', 900, 'EUR', 1), (2, 0, 'full', 900, 'EUR', 1), (3, 0, 'free', 0, 'EUR', 1),
                (4, 0, 'full', 900, 'EUR', 1);
            INSERT INTO payments (id, booking_id, amount, currency, method, state, intent, created_at, confirmed_at)
            VALUES (1, 2, 900, 'EUR', 'pm', 'captured', 'pi', 0, 1);
            INSERT INTO audit (id, actor_id, action, booking_id, reason, status_before, status_after, occurred_at)
            VALUES (7, 1, 'refund', 1, 'Ill', 'confirmed', 'cancelled', 5);
            """)
        try Database(.init(path: path), migrations: BookingService.migrations).close()
        let rows = try SchemaDump.sqlite(
            path,
            """
            SELECT id, paid_through FROM bookings ORDER BY id;
            SELECT id, reason, seats_before, used_tickets FROM audit;
            SELECT seq FROM sqlite_sequence WHERE name = 'audit';
            """)
        #expect(rows == "1|counter\n2|stripe\n3|\n4|\n7|Ill|0|0\n7\n")
    }
}
