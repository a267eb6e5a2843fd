import Glibc
import Mail
import TestSupport
import Testing

@Suite("A mail server")
struct SMTPTests {
    @Test("gets the message whole, and is told who it is for")
    func taken() async throws {
        let server = try await MailServer()
        let sent = try message(
            text: ".\n..\nfin", html: "<p>Été</p>",
            attachments: [
                MailAttachment(name: HeaderText("é.pdf"), mediaType: "application/pdf", bytes: [0, 13, 10, 46, 255])
            ],
            to: ["zoe@example.com", "max@example.com"])
        try await withTransport(MailTransport(setting: server.url)) { transport async throws -> Void in
            try await transport.send(sent)
            #expect(server.messages.count == 1)
            try await transport.send(sent)
        }
        #expect(server.messages.count == 2)
        for path in server.messages {
            #expect(try readFile(path) == String(decoding: sent.rendered(), as: UTF8.self))
            let envelope = "no-reply@example.com zoe@example.com max@example.com False None\n"
            #expect(try server.envelope(of: path) == envelope)
            #expect(try await parsed(path).contains("part application/pdf é.pdf"))
        }
    }

    @Test("gets many at once, each once")
    func many() async throws {
        let server = try await MailServer()
        try await withTransport(MailTransport(setting: server.url)) { transport async throws -> Void in
            try await withThrowingTaskGroup { group in
                for number in 0..<40 {
                    group.addTask { try await transport.send(message("bkg-\(number)")) }
                }
                try await group.waitForAll()
            }
        }
        var ids = Set<String>()
        for path in server.messages {
            ids.formUnion(try await parsed(path).filter { $0.hasPrefix("message-id") })
        }
        #expect(server.messages.count == 40 && ids.count == 40)
    }

    @Test(
        "that says no is believed, for good or for now",
        arguments: [
            (MailServer.Kind.refusingRecipients, MailError.refused(code: 550)),
            (.refusingData, .refused(code: 554)),
            (.deferringRecipients, .deferred(code: 450)),
            (.deferringData, .deferred(code: 452)),
        ])
    func refused(kind: MailServer.Kind, error: MailError) async throws {
        let server = try await MailServer(kind)
        try await withTransport(MailTransport(setting: server.url)) { transport async throws -> Void in
            #expect(try await failure(of: transport, message()) == error)
        }
        #expect(error.isPermanent == [.refusingRecipients, .refusingData].contains(kind))
        #expect(server.messages.isEmpty)
    }

    @Test("that is silent is given up", arguments: [MailServer.Kind.silent, .silentAfterData])
    func silent(kind: MailServer.Kind) async throws {
        let server = try await MailServer(kind)
        var configuration = try SMTPConfiguration(server.url)
        configuration.timeout = 300
        configuration.maxConnections = 1
        try await withTransport(.smtp(SMTPClient(configuration))) { transport async throws -> Void in
            async let first = failure(of: transport, message())
            // This one waits for the only connection, on its own time.
            async let second = failure(of: transport, message("bkg-2"))
            #expect(try await [first, second] == [.timedOut, .timedOut])
        }
    }

    @Test("that is not there is unreachable")
    func nobody() async throws {
        try await withTransport(MailTransport(setting: "smtp://127.0.0.1:1")) { transport async throws -> Void in
            guard case .unreachable = try await failure(of: transport, message()) else {
                Issue.record("not unreachable")
                return
            }
        }
    }

    @Test("without TLS gets nothing where TLS is required")
    func noTLS() async throws {
        let server = try await MailServer()
        try await withTransport(MailTransport(setting: server.url + "?tls=required")) {
            transport async throws -> Void in
            guard case .insecure = try await failure(of: transport, message()) else {
                Issue.record("not insecure")
                return
            }
        }
        #expect(server.messages.isEmpty)
    }

