import BookingService
import JSON
import Lifecycle
import SQLite
import Telemetry
import TestSupport
import Testing
import Time

/// Booking on an older state of its database that says nothing of it, before followers that have heard more.
@Suite struct RolledBackTests {
    private typealias Running = ServiceUnderTest<BookingService>

    /// The file as it is now: without the mark of a copy that was made to be restored.
    private func plainCopy(of database: String) throws -> String {
        let path = temporaryPath("booking.db")
        _ = try SchemaDump.sqlite(database, "VACUUM INTO '\(path)'")
        return path
    }

    private func alarms(_ service: Running) -> Int {
        let name = "outbox_followers_ahead_total{"
        return service.running.context.metrics.render().split(separator: "\n").filter { $0.hasPrefix(name) }
            .compactMap { $0.split(separator: " ").last.flatMap { Int($0) } }.reduce(0, +)
    }

    private func number(_ service: Running, _ sql: SQL) -> Int64? {
        try? service.running.context.database.read { try $0.first(sql) { try $0.int(0) } }
    }

    private func isToldAll(_ service: Running) -> Bool {
        number(service, "SELECT count(*) FROM unasked_followers") == 0
            && number(
                service,
                "SELECT min(sequence) = (SELECT max(sequence) FROM events) FROM followers WHERE name <> 'mail'") == 1
    }

    private static func bookings(_ listener: Listener) -> Set<String> {
        Set(listener.taken.compactMap { $0["booking"]?["id"]?.stringValue })
    }

