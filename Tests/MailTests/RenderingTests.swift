import Mail
import TestSupport
import Testing
import Time

@Suite("A message")
struct RenderingTests {
    private func parts(_ message: MailMessage) async throws -> [String] {
        let path = temporaryPath("message.eml")
        try writeFile(path, message.rendered())
        return try await parsed(path)
    }

    @Test("of a text alone is read as it was written")
    func text() async throws {
        let lines = try await parts(message(subject: "Votre soirée"))
        #expect(
            lines == [
                "date Wed, 18 Nov 2026 11:06:40 +0000", "from Cinéma <no-reply@example.com>",
                "to \"Zoë “Z.” Łęcka\" <zoe@example.com>", "subject Votre soirée", "message-id <bkg-1@example.com>",
                "fields 9", "part text/plain ", "text 'Bonjour,\\n\\xc0 bient\\xf4t.\\n'", "longest 44", "plain True",
            ])
    }

    @Test("keeps both its texts and its files apart, and whole")
    func parts() async throws {
        let bytes = (0..<100_001).map { UInt8(truncatingIfNeeded: $0 &* 7 ^ $0 >> 8) }
        let name = "Billets n° 3 – œuvre à Łódź, très très long nom de fichier qui déborde.pdf"
        let made = try message(
            text: "--=_mixed\n.\n..\nFrom here\nétoile = *\t \nfin", html: "<p>Été</p>",
            attachments: [
                MailAttachment(name: HeaderText(name), mediaType: "application/pdf", bytes: bytes),
                MailAttachment(name: HeaderText("empty.bin"), mediaType: "application/octet-stream", bytes: []),
            ])
        let lines = try await parts(made)
        #expect(
            lines.dropFirst(6).map { $0.hasPrefix("bytes") ? "bytes" : $0 } == [
                "part multipart/mixed ", "part multipart/alternative ", "part text/plain ",
                "text '--=_mixed\\n.\\n..\\nFrom here\\n\\xe9toile = *\\t \\nfin\\n'", "part text/html ",
                "text '<p>\\xc9t\\xe9</p>\\n'", "part application/pdf \(name)", "bytes",
                "part application/octet-stream empty.bin", "bytes", "longest 76", "plain True",
            ])
        let file = temporaryPath("bytes")
        try writeFile(file, bytes)
        let sum = try await output(of: "/usr/bin/sha256sum", [file]).prefix(64)
        #expect(lines.contains("bytes \(sum)"))
    }

    @Test(
        "has a subject of any letters and any length",
        arguments: [
            "", "a", "Hello, world", "=?UTF-8?Q?not_encoded?=", "Été", "映画😀",
            String(repeating: "Ω", count: 250), String(repeating: "x", count: 250),
            String(repeating: "mot ", count: 60),
        ])
    func subjects(subject: String) async throws {
        let lines = try await parts(message(subject: subject))
        #expect(lines.contains("subject \(subject.hasSuffix(" ") ? String(subject.dropLast()) : subject)"))
        #expect(lines.contains("fields 9"))
        let longest = lines.compactMap { $0.hasPrefix("longest ") ? Int($0.dropFirst(8)) : nil }
        #expect(longest.allSatisfy { $0 <= 76 })
    }

    @Test("has no line that is too long, however many quotes are in a name")
    func quotes() throws {
        let name = String(repeating: "\"b", count: 29)
        let message = MailMessage(
            id: try MessageID("a", domain: "b.example"), date: Timestamp(rawValue: 0),
            from: try Mailbox("a@b.example", name: name), to: [try Mailbox("c@d.example")],
            subject: try HeaderText("a"), text: "a")
        let lines = String(decoding: try message.rendered(), as: UTF8.self).split(separator: "\r\n")
        #expect(lines.allSatisfy { $0.utf8.count <= 78 })
    }

    @Test("has lines of 76 characters at most, whatever its text's are")
    func longLines() async throws {
        let text = String(repeating: "très ", count: 500) + "\r\n" + String(repeating: "x", count: 500) + " "
        let lines = try await parts(message(text: text))
        #expect(lines.contains("longest 76"))
        #expect(lines.contains("text '\(text.replacing("è", with: "\\xe8").replacing("\r\n", with: "\\n"))\\n'"))
    }

    @Test("has a line for each that its text has, however they end", arguments: ["\n", "\r", "\r\n", "\r\r\n", "\n\r"])
    func lineEnds(end: String) async throws {
        let lines = try await parts(message(text: "a\(end)b"))
        let count = end.unicodeScalars.count - (end.hasSuffix("\r\n") ? 1 : 0)
        #expect(lines.contains("text 'a\(String(repeating: "\\n", count: count))b\\n'"))
    }

    @Test("is the same bytes each time")
    func same() throws {
        #expect(try message(html: "<p>").rendered() == message(html: "<p>").rendered())
    }

    @Test(
        "takes no line break into a header",
        arguments: [
            "a\r\nBcc: b@c", "a\nb", "a\rb", "a\u{0}b", "a\u{85}b", "a\u{2028}b", String(repeating: "a", count: 251),
        ])
    func injection(text: String) throws {
        #expect(throws: MailError.invalidText) { try HeaderText(text) }
        #expect(throws: MailError.invalidText) { try Mailbox("a@example.com", name: text) }
        #expect(throws: MailError.invalidAddress) { try Mailbox("\(text)@example.com") }
        #expect(throws: MailError.invalidAddress) { try Mailbox("a@\(text)") }
        #expect(throws: MailError.invalidMessageID) { try MessageID(text + "\n", domain: "example.com") }
        #expect(throws: MailError.invalidMediaType) {
            try MailAttachment(name: HeaderText("a"), mediaType: "text/\(text) ", bytes: [])
        }
    }

    @Test(
        "goes to no address that is none",
        arguments: [
            "", "@", "a", "a@", "@b", "a@b@c", "a b@c", "a@b>", "<a@b>", ".a@b", "a.@b", "a..b@c", "a@b..c", "été@b",
            "a@été", "a@b\0", "\"a b\"@c", String(repeating: "a", count: 65) + "@b",
        ])
    func addresses(address: String) {
        #expect(throws: MailError.invalidAddress) { try Mailbox(address) }
    }

    @Test("is refused without a recipient, with too many, and when it is too large")
    func limits() throws {
        let attachment = try MailAttachment(
            name: HeaderText("a"), mediaType: "a/b", bytes: [UInt8](repeating: 0, count: 8 << 20))
        #expect(throws: MailError.tooLarge(limit: 10 << 20)) { try message(attachments: [attachment]).rendered() }
        #expect(throws: MailError.invalidRecipients) { try message(to: []).rendered() }
        let many = [String](repeating: "a@example.com", count: 51)
        #expect(throws: MailError.invalidRecipients) { try message(to: many).rendered() }
        var old = try message()
        old.date = Timestamp(rawValue: .min)
        #expect(throws: MailError.invalidDate) { try old.rendered() }
    }
}
