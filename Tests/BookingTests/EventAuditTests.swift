import BookingService
import Lifecycle
import SQLite
import TestSupport
import Testing
import Time

/// The log that followers are told is held against the journal.
@Suite struct EventAuditTests {
    /// Bookings of every end there is.
    private func told(_ more: (BoxOffice) async throws -> Void = { _ in }) async throws -> String {
        let path = temporaryPath("told.db")
        try await BoxOffice.run { box async throws in
            let sold = try await box.sell(3)
            let tickets = try await box.ticketIDs(of: sold)
            #expect(try await box.refund(sold, tickets: [tickets[0]]).status == 200)
            box.service.clock.advance(byMilliseconds: 5)
            #expect(try await box.refund(try await box.sell(2)).status == 200)
            let cancelled = try await box.open()
            #expect(try await box.reserve(cancelled, 1).status == 200)
            box.service.clock.advance(byMilliseconds: 5)
            #expect(try await box.cancel(cancelled).status == 200)
            let lapsed = try await box.open()
            #expect(try await box.reserve(lapsed, 2).status == 200)
            box.service.clock.advance(byMilliseconds: 60_000)
            #expect(try await box.reserve(try await box.open(), 4).status == 200)
            let starts = box.service.clock.now.advanced(byMilliseconds: 3_539_990).rfc3339
            #expect(try await box.setAllocation(20, startsAt: starts).status == 200)
            try await more(box)
            _ = try SchemaDump.sqlite(box.service.databasePath, "VACUUM INTO '\(path)'")
        }
        return path
    }

    private func differences(_ path: String, after change: String) throws -> [String] {
        let changed = temporaryPath("changed.db")
        try writeFile(changed, try readBytes(path, atMost: 16 * 1_048_576))
        _ = try SchemaDump.sqlite(changed, "PRAGMA ignore_check_constraints = ON; \(change)")
        return try audited(changed).differences
    }

    private func sequences(_ path: String, where condition: String = "1") throws -> [Int64] {
        try SchemaDump.sqlite(path, "SELECT sequence FROM events WHERE \(condition) ORDER BY sequence")
            .split(separator: "\n").compactMap { Int64($0) }
    }

    @Test("one value that is changed in any event, or one event that is missing, is found")
    func changed() async throws {
        let path = try await told()
        let events = try sequences(path)
        #expect(events.count > 12)
        #expect(try differences(path, after: "") == [])
        for event in events {
            for column in ["type", "session_id", "booking_id", "seats", "free", "occurred_at"] {
                let change = """
                    UPDATE events SET \(column) = CASE typeof(\(column)) WHEN 'text' THEN 'booking.expire'
                        WHEN 'null' THEN 1 ELSE \(column) + 1000 END WHERE sequence = \(event)
                    """
                let found = try differences(path, after: change)
                #expect(found.contains { $0.hasSuffix("no event tells it") }, "\(change): \(found)")
            }
            let found = try differences(path, after: "DELETE FROM events WHERE sequence = \(event)")
            #expect(found.count == 1 && found[0].hasSuffix("of the journal: no event tells it"), "\(found)")
        }
    }

    @Test("an event that is made up is found with its number, also one that was true once")
    func added() async throws {
        let path = try await told()
        let columns = "type, session_id, booking_id, seats, free, occurred_at"
        let copy = "INSERT INTO events (\(columns)) SELECT"
        let newest = try #require(try sequences(path).last)
        let stale = try sequences(path, where: "free <> (SELECT free FROM events ORDER BY sequence DESC LIMIT 1)")
        #expect(stale.count > 5)
        let additions =
            stale.map { "\(copy) \(columns) FROM events WHERE sequence = \($0)" }
            + [
                "\(copy) type, 77, NULL, 0, free, occurred_at + 1 FROM events WHERE sequence = \(newest)",
                "\(copy) type, session_id, NULL, 0, free + 1, occurred_at FROM events WHERE sequence = \(newest)",
                "\(copy) 'booking.opened', session_id, 77, 0, free, occurred_at FROM events WHERE sequence = \(newest)",
            ]
        for addition in additions {
            let found = try differences(path, after: addition)
            let isNamed = found.first?.contains("event \(newest + 1): the journal does not have it (") == true
            #expect(found.count == 1 && isNamed, "\(addition): \(found)")
        }
    }

    @Test("what is deleted once it is old, and what is told again, is no difference")
    func kept() async throws {
        let path = try await told()
        let trimmed = "INSERT INTO trimmed_events SELECT 1, max(occurred_at)"
        for event in try sequences(path) {
            let old = "FROM events WHERE sequence <= \(event)"
            #expect(try differences(path, after: "\(trimmed) \(old); DELETE \(old)") == [])
        }
        let atLast = try differences(path, after: "\(trimmed) - 1 FROM events; DELETE FROM events")
        // Of the last moment are four: one ran out, one was opened, it reserved, and the session changed.
        #expect(atLast.count == 4 && atLast.allSatisfy { $0.hasSuffix("no event tells it") }, "\(atLast)")

        let again = try await told { box in
            // All of it is told anew to a follower that lacks the first of it.
            let database = box.service.running.context.database
            for sequence in [2, 5] as [Int64] {
                try await database.write { transaction in
                    try transaction.execute(
                        """
                        INSERT INTO events_set_aside (sequence, follower, reason, attempts, set_aside_at)
                        VALUES (\(sequence), 'catalog', 'no', 5, 1)
                        """)
                }
            }
            let outbox = try #require(BookingService.commands.first { $0.name == "outbox" })
            #expect(try await outbox.run(["replay"], box.service.running.context).hasPrefix("Told again: "))
            _ = try await box.sell(1)
        }
        #expect(try sequences(again).count > sequences(path).count + 5)
        #expect(try differences(again, after: "") == [])
    }

    @Test("what was deleted while the clock was ahead is no difference when that is right again, what is missing is")
    func clockAhead() async throws {
        try await BoxOffice.runFollowed(balances: false) { box, _ async throws in
            func number(_ sql: SQL) -> Int64? {
                try? box.service.running.context.database.read { try $0.first(sql) { try $0.int(0) } }
            }
            let before = box.service.clock.now
            _ = try await box.cancel(try await box.open())
            _ = try await box.open("usr_2")
            await eventually { number("SELECT min(sequence) FROM followers") == 3 }
            // The last booking runs out, which is told, and old events are deleted with that.
            box.service.clock.advance(byMilliseconds: 8 * 86_400_000)
            await eventually { number("SELECT min(sequence) FROM events") == 4 }
            #expect(number("SELECT min(sequence) FROM events") == 4)
            box.service.clock.now = before.advanced(byMilliseconds: 1_000)
            #expect(try box.books().differences == [])
            _ = try await box.open("usr_3")
            #expect(try box.books().differences == [])
            try await box.service.running.context.database.write {
                try $0.execute("DELETE FROM events WHERE sequence = 5")
            }
            let found = try box.books().differences
            #expect(found.count == 1 && found[0].hasSuffix("no event tells it"), "\(found)")
        }
    }
}
