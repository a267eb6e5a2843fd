import Auth
import BookingService
import HTTPServer
import JSON
import Lifecycle
import SQLite
import Synchronization
import Telemetry
import TestSupport
import Testing
import Time

/// Identity, as far as mails need it: everybody has an address, unless a test says otherwise.
private func addressBook(_ answer: @escaping @Sendable (_ user: String) -> HTTPResponse) throws -> Neighbour {
    try Neighbour { target in
        guard target.hasPrefix("/internal/v1/users/") else { return HTTPResponse(status: 204) }
        return answer(String(target.dropFirst("/internal/v1/users/".count)))
    }
}

private func known(_ user: String) -> HTTPResponse {
    .json(200, #"{"user":{"id":"\#(user)","email":"zoe.\#(user)@example.com"}}"#)
}

@Suite("The mail of a confirmed booking") struct MailingTests {
    private struct Post {
        let box: BoxOffice
        let server: MailServer
        let identity: Neighbour

        func row(_ booking: String) throws -> [String] {
            let id = try #require(Int64(booking.dropFirst(4)))
            return try box.service.running.context.database.read { connection in
                try connection.rows("SELECT state, attempts, last_error, language FROM mails WHERE booking_id = \(id)")
                {
                    "\(try $0.text(0)) \(try $0.int(1)) \(try $0.textOrNil(2) ?? "-") \(try $0.text(3))"
                }
            }
        }

        func comes(_ booking: String, to state: String) async throws {
            await eventually { (try? row(booking).first?.hasPrefix(state + " ")) == true }
        }

        /// Lets an hour pass for each attempt until a mail is as it should be. Who was away is asked again only after a
        /// while of real time.
        func waits(for booking: String, until isDone: (String) -> Bool) async throws {
            for _ in 0..<100 {
                if try row(booking).first.map(isDone) == true { return }
                box.service.clock.advance(byMilliseconds: 3_600_000)
                try await Task.sleep(for: .milliseconds(600))
            }
        }
    }

    private func run(
        _ kind: MailServer.Kind = .taking, settings: [String: String] = [:], seats: [String]? = nil,
        at now: String? = nil, startsInMilliseconds: Int64 = 40 * 86_400_000,
        knowing: @escaping @Sendable (String) -> HTTPResponse = known,
        _ body: (Post) async throws -> Void
    ) async throws {
        let server = try await MailServer(kind)
        let identity = try addressBook(knowing)
        let usual = [
            "MAIL_URL": server.url, "MAIL_FROM": "Le Rex <billets@example.org>", "IDENTITY_URL": identity.url,
        ]
        do {
            try await BoxOffice.run(
                allocation: 2_000, seats: seats, startsInMilliseconds: startsInMilliseconds,
                settings: usual.merging(settings) { _, own in own }, at: now
            ) { box async throws in try await body(Post(box: box, server: server, identity: identity)) }
        } catch {
            await identity.stop()
            throw error
        }
        await identity.stop()
    }

    @Test("has its tickets, in the owner's language and the place's time, and goes once")
    func sent() async throws {
        try await run(seats: ["...."], at: "2026-10-01T00:30:00Z", startsInMilliseconds: 2_073_600_000) {
            post async throws in
            let booking = try await post.box.sell(named: ["sea_1", "sea_2"])
            try await post.comes(booking, to: "sent")
            #expect(try post.row(booking) == ["sent 1 - fr"])
            let message = try #require(post.server.messages.first)
            #expect(try post.server.envelope(of: message).hasPrefix("billets@example.org zoe.usr_1@example.com "))
            let lines = try await parsed(message)
            #expect(lines.contains("from Le Rex <billets@example.org>") && lines.contains("to zoe.usr_1@example.com"))
            #expect(lines.contains("subject Vos billets : Nosferatu"))
            #expect(lines.contains("message-id <\(booking).confirmed@example.org>"))
            #expect(lines.contains("part application/pdf billets-\(booking).pdf"))
            // A session that begins at half past midnight UTC is the evening before in Montréal.
            let text = lines.first { $0.hasPrefix("text ") } ?? ""
            #expect(text.contains(#"samedi 24 octobre 2026 \xe0 20\xa0h\xa030"#), "\(text)")
            #expect(text.contains("- Place A 1\\n- Place A 2"))
            let pages = try await output(of: "/usr/bin/pdftotext", [message + ".pdf", "-"])
            #expect(pages.contains("Place A 1") && pages.contains("Place A 2"))
            _ = try await output(
                of: "/usr/bin/pdftoppm", ["-r", "150", "-png", "-singlefile", message + ".pdf", message])
            let codes = try await barcodes(in: message + ".png")
            #expect(try await codes == Array(post.box.codes(of: booking).prefix(1)))

            let other = try await post.box.sell(1)
            try await post.comes(other, to: "sent")
            #expect(post.server.messages.count == 2, "nothing goes twice")
        }
    }

    @Test(
        "is in the language of the body, else of Accept-Language, else French",
        arguments: [
            (#"{"language":"en"}"#, "fr", "en"), (#"{"language":"fr"}"#, "en", "fr"), ("{}", "en-US,en;q=0.5", "en"),
            ("{}", "de", "fr"), (#"{"language":null}"#, "en", "en"), ("", "en", "en"),
        ])
    func languages(body: String, header: String, language: String) async throws {
        try await run(settings: ["MAILS_PER_SECOND": "1"]) { post async throws in
            let booking = try await post.box.open()
            _ = try await post.box.reserve(booking, 1)
            let target = "/v1/bookings/\(booking)/confirm"
            let token = post.box.service.token()
            let odd = try await post.box.service.post(target, #"{"language":"de"}"#, token: token)
            #expect(odd.status == 422 && odd.codes == ["language_invalid"])
            let answer = try await post.box.service.post(
                target, body.isEmpty ? nil : body, token: token, headers: [("Accept-Language", header)])
            #expect(answer.status == 200)
            await eventually { (try? post.row(booking).isEmpty) == false }
            #expect(try post.row(booking).first?.hasSuffix(language) == true)
        }
    }

    @Test("waits while identity is away, and while the server says not now; neither asks for ever")
    func deferred() async throws {
        let isAway = Mutex(true)
        try await run(
            .deferringRecipients,
            knowing: { user in
                isAway.withLock { $0 } ? HTTPResponse(status: 503) : known(user)
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
        try await run(
            .refusingRecipients,
            knowing: { user in
                switch user {
                case "usr_1": known(user)
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
        try await run(
            knowing: { user in isAway.withLock { $0 } ? HTTPResponse(status: 503) : known(user) }
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

    @Test("leaves no address behind: not in the database, and in no file beside it")
    func discreet() async throws {
        try await run(.refusingRecipients) { post async throws in
            let booking = try await post.box.sell()
            try await post.comes(booking, to: "failed")
            let path = post.box.service.databasePath
            await post.box.service.stop()
            let directory = String(path[..<(path.lastIndex(of: "/") ?? path.endIndex)])
            for name in entries(of: directory) where name != "mail" {
                let text = try readFile("\(directory)/\(name)")
                #expect(!text.contains("zoe.usr_1"), "\(name)")
            }
        }
    }

    @Test("goes into a folder without a server, one file each, that other programs read")
    func folder() async throws {
        try await run(settings: ["MAIL_URL": "", "MAIL_FROM": ""]) { post async throws in
            let booking = try await post.box.sell()
            try await post.comes(booking, to: "sent")
            let path = post.box.service.databasePath
            let folder = path[..<(path.lastIndex(of: "/") ?? path.endIndex)] + "/mail"
            #expect(entries(of: String(folder)) == ["\(booking).confirmed@localhost.eml"])
            let lines = try await parsed("\(folder)/\(booking).confirmed@localhost.eml")
            #expect(lines.contains("to zoe.usr_1@example.com") && lines.contains("from tickets@localhost"))
            #expect(post.server.messages.isEmpty)
        }
    }

    @Test("is sent for none that was confirmed while mails were off")
    func off() async throws {
        try await run(settings: ["MAILS_PER_SECOND": "0"]) { post async throws in
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

    @Test(
        "needs settings that are right, and that nothing repeats",
        arguments: [
            ["MAIL_URL": "smtp://u:hunter2@h?tls=no", "MAIL_FROM": "a@b"], ["MAIL_URL": "smtp://h", "MAIL_FROM": ""],
            ["MAIL_FROM": "nobody"], ["MAIL_FROM": "A <b@c"], ["MAIL_URL": "", "MAIL_FOLDER": "/proc/nowhere"],
            ["MAILS_PER_SECOND": "-1"],
        ])
    func settings(settings: [String: String]) async throws {
        let error = await #expect(throws: SettingError.self) {
            let service = try await ServiceUnderTest(BookingService.self, settings: settings)
            await service.stop()
        }
        #expect(error?.description.contains("hunter2") == false && error?.description.hasPrefix("MAIL") == true)
    }

    @Test("costs the same however many were sent: nothing is scanned")
    func plans() async throws {
        try await run { post async throws in
            _ = try await post.box.service.statementReports()
            let booking = try await post.box.sell()
            try await post.comes(booking, to: "sent")
            let used = try await post.box.service.statementReports().filter {
                $0.operations > 0 && $0.sql.contains("mails")
            }
            #expect(used.count >= 4)
            for report in used {
                // What is counted for the metrics is at most 10,000 of an index.
                let costly = report.plan.filter {
                    $0.contains("SCAN") && !$0.contains("SCAN (subquery") && !$0.contains("mails_waiting")
                        && !$0.contains("mails_failed")
                        || $0.contains("TEMP B-TREE")
                }
                #expect(costly.isEmpty, "\(report.sql): \(report.plan)")
            }
        }
    }
}
