import BookingService
import JSON
import Lifecycle
import SQLite
import TestSupport
import Testing
import Time

/// Booking set back to an older copy of its data, before a follower that has heard more.
@Suite struct RestoredLogTests {
    /// Puts a copy in place of booking's database, and starts it again.
    private func goOn(
        from copy: String, _ box: BoxOffice, _ body: (ServiceUnderTest<BookingService>) async throws -> Void
    ) async throws {
        await box.service.stop()
        let path = temporaryPath("booking.db")
        #expect(try Database.restore(copy, to: path, migrations: BookingService.migrations) == nil)
        try await box.again(on: path, body)
    }

    private func copy(of database: String) throws -> String {
        let path = temporaryPath("booking.db")
        try Database.copy(database, to: path, migrations: BookingService.migrations)
        return path
    }

    @Test("a follower that has heard of what is lost begins anew, and no number is given twice")
    func ahead() async throws {
        try await BoxOffice.runFollowed { box, listener async throws in
            let (copy, kept, lost) = try await box.copied(listener, by: copy)
            try await goOn(from: copy, box) { service async throws in
                let new = try await service.book("usr_3")
                await eventually { listener.taken.contains { $0["booking"]?["id"] == .string(new) } }
                let first = service.clock.now.rawValue * 1_000
                #expect(listener.lost.first == [["first": 3, "last": .integer(first)]])
                #expect(listener.taken.map(Listener.sequence) == [1, 2, first + 1, first + 2])
                #expect(
                    listener.types == ["booking.opened", "seats.reserved", "session.changed", "booking.opened"])
                #expect(!listener.taken.contains { $0["booking"]?["id"] == .string(lost) })
                let confirm = try await service.post(
                    "/v1/bookings/\(kept)/confirm", token: service.token("usr_1"))
                #expect(confirm.status == 200, "it was open when the copy was made, and is again")
                await eventually { listener.types.last == "booking.confirmed" }
                #expect(listener.types.last == "booking.confirmed")
            }
        }
    }

    @Test("a follower that lacks what is deleted by now is told how everything stands")
    func retold() async throws {
        try await BoxOffice.runFollowed { box, listener async throws in
            let sold = try await box.open()
            _ = try await box.reserve(sold, 3)
            _ = try await box.confirm(sold)
            let cancelled = try await box.open("usr_2")
            _ = try await box.cancel(cancelled, "usr_2")
            await eventually { listener.taken.count >= 5 && box.follower.taken.count >= 5 }
            box.service.clock.advance(byMilliseconds: 8 * 86_400_000)
            let now = box.service.clock.now
            try await box.service.running.context.database.write { transaction in
                try transaction.execute("INSERT OR REPLACE INTO trimmed_events (id, until) VALUES (1, \(now))")
                try transaction.execute("DELETE FROM events")
                try transaction.execute("DELETE FROM mails")
            }
            listener.begin(after: 0)
            let database = box.service.running.context.database
            // Anything that is told shows how far the follower is.
            try await database.write { transaction in
                try transaction.execute(
                    """
                    INSERT INTO events (type, session_id, booking_id, seats, free, occurred_at)
                    SELECT 'session.changed', id, NULL, 0, allocation - held - sold, 1 FROM sessions
                    """)
            }
            await eventually { listener.taken.count >= 6 }
            let told = listener.taken.map { [$0["type"] ?? .null, $0["booking"]?["id"] ?? .null] }
            #expect(
                told == [
                    ["session.changed", .null], ["session.changed", .null],
                    ["booking.opened", .string(sold)], ["booking.confirmed", .string(sold)],
                    ["booking.opened", .string(cancelled)], ["booking.cancelled", .string(cancelled)],
                ])
            #expect(listener.taken.last?["session"]?["free"] == 7)
            await eventually {
                (try? database.read { try $0.first("SELECT count(*) FROM retellings") { try $0.int(0) } }) == 0
            }
            #expect(try database.read { try $0.first("SELECT count(*) FROM retellings") { try $0.int(0) } } == 0)
            func number(_ sql: SQL) -> Int64? { try? database.read { try $0.first(sql) { try $0.int(0) } } }
            let isRead: SQL = """
                SELECT sequence = (SELECT max(sequence) FROM events) FROM followers WHERE name = 'mail'
                """
            await eventually { number(isRead) == 1 }
            let toldBefore: SQL = """
                SELECT count(*) FROM events
                WHERE booking_id IS NOT NULL AND coalesce(retold_at, occurred_at) < \(box.service.clock.now)
                """
            #expect(number(toldBefore) == 0, "what is told again waits since it is")
            #expect(number(isRead) == 1 && number("SELECT count(*) FROM mails") == 0, "its owner had a mail long ago")
        }
    }

    @Test("a session that catalog has deleted since the copy was made is closed, unless somebody has seats in it")
    func deletedSessions() async throws {
        try await BoxOffice.runFollowed(balances: false) { box, listener async throws in
            let id = try await box.open()
            _ = try await box.reserve(id, 1)
            _ = try await box.confirm(id)
            try await box.service.running.context.database.write { transaction in
                try transaction.execute(
                    """
                    INSERT INTO sessions (id, starts_at, allocation, movie_id, movie_title, place_id, place_name, named_at)
                    SELECT id + 1, starts_at, allocation, movie_id, movie_title, place_id, place_name, named_at
                    FROM sessions
                    """)
            }
            let gone = "ses_300000000000002"
            let answer = try await box.book(session: gone)
            #expect(answer.status == 201, "booking does not know yet")
            _ = try await box.service.post(
                "/v1/bookings/\(answer.json["booking"]?["id"]?.stringValue ?? "")/cancel",
                token: box.service.token("usr_1"))
            #expect(try await box.book("usr_2", session: gone).status == 201)
            let copy = try copy(of: box.service.databasePath)
            try await goOn(from: copy, box) { service async throws in
                let database = service.running.context.database
                func unsure() -> Int64? {
                    try? database.read { try $0.first("SELECT count(*) FROM unsure_sessions") { try $0.int(0) } }
                }
                await eventually { unsure() == 0 }
                #expect(unsure() == 0)
                let closed = try database.read {
                    try $0.rows("SELECT id FROM closed_sessions") { try $0.int(0) }
                }
                #expect(closed == [300_000_000_000_002])
                let open: SQL = """
                    SELECT (SELECT allocation FROM sessions WHERE id = 300000000000002) + count(*) FROM bookings
                    WHERE session_id = 300000000000002 AND cancelled_at IS NULL AND expired_at IS NULL
                    """
                #expect(try database.read { try $0.first(open) { try $0.int(0) } } == 0, "nothing is on sale or open")
                await eventually { listener.taken.last?["session"]?["allocation"] == 0 }
                #expect(listener.taken.last?["session"]?["id"] == .string(gone))
                #expect(listener.types.contains("booking.expired"))
                #expect(try await service.post("/v1/sessions/\(gone)/book", token: service.token()).status == 404)
            }
        }
    }
}
