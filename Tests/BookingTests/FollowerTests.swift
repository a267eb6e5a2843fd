import BookingService
import JSON
import Lifecycle
import SQLite
import Telemetry
import TestSupport
import Testing
import Time

@Suite struct FollowerTests {
    private func events(_ box: BoxOffice) throws -> [Int64] {
        try box.service.running.context.database.read {
            try $0.rows("SELECT sequence FROM events ORDER BY sequence") { try $0.int(0) }
        }
    }

    private func position(of follower: String, _ box: BoxOffice) -> Int64? {
        try? box.service.running.context.database.read {
            try $0.first("SELECT sequence FROM followers WHERE name = \(follower)") { try $0.int(0) }
        }
    }

    private func isDelivered(_ box: BoxOffice, _ listener: Listener) -> Bool {
        (try? events(box)).map { $0.last == position(of: "analytics", box) } == true
    }

    private func toldOfTheFirst(_ listener: Listener) -> Int { listener.told.count { $0.contains(1) } }

    /// Whether all have said how far they are, which comes before they are told anything.
    private func isAsked(_ box: BoxOffice) -> Bool {
        let count = try? box.service.running.context.database.read {
            try $0.first("SELECT count(*) FROM unasked_followers") { try $0.int(0) }
        }
        return count == 0
    }

