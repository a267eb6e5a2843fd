import BookingService
import JSON
import Lifecycle
import SQLite
import Synchronization
import Telemetry
import TestSupport
import Testing

/// Events that a follower refuses, whatever they are sent with.
@Suite struct SetAsideTests {
    private func command(_ box: BoxOffice, _ arguments: String...) async throws -> String {
        let command = try #require(BookingService.commands.first { $0.name == "outbox" })
        return try await command.run(arguments, box.service.running.context)
    }

    private func setAside(_ box: BoxOffice) -> [Int64] {
        (try? box.service.running.context.database.read {
            try $0.rows("SELECT sequence FROM events_set_aside WHERE is_replayed = 0 ORDER BY sequence") {
                try $0.int(0)
            }
        }) ?? []
    }

    @Test("an event that is refused again and again is set aside with an alarm, and the rest goes on in order")
    func poison() async throws {
        try await BoxOffice.runFollowed { box, listener async throws in
            listener.mood = .failing
            let id = try await box.open()
            _ = try await box.reserve(id, 2)
            _ = try await box.confirm(id)
            let other = try await box.open("usr_2")
            _ = try await box.cancel(other, "usr_2")
            listener.refused = ["booking.confirmed"]
            listener.mood = .well
            await eventually { listener.taken.count >= 4 && !setAside(box).isEmpty }
            #expect(setAside(box) == [3])
            #expect(listener.taken.map(Listener.sequence) == [1, 2, 4, 5])
            #expect(listener.told.filter { $0 == [3] }.count == 5, "it was tried alone, and more than once")
            await eventually {
                box.service.running.context.metrics.render().contains(
                    #"outbox_events_set_aside{follower="analytics"} 1"#)
            }
            let metrics = box.service.running.context.metrics.render()
            #expect(metrics.contains(#"outbox_events_set_aside{follower="analytics"} 1"#))
            #expect(metrics.contains(#"outbox_events_set_aside{follower="catalog"} 0"#))
            await eventually { box.follower.taken.count >= 5 }
            #expect(box.follower.taken.map(Listener.sequence) == [1, 2, 3, 4, 5], "it is refused by one only")
        }
    }

    @Test("an event that is set aside is none that a follower lacks: nobody is told everything anew for it")
    func noRetelling() async throws {
        try await BoxOffice.runFollowed { box, listener async throws in
            listener.refused = ["booking.opened"]
            let id = try await box.open()
            await eventually { setAside(box) == [1] }
            _ = try await box.cancel(id)
            // What it is told besides is in the log by the time its place is noted.
            await eventually {
                let place = try? box.service.running.context.database.read {
                    try $0.first("SELECT sequence FROM followers WHERE name = 'analytics'") { try $0.int(0) }
                }
                return place.map { $0 >= 2 } == true
            }
            let events = try box.service.running.context.database.read {
                try $0.rows("SELECT sequence FROM events ORDER BY sequence") { try $0.int(0) }
            }
            #expect(events == [1, 2])
            #expect(listener.taken.map(Listener.sequence) == [2])
        }
    }

    @Test("what is set aside at the end of the log waits for nobody; what comes after it does")
    func waiting() async throws {
        try await BoxOffice.runFollowed { box, listener async throws in
            func shows(_ follower: String, _ count: Int) -> Bool {
                box.service.running.context.metrics.render().contains(
                    "outbox_events_waiting{follower=\"\(follower)\"} \(count)\n")
            }
            listener.refused = ["seats.reserved"]
            let id = try await box.open()
            _ = try await box.reserve(id, 2)
            await eventually { setAside(box) == [2] && shows("analytics", 0) && shows("catalog", 0) }
            #expect(shows("analytics", 0) && shows("catalog", 0))
            listener.mood = .failing
            box.follower.mood = .failing
            _ = try await box.cancel(id)
            await eventually { shows("analytics", 1) && shows("catalog", 1) }
            #expect(shows("analytics", 1) && shows("catalog", 1))
            #expect(try await command(box).contains("analytics has taken 1, 1 wait"))
        }
    }

    @Test("with a hundred set aside events wait, of which an error and a metric tell until somebody has seen to it")
    func full() async throws {
        let lines = Mutex<[String]>([])
        let log = Logger(service: "booking") { line in
            lines.withLock { $0.append(String(decoding: line, as: UTF8.self)) }
        }
        func said() -> [String] { lines.withLock { $0.filter { $0.contains(#""event":"outbox_stuck""#) } } }
        try await BoxOffice.runFollowed(log: log) { box, listener async throws in
            func isStuck(_ value: Int) -> Bool {
                let metrics = box.service.running.context.metrics.render()
                return metrics.contains("outbox_stuck{follower=\"analytics\"} \(value)\n")
                    && metrics.contains("outbox_stuck{follower=\"catalog\"} 0\n")
            }
            try await box.service.running.context.database.write { transaction in
                for number in 1...BookingService.mostSetAside {
                    try transaction.execute(
                        """
                        INSERT INTO events_set_aside (sequence, follower, reason, attempts, set_aside_at)
                        VALUES (\(-number), 'analytics', 'no', 5, 1)
                        """)
                }
            }
            listener.refused = ["booking.opened"]
            _ = try await box.open()
            await eventually { isStuck(1) }
            #expect(isStuck(1))
            #expect(!setAside(box).contains(1))
            #expect(said().count == 1, "once a minute")
            let line = said().first ?? ""
            #expect(line.contains(#""level":"error""#) && line.contains("booking outbox"), "\(line)")
            let facts = #""follower":"analytics","sequence":1,"reason":"422 events_invalid","set_aside":100"#
            #expect(line.contains(facts), "\(line)")
            _ = try await command(box, "replay")
            await eventually { isStuck(0) && setAside(box) == [1] }
            #expect(isStuck(0) && setAside(box) == [1], "there is room for it again")
        }
    }

    @Test("what is set aside is shown, and replayed as it is then, under a number of its own")
    func replay() async throws {
        try await BoxOffice.runFollowed { box, listener async throws in
            listener.refused = ["seats.reserved"]
            let id = try await box.open()
            _ = try await box.reserve(id, 2)
            await eventually { setAside(box) == [2] }
            let shown = try await command(box)
            #expect(shown.contains("analytics has taken 1, 0 wait, the oldest for 0 s"))
            #expect(shown.contains("2 seats.reserved \(id) of \(BoxOffice.session), set aside"))
            #expect(shown.contains("after 5 attempts: analytics answered 422 events_invalid"))
            _ = try await box.confirm(id)
            await eventually { listener.taken.count >= 2 }
            await #expect(throws: SettingError.self) { try await command(box, "replay", "1") }
            await #expect(throws: UsageError.self) { try await command(box, "again") }
            listener.refused = []
            #expect(try await command(box, "replay", "2") == "Told again: 2.")
            await eventually { listener.taken.count >= 5 }
            #expect(
                listener.types == [
                    "booking.opened", "booking.confirmed", "booking.opened", "booking.confirmed", "session.changed",
                ])
            #expect(setAside(box) == [])
            #expect(try await command(box).hasSuffix("Nothing is set aside."))
            #expect(try await command(box, "replay") == "Nothing is set aside.")
        }
    }

    @Test("one that is refused again after a replay is set aside again")
    func stillPoison() async throws {
        try await BoxOffice.runFollowed { box, listener async throws in
            listener.refused = ["booking.opened"]
            _ = try await box.open()
            await eventually { setAside(box) == [1] }
            #expect(try await command(box, "replay") == "Told again: 1.")
            await eventually { !setAside(box).isEmpty && listener.taken.count >= 2 }
            #expect(setAside(box) == [2])
            #expect(listener.types == ["seats.reserved", "session.changed"])
        }
    }

    @Test("an event that a follower fails on, well as it is otherwise, is set aside too, and told again later")
    func failing() async throws {
        try await BoxOffice.runFollowed { box, listener async throws in
            listener.failedOn = ["booking.confirmed"]
            let id = try await box.open()
            _ = try await box.reserve(id, 2)
            _ = try await box.confirm(id)
            await eventually { listener.told.contains([3]) }
            #expect(try await box.refund(id).status == 200)
            _ = try await box.open("usr_2")
            await eventually { listener.taken.count >= 4 && !setAside(box).isEmpty }
            #expect(setAside(box) == [3])
            #expect(listener.taken.map(Listener.sequence) == [1, 2, 4, 5], "its session goes on, and other ones")
            let attempts = Int(BatchSize.mostFailures)
            #expect(listener.told.filter { $0 == [3] }.count >= attempts)
            #expect(listener.told.filter(\.isEmpty).count >= attempts - 1, "it was asked whether it is well")
            let shown = try await command(box)
            #expect(shown.contains("3 booking.confirmed \(id) of \(BoxOffice.session), set aside"))
            #expect(shown.contains("after \(attempts) attempts: analytics answered 500 internal_error"))
            listener.failedOn = []
            #expect(try await command(box, "replay") == "Told again: 3.")
            await eventually { listener.taken.count >= 7 }
            #expect(listener.types.suffix(3) == ["booking.opened", "booking.refunded", "session.changed"])
        }
    }

    @Test("of a follower that fails on everything, or says that it cannot now, nothing is set aside")
    func down() async throws {
        try await BoxOffice.runFollowed { box, listener async throws in
            listener.mood = .broken
            box.follower.mood = .full
            let attempts = Int(BatchSize.mostFailures)
            _ = try await box.open()
            await eventually { listener.told.count > attempts && box.follower.told.count > attempts }
            #expect(listener.told.count > attempts && box.follower.told.count > attempts)
            #expect(setAside(box) == [])
            listener.mood = .well
            box.follower.mood = .well
            _ = try await box.open("usr_2")
            for follower in [listener, box.follower] {
                await eventually { follower.taken.count >= 2 }
                #expect(follower.taken.map(Listener.sequence) == [1, 2])
            }
            #expect(setAside(box) == [])
        }
    }

    @Test("so many failures in a row are enough, of so many events in a row")
    func counting() {
        var batch = BatchSize()
        func fails(_ times: Int64) -> Bool { (0..<times).map { _ in batch.hasFailed(1) }.contains(true) }
        #expect(!fails(BatchSize.mostFailures - 1))
        batch.wasAway()
        #expect(!fails(BatchSize.mostFailures - 1), "it was away, and is counted anew")
        let ofTwo = batch.hasFailed(2)
        #expect(!ofTwo, "what is sent alone counts")
        for _ in 0..<BatchSize.mostInARow {
            batch.wasAway()
            #expect(fails(BatchSize.mostFailures) && !batch.isStuck)
            batch.wasSetAside()
        }
        #expect(!fails(BatchSize.mostFailures - 1) && !batch.isStuck)
        #expect(!fails(BatchSize.mostFailures) && batch.isStuck, "it takes nothing")
        batch.wasTaken()
        #expect(!batch.isStuck)
        #expect(fails(BatchSize.mostFailures))
    }
}