    @Test("it is noticed also after events under used numbers and a restart, once, and nothing is swallowed")
    func noticed() async throws {
        try await BoxOffice.runFollowed { box, listener async throws in
            let (copy, kept, _) = try await box.copied(listener, by: plainCopy)
            (listener.mood, box.follower.mood) = (.failing, .failing)
            var own: Set = [kept]
            try await box.again(on: copy) { service async throws in
                for user in ["usr_3", "usr_4", "usr_5"] { own.insert(try await service.book(user)) }
                #expect(number(service, "SELECT max(sequence) FROM events") == 5, "more than were told")
            }
            // Catalog is back first; the one that is away meanwhile hears of it in the next life.
            box.follower.mood = .well
            try await box.again(on: copy) { service async throws in
                let seen: SQL = "SELECT count(*) FROM unasked_followers WHERE name = 'catalog'"
                await eventually { number(service, seen) == 0 }
                #expect(alarms(service) == 1)
            }
            listener.mood = .well
            try await box.again(on: copy) { service async throws in
                own.insert(try await service.book("usr_6"))
                await eventually { isToldAll(service) }
                #expect(isToldAll(service))
                #expect(alarms(service) == 0 && number(service, "SELECT count(*) FROM lost_events") == 1)
                let first = service.clock.now.rawValue * 1_000
                #expect(listener.lost.last == [["first": 3, "last": .integer(first)]])
                #expect(Self.bookings(listener) == own)
                #expect(box.follower.lost.last == listener.lost.last)
                let numbers = box.follower.taken.map(Listener.sequence)
                #expect(Set(numbers).count == numbers.count && own.isSubset(of: Self.bookings(box.follower)))
                #expect(
                    listener.types == [
                        "booking.opened", "seats.reserved", "booking.opened", "booking.opened", "booking.opened",
                        "session.changed", "booking.opened",
                    ])
                #expect(listener.taken.last?["session"]?["free"] == 8)
                #expect(number(service, "SELECT count(*) FROM unsure_sessions") == 0)
            }
        }
    }

    @Test("an empty database goes on beyond what was told, and followers forget that at once")
    func empty() async throws {
        try await BoxOffice.runFollowed(balances: false) { box, listener async throws in
            let id = try await box.open()
            _ = try await box.reserve(id, 2)
            await eventually { listener.taken.count >= 2 && box.follower.taken.count >= 2 }
            try await box.again(on: temporaryPath("booking.db")) { service async throws in
                await eventually { listener.taken.isEmpty && number(service, "SELECT count(*) FROM lost_events") == 1 }
                #expect(listener.taken.isEmpty, "it is told without any event")
                let new = try await service.book("usr_3")
                await eventually { isToldAll(service) && Self.bookings(listener) == [new] }
                #expect(Self.bookings(listener) == [new] && alarms(service) == 1)
                #expect(listener.taken.allSatisfy { Listener.sequence($0) > service.clock.now.rawValue * 1_000 })
            }
        }
    }

    @Test("what an older program told a follower that was away when booking ended is no sign of another life")
    func downgraded() async throws {
        try await BoxOffice.runFollowed(balances: false) { box, listener async throws in
            _ = try await box.open()
            await eventually { isToldAll(box.service) && listener.taken.count >= 1 }
            listener.mood = .failing
            try await box.again { service async throws in
                #expect(number(service, "SELECT sequence FROM unasked_followers WHERE name = 'analytics'") == 1)
            }
            // It asks nobody and tells what happens, and the follower moves with it.
            let database = try Database(.init(path: box.service.databasePath), migrations: BookingService.migrations)
            try await database.write { transaction in
                try transaction.execute(
                    """
                    INSERT INTO events (type, session_id, booking_id, seats, free, occurred_at)
                    SELECT type, session_id, booking_id, seats, free, occurred_at FROM events WHERE sequence = 1
                    """)
                try transaction.execute("UPDATE followers SET sequence = 2")
            }
            database.close()
            listener.begin(after: 2)
            box.follower.begin(after: 2)
            listener.mood = .well
            try await box.again { service async throws in
                await eventually { isToldAll(service) }
                #expect(isToldAll(service) && alarms(service) == 0)
                #expect(number(service, "SELECT count(*) FROM lost_events") == 0 && listener.taken.isEmpty)
            }
        }
    }

    @Test("where followers have come differently far, numbers go on beyond the last of them")
    func disagreeing() async throws {
        try await BoxOffice.runFollowed { box, listener async throws in
            _ = try await box.open()
            await eventually { listener.taken.count >= 1 && box.follower.taken.count >= 1 }
            await box.service.stop()
            let far = box.service.clock.now.rawValue * 1_000 + 1_000_000_000
            listener.begin(after: far)
            box.follower.begin(after: 50)
            try await box.again { service async throws in
                await eventually { isToldAll(service) && listener.taken.count >= 2 && !box.follower.taken.isEmpty }
                let new = try await service.book("usr_2")
                await eventually { isToldAll(service) && Self.bookings(listener).contains(new) }
                #expect(Self.bookings(listener).contains(new) && Self.bookings(box.follower).contains(new))
                let last = try #require(listener.taken.last.map(Listener.sequence))
                #expect(last > far && box.follower.taken.last.map(Listener.sequence) == last)
            }
        }
    }

    @Test("one that is ahead while booking runs is noticed too; one that is behind is none of it")
    func meanwhile() async throws {
        try await BoxOffice.runFollowed { box, listener async throws in
            _ = try await box.open()
            await eventually { isToldAll(box.service) && listener.taken.count >= 1 }
            listener.begin(after: 0)
            let second = try await box.open("usr_2")
            await eventually { listener.taken.count >= 2 }
            #expect(listener.taken.map(Listener.sequence) == [1, 2])
            #expect(alarms(box.service) == 0 && number(box.service, "SELECT count(*) FROM lost_events") == 0)
            listener.begin(after: 70)
            let third = try await box.open("usr_3")
            await eventually { Self.bookings(listener).isSuperset(of: [second, third]) }
            #expect(Self.bookings(listener).isSuperset(of: [second, third]) && alarms(box.service) == 1)
        }
    }

    @Test(
        "a number that no log can have given is not believed, and only that follower waits", arguments: [1 << 53, .max])
    func absurd(_ number: Int64) async throws {
        try await BoxOffice.runFollowed { box, listener async throws in
            await box.service.stop()
            listener.begin(after: number)
            try await box.again { service async throws in
                let id = try await service.book("usr_1")
                await eventually { Self.bookings(box.follower) == [id] && alarms(service) > 1 }
                #expect(Self.bookings(box.follower) == [id] && alarms(service) > 1)
                #expect(listener.taken.isEmpty && listener.told.allSatisfy(\.isEmpty))
                #expect(self.number(service, "SELECT max(sequence) FROM events") == 1)
                #expect(self.number(service, "SELECT count(*) FROM lost_events") == 0)
            }
        }
    }

    @Test("right after a restore metrics count events, not numbers, and for how long they have waited here")
    func metrics() async throws {
        try await BoxOffice.runFollowed(balances: false) { box, listener async throws in
            _ = try await box.open()
            await eventually { isToldAll(box.service) && listener.taken.count >= 1 }
            let copy = temporaryPath("booking.db")
            try Database.copy(box.service.databasePath, to: copy, migrations: BookingService.migrations)
            listener.mood = .failing
            try await box.again(on: copy) { service async throws in
                func shows(_ name: String, _ value: Int) -> Bool {
                    service.running.context.metrics.render().contains("\(name){follower=\"analytics\"} \(value)\n")
                }
                await eventually { shows("outbox_events_waiting", 1) }
                #expect(shows("outbox_events_waiting", 1), "that its session stands as it did")
                listener.mood = .well
                await eventually { isToldAll(service) && shows("outbox_events_waiting", 0) }
                #expect(shows("outbox_events_waiting", 0))
                listener.mood = .failing
                let now = service.clock.now
                let database = service.running.context.database
                try await database.write { transaction in
                    try transaction.execute(
                        """
                        INSERT INTO events (type, session_id, booking_id, seats, free, occurred_at, retold_at)
                        SELECT type, session_id, booking_id, seats, free, occurred_at - 9000000, \(now) FROM events
                        WHERE sequence = 1
                        """)
                }
                await eventually { shows("outbox_events_waiting", 1) }
                #expect(shows("outbox_events_waiting", 1) && shows("outbox_lag_seconds", 0))
            }
        }
    }
}