    @Test("all that happens is told in order, each with its booking and its session")
    func order() async throws {
        try await BoxOffice.runFollowed { box, listener async throws in
            let id = try await box.open()
            _ = try await box.reserve(id, 3)
            _ = try await box.confirm(id)
            let other = try await box.open("usr_2")
            _ = try await box.cancel(other, "usr_2")
            await eventually { listener.taken.count >= 5 }
            #expect(
                listener.types == [
                    "booking.opened", "seats.reserved", "booking.confirmed", "booking.opened", "booking.cancelled",
                ])
            #expect(listener.taken.map(Listener.sequence) == [1, 2, 3, 4, 5])
            let (now, starts) = (box.service.clock.now, box.service.clock.now.advanced(byMilliseconds: 3_600_000))
            #expect(
                listener.taken.count > 2
                    && listener.taken[2] == [
                        "sequence": 3, "type": "booking.confirmed", "occurred_at": .string(now.rfc3339),
                        "booking": ["id": .string(id), "seats": 3],
                        "session": [
                            "id": .string(BoxOffice.session), "starts_at": .string(starts.rfc3339), "allocation": 10,
                            "free": 7, "movie_id": "mov_1", "place_id": "plc_1", "time_zone": "America/Montreal",
                        ],
                    ])
        }
    }

    @Test("a follower that is away is told everything once it is back, and one whose answer was lost is told again")
    func awayAndBack() async throws {
        try await BoxOffice.runFollowed { box, listener async throws in
            await eventually { isAsked(box) }
            listener.mood = .failing
            let id = try await box.open()
            await eventually { toldOfTheFirst(listener) >= 2 }
            _ = try await box.reserve(id, 1)
            #expect(listener.taken.isEmpty)
            listener.mood = .silent
            await eventually { listener.taken.count >= 2 }
            let before = toldOfTheFirst(listener)
            await eventually { toldOfTheFirst(listener) > before }
            listener.mood = .well
            _ = try await box.confirm(id)
            await eventually { isDelivered(box, listener) }
            #expect(listener.types == ["booking.opened", "seats.reserved", "booking.confirmed"])
            #expect(toldOfTheFirst(listener) >= 4, "the first event went out again and again")
        }
    }

    @Test("a restart keeps the place, and more events than one batch holds are told one batch after the other")
    func restart() async throws {
        try await BoxOffice.runFollowed(allocation: 10_000) { box, listener async throws in
            _ = try await box.open()
            await eventually { isDelivered(box, listener) }
            await box.service.stop()
            let known = listener.told.count
            let database = try Database(
                .init(path: box.service.databasePath), migrations: BookingService.migrations)
            try await database.write { transaction in
                for _ in 0..<250 {
                    try transaction.execute(
                        """
                        INSERT INTO events (type, session_id, booking_id, seats, free, occurred_at)
                        SELECT type, session_id, booking_id, seats, free, occurred_at FROM events WHERE sequence = 1
                        """)
                }
            }
            database.close()
            try await box.again { service async throws in
                await eventually { listener.taken.count >= 251 }
                #expect(listener.taken.map(Listener.sequence) == Array(1...251))
                #expect(listener.told.dropFirst(known).map(\.count).filter { $0 > 0 } == [100, 100, 50])
            }
        }
    }

    @Test("a follower that was restored from an old copy is told again what it has lost")
    func restored() async throws {
        try await BoxOffice.runFollowed { box, listener async throws in
            let id = try await box.open()
            _ = try await box.reserve(id, 2)
            await eventually { isDelivered(box, listener) }
            listener.forget(allBut: 1)
            _ = try await box.confirm(id)
            await eventually { listener.taken.count >= 3 }
            #expect(listener.taken.map(Listener.sequence) == [1, 2, 3])
        }
    }

    @Test("events that all followers have are deleted after a week; what is not delivered stays")
    func trimming() async throws {
        try await BoxOffice.runFollowed { box, listener async throws in
            let id = try await box.open()
            _ = try await box.cancel(id)
            await eventually { isDelivered(box, listener) }
            listener.mood = .failing
            _ = try await box.cancel(try await box.open())
            box.service.clock.advance(byMilliseconds: 8 * 86_400_000)
            await eventually { box.follower.taken.count >= 4 }
            #expect(try events(box).suffix(2) == [3, 4], "catalog has them, analytics has not")
            listener.mood = .well
            await eventually { (try? events(box)) == [] }
            #expect(try events(box) == [])
            #expect(listener.taken.map(Listener.sequence) == [1, 2, 3, 4])
        }
    }

    @Test("what a follower has never been there for waits for it, too")
    func neverThere() async throws {
        try await BoxOffice.runFollowed { box, listener async throws in
            listener.mood = .failing
            _ = try await box.cancel(try await box.open())
            _ = try await box.open()
            await eventually { position(of: "catalog", box) == 3 && position(of: "mail", box) == 3 }
            // The last booking runs out, which is told, and old events are deleted with that.
            box.service.clock.advance(byMilliseconds: 8 * 86_400_000)
            await eventually { position(of: "catalog", box) == 4 }
            #expect(try events(box) == [1, 2, 3, 4])
            listener.mood = .well
            await eventually { listener.taken.count >= 4 }
            #expect(listener.taken.map(Listener.sequence) == [1, 2, 3, 4])
        }
    }

    @Test("each follower has its own place: one that is away keeps nothing from the other")
    func two() async throws {
        try await BoxOffice.runFollowed { box, listener async throws in
            listener.mood = .failing
            let id = try await box.open()
            await eventually { box.follower.taken.count >= 1 }
            box.follower.mood = .failing
            listener.mood = .well
            _ = try await box.cancel(id)
            await eventually { listener.taken.count >= 2 }
            #expect(box.follower.types == ["booking.opened"])
            box.follower.mood = .well
            await eventually { box.follower.taken.count >= 2 }
            #expect(box.follower.taken == listener.taken)
        }
    }

    @Test("how much waits for a follower, and since when, is among the metrics")
    func metrics() async throws {
        try await BoxOffice.runFollowed { box, listener async throws in
            func metrics() -> String { box.service.running.context.metrics.render() }
            listener.mood = .failing
            _ = try await box.open()
            _ = try await box.open()
            box.service.clock.advance(byMilliseconds: 30_000)
            await eventually { metrics().contains(#"outbox_lag_seconds{follower="analytics"} 30"#) }
            #expect(metrics().contains(#"outbox_events_waiting{follower="analytics"} 2"#))
            #expect(metrics().contains(#"outbox_lag_seconds{follower="analytics"} 30"#))
            listener.mood = .well
            await eventually { metrics().contains(#"outbox_lag_seconds{follower="analytics"} 0"#) }
            #expect(metrics().contains(#"outbox_events_waiting{follower="analytics"} 0"#))
            #expect(metrics().contains(#"outbox_lag_seconds{follower="analytics"} 0"#))
        }
    }

    @Test("what is counted of telling catalog is apart from what is counted of asking it")
    func labels() async throws {
        try await BoxOffice.runFollowed { box, _ async throws in
            _ = try await box.open()
            await eventually { position(of: "catalog", box) == 1 }
            let lines = box.service.running.context.metrics.render().split(separator: "\n")
            for client in [#"neighbour="catalog""#, #"neighbour="catalog",purpose="events""#] {
                #expect(lines.contains { $0 == "http_client_breaker_state{\(client)} 0" }, "\(client)")
                let calls = lines.first { $0.hasPrefix("http_client_calls_total{\(client),outcome=\"2xx\"} ") }
                #expect(calls?.hasSuffix(" 0") == false, "\(client)")
            }
        }
    }

    @Test("a step of the relay costs the same however long the log is: it scans nothing but the list of followers")
    func plans() async throws {
        try await BoxOffice.runFollowed { box, listener async throws in
            _ = try await box.service.statementReports()
            _ = try await box.open()
            await eventually { isDelivered(box, listener) }
            let used = try await box.service.statementReports().filter {
                $0.operations > 0 && ($0.sql.contains("events") || $0.sql.contains("followers"))
            }
            #expect(used.count >= 5)
            for report in used {
                let costly = report.plan.filter {
                    ($0.contains("SCAN") && !$0.contains("SCAN followers")) || $0.contains("TEMP B-TREE")
                }
                #expect(costly.isEmpty, "\(report.sql): \(report.plan)")
            }
        }
    }

    @Test("without a follower's address events wait, and selling goes on")
    func nobody() async throws {
        try await BoxOffice.run(settings: ["ANALYTICS_URL": ""]) { box async throws in
            let id = try await box.open()
            #expect(try await box.reserve(id, 1).status == 200)
            #expect(try events(box) == [1, 2])
        }
    }
}