    @Test("with a certificate of its own making is spoken to in TLS, and trusted only where that is asked for")
    func selfSigned() async throws {
        let server = try await MailServer(.withTLS)
        try await withTransport(MailTransport(setting: server.url)) { try await $0.send(message()) }
        try await withTransport(MailTransport(setting: server.url + "?tls=required")) {
            transport async throws -> Void in
            guard case .insecure = try await failure(of: transport, message()) else {
                Issue.record("not insecure")
                return
            }
        }
        #expect(server.messages.count == 1)
        let trusting = "\(server.url)?tls=required&ca=\(server.directory)/cert.pem"
        try await withTransport(MailTransport(setting: trusting)) { try await $0.send(message()) }
        #expect(server.messages.count == 2)
        for path in server.messages { #expect(try server.envelope(of: path).contains("True")) }
    }

    @Test("knows us by the password, which goes nowhere without TLS")
    func password() async throws {
        let server = try await MailServer(.withPassword)
        let ca = "?ca=\(server.directory)/cert.pem"
        let known = "smtp://booking%40example.com:p%40ss%3Aw%2Frd@127.0.0.1:\(server.port)"
        try await withTransport(MailTransport(setting: known + ca)) { try await $0.send(message()) }
        #expect(server.messages.count == 1)
        #expect(try server.envelope(of: server.messages[0]).contains("True known"))
        let wrong = "smtp://booking%40example.com:wrong@127.0.0.1:\(server.port)"
        try await withTransport(MailTransport(setting: wrong + ca)) { transport async throws -> Void in
            #expect(try await failure(of: transport, message()) == .refused(code: 535))
        }
        let plain = try await MailServer()
        let exposed = "smtp://booking%40example.com:secret@127.0.0.1:\(plain.port)"
        try await withTransport(MailTransport(setting: exposed)) { transport async throws -> Void in
            guard case .insecure = try await failure(of: transport, message()) else {
                Issue.record("not insecure")
                return
            }
        }
    }

    @Test("is left when the task or the transport is ended, and nobody waits for ever")
    func ended() async throws {
        let server = try await MailServer(.silent)
        let transport = try MailTransport(setting: server.url)
        let cancelled = Task { () async throws -> MailError? in try await failure(of: transport, message()) }
        let stopped = Task { () async throws -> MailError? in try await failure(of: transport, message("bkg-2")) }
        try await Task.sleep(for: .milliseconds(100))
        cancelled.cancel()
        #expect(try await cancelled.value == .cancelled)
        transport.stop()
        #expect(try await stopped.value == .cancelled)
        #expect(try await failure(of: transport, message("bkg-3")) == .cancelled)
    }

    @Test("gets no more at once than is allowed")
    func tooMany() async throws {
        let server = try await MailServer(.silent)
        var configuration = try SMTPConfiguration(server.url)
        configuration.maxInFlight = 1
        let transport = MailTransport.smtp(try SMTPClient(configuration))
        let first = Task { () async throws -> MailError? in try await failure(of: transport, message()) }
        try await Task.sleep(for: .milliseconds(100))
        #expect(try await failure(of: transport, message()) == .tooMany(limit: 1))
        transport.stop()
        #expect(try await first.value == .cancelled)
    }

    @Test(
        "is named by a setting that must be right, and that nothing repeats",
        arguments: [
            "", "mail.example.com", "http://a:hunter2@b", "smtp://", "smtp://u:hunter2@h:99999", "smtp://h/path",
            "smtp://u:hunter2@h?tls=no", "smtps://u:hunter2@h?tls=offered", "smtp://h#f", "smtp://h?ca=",
        ])
    func settings(setting: String) throws {
        let error = #expect(throws: MailError.self) { try SMTPConfiguration(setting) }
        #expect(error?.isPermanent == true)
        #expect(!"\(error as Any)".contains("hunter2"))
    }

    @Test("is shown in a log without its password")
    func secret() throws {
        let configuration = try SMTPConfiguration("smtp://user:hunter2@mail.example.com")
        #expect(configuration.security == .required)
        #expect(configuration.port == 25)
        var dumped = ""
        dump(configuration, to: &dumped)
        for text in ["\(configuration)", String(reflecting: configuration), dumped] {
            #expect(!text.contains("hunter2") && text.contains("mail.example.com"))
        }
    }
}
