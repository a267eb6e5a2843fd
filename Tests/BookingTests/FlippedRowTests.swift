import BookingService
import Glibc
import Lifecycle
import TestSupport
import Testing

/// Somebody changes one thing in a database whose books balance: the audit names it, whatever it is.
@Suite struct FlippedRowTests {
    /// What is audited of each table, and how its rows are told apart.
    private static let tables: [(name: String, key: [String], columns: [String])] = [
        ("sessions", ["id"], ["starts_at", "room_id", "allocation", "held", "sold"]),
        ("closed_sessions", ["id"], ["id", "closed_at"]),
        (
            "bookings", ["id"],
            [
                "id", "user_id", "session_id", "created_at", "closes_at", "confirmed_at", "cancelled_at", "expired_at",
                "refunded_at",
            ]
        ),
        (
            "reservations", ["booking_id"],
            ["booking_id", "session_id", "seats", "state", "held_until", "reserved_at"]
        ),
        ("seat_holders", ["seat_id"], ["session_id", "seat_id", "reservation_id", "room_id"]),
        (
            "tickets", ["id"],
            [
                "id", "booking_id", "session_id", "seat_id", "tariff", "amount", "currency", "generation",
                "refunded_at",
            ]
        ),
    ]

    /// Bookings in every state that there is, in a seated room with prices. No trigger of the file's is left: whoever
    /// changes it knows how.
    private func balanced() async throws -> String {
        let path = temporaryPath("balanced.db")
        let tariffs = #"[{"name":"Adult","price":{"amount":1450,"currency":"EUR"},"condition":""}]"#
        try await BoxOffice.run(allocation: 20, seats: ["..........", ".........."], tariffs: tariffs) {
            box async throws in
            let sold = try await box.sell(named: ["sea_1", "sea_2", "sea_3"])
            let tickets = try await box.ticketIDs(of: sold)
            try #require(tickets.count == 3)
            #expect(try await box.refund(sold, tickets: [tickets[1]]).status == 200)
            #expect(try await box.reissue(tickets[0], of: sold).status == 200)
            #expect(try await box.refund(try await box.sell(2)).status == 200)
            let lapsed = try await box.open()
            #expect(try await box.reserve(lapsed, 2).status == 200)
            box.service.clock.advance(byMilliseconds: 60_000)
            let cancelled = try await box.open()
            #expect(try await box.reserve(cancelled, 1).status == 200)
            #expect(try await box.cancel(cancelled).status == 200)
            #expect(try await box.pick(try await box.open(), ["sea_4", "sea_5"]).status == 200)
            _ = try await box.open()
            #expect(try await box.service.sendInternal("DELETE", "/internal/v1/sessions/ses_5").status == 204)
            #expect(try box.books().differences == [])
            _ = try SchemaDump.sqlite(box.service.databasePath, "VACUUM INTO '\(path)'")
        }
        let triggers = try SchemaDump.sqlite(
            path, "SELECT 'DROP TRIGGER ' || name || ';' FROM sqlite_schema WHERE type = 'trigger'")
        _ = try SchemaDump.sqlite(path, triggers)
        #expect(try audited(path).differences == [])
        return path
    }

    /// What the audit says of a copy that was changed.
    private func differences(_ path: String, after change: String) throws -> [String] {
        let changed = temporaryPath("changed.db")
        try writeFile(changed, try readBytes(path, atMost: 16 * 1_048_576))
        let guards = "PRAGMA ignore_check_constraints = ON; PRAGMA foreign_keys = OFF;"
        let changes = try SchemaDump.sqlite(changed, "\(guards) \(change); SELECT changes();")
        #expect(changes.hasSuffix("1\n"), "\(change)")
        let found = try audited(changed).differences
        unlink(changed)
        return found
    }

