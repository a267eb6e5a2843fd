import Auth
import BookingService
import JSON
import Lifecycle
import SQLite
import TestSupport
import Testing
import Time

@Suite("The mail of a confirmed booking") struct MailingTests {
    @Test("has its tickets, in the owner's language and the place's time, and goes once")
    func sent() async throws {
        try await Post.run(seats: ["...."], at: "2026-10-01T00:30:00Z", startsInMilliseconds: 2_073_600_000) {
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
        try await Post.run(settings: ["MAILS_PER_SECOND": "1"]) { post async throws in
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

    @Test("leaves no address behind: not in the database, and in no file beside it")
    func discreet() async throws {
        try await Post.run(.refusingRecipients) { post async throws in
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
        try await Post.run(settings: ["MAIL_URL": "", "MAIL_FROM": ""]) { post async throws in
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
        try await Post.run { post async throws in
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
