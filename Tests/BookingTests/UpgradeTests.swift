import BookingService
import SQLite
import TestSupport
import Testing

/// Migrations that make a table anew, on databases with rows in it.
@Suite struct UpgradeTests {
    struct Rebuild: Sendable, CustomTestStringConvertible {
        /// The one that makes tables anew.
        let migration: String
        /// What is in the database before it.
        let rows: String
        let testDescription: String
    }

    /// A seated session, one seat sold and one held.
    private static let holders = """
        INSERT INTO sessions (id, starts_at, allocation, movie_id, movie_title, place_id, place_name, named_at, room_id)
        VALUES (1, 0, 9, 1, 'Nosferatu', 1, 'Le Rex', 0, 4);
        INSERT INTO seats VALUES (7, 4, 'A', 1, 'standard', 0, 0), (8, 4, 'A', 2, 'standard', 1, 0);
        INSERT INTO bookings (id, user_id, session_id, created_at, closes_at, confirmed_at)
        VALUES (1, 1, 1, 0, 60000, 1), (2, 1, 1, 0, 60000, NULL);
        INSERT INTO reservations VALUES (1, 1, 1, 1, 'held', 60000, 0), (2, 2, 1, 1, 'held', 60000, 0);
        INSERT INTO seat_holders (session_id, seat_id, reservation_id) VALUES (1, 7, 1), (1, 8, 2);
        UPDATE reservations SET state = 'sold' WHERE id = 1;
        """

    /// The log and the audit trail, with numbers that were given to what is gone.
    private static let log = """
        INSERT INTO sessions (id, starts_at, allocation, movie_id, movie_title, place_id, place_name, named_at)
        VALUES (1, 0, 9, 1, 'Nosferatu', 1, 'Le Rex', 0);
        INSERT INTO bookings (id, user_id, session_id, created_at, closes_at, confirmed_at, refunded_at)
        VALUES (1, 1, 1, 0, 60000, 1, NULL), (2, 1, 1, 0, 60000, 1, 2);
        INSERT INTO reservations VALUES (1, 1, 1, 2, 'sold', 60000, 0), (2, 2, 1, 1, 'sold', 60000, 0);
        UPDATE reservations SET state = 'released' WHERE id = 2;
        INSERT INTO tickets (id, booking_id, session_id, generation, refunded_at)
        VALUES (1, 1, 1, 1, NULL), (2, 1, 1, 3, NULL), (3, 2, 1, 1, 2);
        INSERT INTO check_ins VALUES (1, 5, 'North', 8);
        INSERT INTO mails (booking_id, language, next_at) VALUES (1, 'fr', 0);
        INSERT INTO audit VALUES
            (3, 9, 'refund', 2, 'It''s "broken".', 'confirmed', 'cancelled', 2, 1, 0),
            (7, 9, 'cancel', 1, 'é', 'open', 'cancelled', 3, 2, 0);
        INSERT INTO events VALUES
            (1, 'booking.opened', 1, 1, 0, 9, 0), (4, 'booking.confirmed', 1, 1, 2, 7, 1),
            (5, 'session.changed', 1, NULL, 0, 9, 2), (9, 'booking.refunded', 1, 2, 0, 9, 2);
        INSERT INTO followers VALUES ('catalog', 9), ('analytics', 4);
        """

    private static let rebuilds = [
        Rebuild(migration: "v0008_tied_holders", rows: holders, testDescription: "seats with their holders"),
        Rebuild(
            migration: "v0013_payments", rows: log + "DELETE FROM events WHERE sequence IN (1, 9);",
            testDescription: "a log whose first and last events are gone"),
        Rebuild(
            migration: "v0013_payments", rows: log + "DELETE FROM events;",
            testDescription: "a log that all have taken"),
        Rebuild(migration: "v0013_payments", rows: "", testDescription: "a log that was never written to"),
        Rebuild(migration: "v0015_how_it_is_paid", rows: log, testDescription: "an audit trail with gaps"),
    ]

    private static let migrations = BookingService.migrations

    @Test("each migration that makes a table anew is tried below")
    func everyOneIsTried() {
        let rebuilding = Self.migrations.filter { $0.sql.contains("DROP TABLE") }.map(\.name)
        #expect(Set(rebuilding) == Set(Self.rebuilds.map(\.migration)))
    }

    @Test(
        "every row and every number is there after a table was made anew, and the schema is a new database's",
        arguments: rebuilds)
    func keeps(_ rebuild: Rebuild) throws {
        let path = temporaryPath("upgrade.db")
        let before = try Self.count(before: rebuild.migration)
        try Self.migrate(path, to: before)
        _ = try SchemaDump.sqlite(path, rebuild.rows)
        let script = try Self.script(of: path)
        let rows = try SchemaDump.sqlite(path, script)
        try Self.migrate(path, to: before + 1)
        #expect(try SchemaDump.sqlite(path, script) == rows)
        try Self.migrate(path, to: Self.migrations.count)
        let new = temporaryPath("new.db")
        try Self.migrate(new, to: Self.migrations.count)
        #expect(try SchemaDump.sqlite(path, ".schema") == SchemaDump.sqlite(new, ".schema"))
    }

    @Test("who had which seats before holders were tied to their rooms has them after")
    func tied() throws {
        let path = temporaryPath("tied.db")
        try Self.migrate(path, to: Self.count(before: "v0008_tied_holders"))
        _ = try SchemaDump.sqlite(path, Self.holders)
        try Self.migrate(path, to: Self.migrations.count)
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
        try Self.migrate(path, to: Self.count(before: "v0015_how_it_is_paid"))
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
        try Self.migrate(path, to: Self.migrations.count)
        let rows = try SchemaDump.sqlite(
            path,
            """
            SELECT id, paid_through FROM bookings ORDER BY id;
            SELECT id, reason, seats_before, used_tickets FROM audit;
            SELECT seq FROM sqlite_sequence WHERE name = 'audit';
            """)
        #expect(rows == "1|counter\n2|stripe\n3|\n4|\n7|Ill|0|0\n7\n")
    }

    private static func count(before migration: String) throws -> Int {
        try #require(migrations.firstIndex { $0.name == migration })
    }

    private static func migrate(_ path: String, to count: Int) throws {
        try Database(.init(path: path), migrations: Array(migrations.prefix(count))).close()
    }

    /// What prints all that is in the tables that are there now, and the last numbers they gave.
    private static func script(of path: String) throws -> String {
        try SchemaDump.sqlite(
            path,
            """
            SELECT '.mode quote';
            WITH columns AS (
                SELECT t.name AS name, group_concat('"' || c.name || '"', ', ') AS list
                FROM sqlite_schema t, pragma_table_xinfo(t.name) c
                WHERE t.type = 'table' AND t.name NOT IN ('migrations', 'sqlite_sequence') GROUP BY t.name)
            SELECT printf('SELECT ''%s'', %s FROM %s ORDER BY %s;', name, list, name, list) FROM columns;
            SELECT 'SELECT name, seq FROM sqlite_sequence WHERE seq > 0 ORDER BY name;';
            """)
    }
}
