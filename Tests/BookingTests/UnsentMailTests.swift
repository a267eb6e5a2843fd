import BookingService
import HTTPServer
import Lifecycle
import SQLite
import Synchronization
import Telemetry
import TestSupport
import Testing

@Suite("The mail of a confirmed booking that cannot go, or shall not") struct UnsentMailTests {
    @Test("waits while identity is away, and while the server says not now; neither asks for ever")
    func deferred() async throws {
        let isAway = Mutex(true)
        try await Post.run(
            .deferringRecipients,
            knowing: { user in
                isAway.withLock { $0 } ? HTTPResponse(status: 503) : Post.addressed(user)
            }
        ) { post async throws in
            let booking = try await post.box.sell()
            await eventually { (try? post.row(booking).first?.contains("identity")) == true }
            #expect(try post.row(booking).first?.hasPrefix("waiting 1 ") == true)
            isAway.withLock { $0 = false }
            try await post.waits(for: booking) { $0.contains("deferred") }
            #expect(try post.row(booking).first?.hasPrefix("waiting ") == true)
            try await post.waits(for: booking) { $0.hasPrefix("failed") }
            #expect(try post.row(booking) == ["failed 12 deferred(code: 450) fr"])
            let metrics = post.box.service.running.context.metrics
            await eventually { metrics.render().contains("mails_failed 1") }
            #expect(metrics.render().contains("mails_failed 1") && metrics.render().contains("mails_waiting 0"))
            #expect(post.server.messages.isEmpty)

            // Somebody looked, and has it tried again.
            let retry = try #require(BookingService.commands.first { $0.name == "retry-mails" })
            #expect(try await retry.run([], post.box.service.running.context) == "1 mail is tried again.")
            await eventually { (try? post.row(booking).first?.hasPrefix("waiting 1 deferred")) == true }
            #expect(try post.row(booking) == ["waiting 1 deferred(code: 450) fr"])
        }
    }

    @Test("is given up where the server says no for good, the address is none, or the user is nobody's")
    func refused() async throws {
        try await Post.run(
            .refusingRecipients,
            knowing: { user in
                switch user {
                case "usr_1": Post.addressed(user)
                case "usr_2": .json(200, #"{"user":{"id":"usr_2","email":"zoë@example.com"}}"#)
                default: .json(404, #"{"errors":[{"code":"user_not_found","message":"There is no such user."}]}"#)
                }
            }
        ) { post async throws in
            for (user, reason) in [
                ("usr_1", "refused(code: 550)"), ("usr_2", "invalidAddress"),
                ("usr_3", "identity does not know the user"),
            ] {
                let booking = try await post.box.sell(to: user)
                try await post.comes(booking, to: "failed")
                #expect(try post.row(booking) == ["failed 1 \(reason) fr"])
            }
        }
    }

    @Test("does not go for what was given back before")
    func refunded() async throws {
        let isAway = Mutex(true)
        try await Post.run(
            knowing: { user in isAway.withLock { $0 } ? HTTPResponse(status: 503) : Post.addressed(user) }
        ) { post async throws in
            let (refunded, kept) = (try await post.box.sell(), try await post.box.sell())
            for booking in [refunded, kept] {
                await eventually { (try? post.row(booking).first?.hasPrefix("waiting 1 identity")) == true }
            }
            #expect(try await post.box.refund(refunded).status == 200)
            isAway.withLock { $0 = false }
            try await post.waits(for: kept) { $0.hasPrefix("sent") }
            try await post.waits(for: refunded) { $0.hasPrefix("dropped") }
            #expect(try post.row(refunded).first?.hasPrefix("dropped ") == true)
            #expect(post.server.messages.count == 1)
        }
    }

    @Test("is sent for none that was confirmed while mails were off")
    func off() async throws {
        try await Post.run(settings: ["MAILS_PER_SECOND": "0"]) { post async throws in
            let booking = try await post.box.sell()
            let database = post.box.service.running.context.database
            await eventually {
                let position = try? database.read { connection in
                    try connection.first("SELECT sequence FROM followers WHERE name = 'mail'") { try $0.int(0) }
                }
                return position == 3
            }
            #expect(try post.row(booking) == [])
        }
    }

    @Test("is not noted while nothing can be: how much waits, and since when, is on /metrics, and why in the log")
    func backlog() async throws {
        let lines = Mutex<[String]>([])
        let log = Logger(service: "booking") { line in
            lines.withLock { $0.append(String(decoding: line, as: UTF8.self)) }
        }
        try await BoxOffice.run(log: log) { box async throws in
            func shows(_ waiting: Int, _ lag: Int) -> Bool {
                let metrics = box.service.running.context.metrics.render()
                return metrics.contains("outbox_events_waiting{follower=\"mail\"} \(waiting)\n")
                    && metrics.contains("outbox_lag_seconds{follower=\"mail\"} \(lag)\n")
            }
            let database = box.service.running.context.database
            try await database.write { transaction in
                try transaction.execute(
                    """
                    CREATE TRIGGER mail_stays BEFORE INSERT ON followers WHEN NEW.name = 'mail'
                    BEGIN SELECT RAISE(ABORT, 'not now'); END
                    """)
            }
            _ = try await box.sell()
            for seconds in [30, 60] {
                box.service.clock.advance(byMilliseconds: 30_000)
                await eventually { shows(3, seconds) }
                #expect(shows(3, seconds))
            }
            let said = lines.withLock { $0.filter { $0.contains(#""event":"mails_not_noted""#) } }
            #expect(said.count == 1, "once a minute")
            #expect(said.first?.contains("not now") == true && said.first?.contains(#""withheld":0"#) == true)
            try await database.write { try $0.execute("DROP TRIGGER mail_stays") }
            await eventually { shows(0, 0) }
            #expect(shows(0, 0))
        }
    }
}