    @Test("one value that is changed in any row of any table is found and named")
    func values() async throws {
        let path = try await balanced()
        var count = 0
        for (table, key, columns) in Self.tables {
            let rows = try keys(of: table, key, path)
            #expect(!rows.isEmpty, "\(table)")
            for row in rows {
                for column in columns {
                    let change = """
                        UPDATE \(table) SET \(column) = CASE typeof(\(column)) WHEN 'text' THEN \(column) || 'x'
                            WHEN 'null' THEN 1 ELSE \(column) + 1000 END
                        WHERE \(key[0]) = \(row)
                        """
                    let found = try differences(path, after: change)
                    #expect(found.contains { $0.contains(" \(table) ") }, "\(change): \(found)")
                    let isOfTheRow = !key.contains(column) && !column.hasSuffix("session_id")
                    // Whose seat it is.
                    let name = column == "reservation_id" ? "booking_id" : column
                    #expect(!isOfTheRow || found.contains { $0.contains(", \(name): ") }, "\(change): \(found)")
                    count += 1
                }
            }
        }
        print("\(count) values changed, one at a time")
    }

    @Test("one row that is removed from any table, or added to one, is found and named")
    func rows() async throws {
        let path = try await balanced()
        for (table, key, _) in Self.tables {
            for row in try keys(of: table, key, path) {
                let removal = "DELETE FROM \(table) WHERE \(key[0]) = \(row)"
                let found = try differences(path, after: removal)
                #expect(found.contains { $0.contains(" \(table) ") }, "\(removal): \(found)")
            }
        }
        let additions = [
            """
            INSERT INTO sessions (id, starts_at, allocation, movie_id, movie_title, place_id, place_name, named_at)
            VALUES (77, 1, 5, 1, 'Nosferatu', 1, 'Le Rex', 1)
            """,
            "INSERT INTO closed_sessions VALUES (77, 1)",
            """
            INSERT INTO bookings (id, user_id, session_id, created_at, closes_at)
            SELECT 77, user_id, session_id, created_at, closes_at FROM bookings LIMIT 1
            """,
            """
            INSERT INTO reservations SELECT 77, b.id, b.session_id, 1, 'released', 1, 1 FROM bookings b
            WHERE NOT EXISTS (SELECT 1 FROM reservations r WHERE r.booking_id = b.id)
            """,
            "INSERT INTO seat_holders SELECT session_id, 1009, reservation_id, room_id FROM seat_holders LIMIT 1",
            """
            INSERT INTO tickets (id, booking_id, session_id) SELECT 77, booking_id, session_id FROM tickets LIMIT 1
            """,
        ]
        for (addition, table) in zip(additions, Self.tables) {
            let found = try differences(path, after: addition)
            #expect(found.contains { $0.contains(" \(table.name) ") && $0.contains("the table has it") }, "\(found)")
        }
    }

    @Test("one entry of the journal that is changed, removed or added is found, with its number")
    func journal() async throws {
        let path = try await balanced()
        let entries = try audited(path).entries
        for number in 1...entries {
            for change in [
                "session_id = coalesce(session_id, 0) + 1", #"entry = replace(entry, '"at":1', '"at":2')"#,
                "hash = zeroblob(32)",
            ] {
                let found = try differences(path, after: "UPDATE journal SET \(change) WHERE number = \(number)")
                #expect(found.first?.hasPrefix("entry \(number) of the journal, or its hash") == true, "\(found)")
            }
            let moved = try differences(path, after: "UPDATE journal SET number = 1000 WHERE number = \(number)")
            #expect(moved.first?.hasPrefix("the journal goes from entry \(number - 1) to entry ") == true, "\(moved)")
            let found = try differences(path, after: "DELETE FROM journal WHERE number = \(number)")
            let gap = "the journal goes from entry \(number - 1) to entry \(number + 1)"
            #expect(number == entries ? !found.isEmpty : found.first?.contains(gap) == true, "\(found)")
        }
        let forged = """
            INSERT INTO journal SELECT max(number) + 1, session_id, '{"at":1,"is":"closed"}', zeroblob(32) FROM journal
            """
        #expect(try differences(path, after: forged).first?.contains("entry \(entries + 1) of the journal") == true)
    }

    private func keys(of table: String, _ key: [String], _ path: String) throws -> [Int64] {
        try SchemaDump.sqlite(path, "SELECT \(key[0]) FROM \(table)").split(separator: "\n").compactMap { Int64($0) }
    }
}
