import Auth
import JSON
import TestSupport
import Testing

@Suite struct MailCrashTests {
    @Test(
        "a mail that its server took just before kill -9 comes once more with the same Message-ID, and no third time")
    func crash() async throws {
        let server = try await MailServer(.silentOnce)
        let settings = ["MAIL_URL": server.url, "MAIL_FROM": "Marquee <tickets@example.org>"]
        try await Stack.run(
            settings: settings, fixtures: ["catalog": StackSession.rows(allocations: [100])]
        ) { stack in
            let booking = stack["booking"]
            let id = try await buy(2, stack)
            await eventually { server.messages.count == 1 }
            // It has the message, and booking waits for its word.
            #expect(try await state(booking) == "waiting 1")
            try await booking.kill()
            _ = try await booking.sql("UPDATE mails SET next_at = 0")
            try await booking.start()
            await eventually { server.messages.count == 2 }
            try await reaches("sent 2", booking)
            #expect(try await state(booking) == "sent 2")

            #expect(server.messages.count == 2)
            for message in server.messages {
                let lines = try await parsed(message)
                #expect(lines.contains("message-id <\(id).confirmed@example.org>"))
                #expect(lines.contains("to customer@marquee.example"))
            }
            try await opensTheDoor(server.messages[1] + ".pdf", stack)
            for service in stack.services {
                #expect(!service.log.contains("customer@marquee.example"), "\(service.name)")
            }
        }
    }

    @Test("identity is away when mails are to go: they go once it is back")
    func identityAway() async throws {
        try await Stack.run(fixtures: ["catalog": StackSession.rows(allocations: [100])]) { stack in
            let (booking, token) = (stack["booking"], stack.token(user: 100_000_000_000_001))
            _ = try await stack.get("/v1/bookings", token: token)
            try await stack["identity"].kill()
            let id = try await buy(1, stack)
            try await reaches("waiting 1 identity", booking)
            try await stack["identity"].start()
            _ = try await booking.sql("UPDATE mails SET next_at = 0")
            try await reaches("sent 2", booking)
            #expect(try await state(booking) == "sent 2")
            #expect(entries(of: "\(stack.directory)/mail") == ["\(id).confirmed@localhost.eml"])
        }
    }

    @Test("SIGTERM while a mail is under way: it is finished, noted, and not sent again")
    func shutdown() async throws {
        let server = try await MailServer(.slow)
        let settings = ["MAIL_URL": server.url, "MAIL_FROM": "tickets@example.org"]
        try await Stack.run(
            settings: settings, fixtures: ["catalog": StackSession.rows(allocations: [100])]
        ) { stack in
            let booking = stack["booking"]
            _ = try await buy(1, stack)
            await eventually { server.messages.count == 1 }
            #expect(try await booking.terminate() == .exited(0))
            #expect(try await state(booking) == "sent 1")
            try await booking.start()
        }
    }

    /// A sample customer's confirmed booking.
    private func buy(_ seats: Int, _ stack: Stack) async throws -> String {
        let token = stack.token(user: 100_000_000_000_001)
        let opened = try await stack.post("/v1/sessions/\(StackSession.id(1))/book", token: token)
        let id = try #require(opened.json["booking"]?["id"]?.stringValue)
        try #require(
            try await stack.post("/v1/bookings/\(id)/reserve", #"{"seats":\#(seats)}"#, token: token).status == 200)
        try #require(try await stack.post("/v1/bookings/\(id)/confirm", token: token).status == 200)
        return id
    }

    /// What a program that is not ours reads off the paper is a ticket of this session, whose door is not open yet.
    private func opensTheDoor(_ document: String, _ stack: Stack) async throws {
        _ = try await output(of: "/usr/bin/pdftoppm", ["-r", "150", "-png", document, document])
        var codes: [String] = []
        for page in ["-1.png", "-2.png"] { codes += try await barcodes(in: document + page) }
        #expect(Set(codes).count == 2)
        for code in codes {
            let answer = try await stack.post(
                "/v1/check-ins", #"{"token":"\#(code)","session_id":"\#(StackSession.id(1))"}"#,
                token: stack.token(user: 1, role: .staff))
            #expect(answer.codes == ["too_early"])
        }
    }

    private func state(_ booking: StackService) async throws -> String {
        let rows = try await booking.sql(
            "SELECT trim(state || ' ' || attempts || ' ' || coalesce(substr(last_error, 1, 8), '')) AS state FROM mails"
        )
        return rows.compactMap { $0["state"]?.stringValue }.joined(separator: ", ")
    }

    private func reaches(_ wanted: String, _ booking: StackService) async throws {
        for _ in 0..<600 {
            if try await state(booking).hasPrefix(wanted) { return }
            try await Task.sleep(for: .milliseconds(50))
        }
    }
}
