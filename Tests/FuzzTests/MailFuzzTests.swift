import Mail
import TestSupport
import Testing
import Time

@testable import Mail

/// What people write, as it goes into mails.
@Suite struct MailFuzzTests {
    private static let texts = [
        "Vos billets : Été 85", "a \"b\" <c@d.example>", "=?UTF-8?B?YQ==?=", String(repeating: "é", count: 250), "",
        " x ",
        "Re: 100% \\ of it", String(repeating: "a b ", count: 60), "👪👨‍👩‍👧‍👦", "\u{2028}", "a\r\nBcc: x@y.example",
    ].map { Array($0.utf8) }

    @Test("a subject is lines of ASCII that begin no other field, and is read back as it was")
    func subjects() async throws {
        try await Fuzz(name: "subjects", corpus: Self.texts, limit: 4_096).run { input in
            guard let header = try? HeaderText(String(decoding: input, as: UTF8.self)) else { return nil }
            for form in [header.encoded, header.encodedPhrase, header.fileNameParameters] {
                let lines = form.split(separator: "\r\n", omittingEmptySubsequences: false)
                guard form.utf8.allSatisfy({ (0x20..<0x7F).contains($0) || $0 == 13 || $0 == 10 }),
                    lines.dropFirst().allSatisfy({ $0.utf8.first == 0x20 }), lines.allSatisfy({ $0.utf8.count <= 78 }),
                    lines.allSatisfy({ !$0.utf8.contains(13) && !$0.utf8.contains(10) })
                else { return "written as \(form)" }
            }
            return decoded(header.encoded).map { $0.utf8.elementsEqual(header.text.utf8) } == true
                ? nil : "\(header.encoded) is not \(header.text)"
        }
    }

    /// RFC 2047, as a mail program reads it.
    private func decoded(_ text: String) -> String? {
        guard text.utf8.starts(with: "=?".utf8) else { return text }
        var bytes: [UInt8] = []
        for word in text.split(separator: "\r\n ") {
            guard word.utf8.count <= 75, word.hasPrefix("=?UTF-8?B?"), word.hasSuffix("?=") else { return nil }
            let digits = word.dropFirst(10).dropLast(2).replacing("+", with: "-").replacing("/", with: "_")
            guard let part = base64(String(digits.replacing("=", with: ""))),
                String(validating: part, as: UTF8.self) != nil
            else {
                return nil
            }
            bytes += part
        }
        return String(validating: bytes, as: UTF8.self)
    }

    private func base64(_ digits: String) -> [UInt8]? {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
        var (bits, count, bytes) = (0, 0, [UInt8]())
        for digit in digits.utf8 {
            guard let value = alphabet.firstIndex(of: digit) else { return nil }
            (bits, count) = ((bits << 6 | value) & 0xFFFF, count + 6)
            if count >= 8 {
                count -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> count))
            }
        }
        return bytes
    }

    @Test("a text is lines of 76 characters that are read back as it was, whatever is in it")
    func quotedPrintables() async throws {
        try await Fuzz(name: "quoted-printable", corpus: Self.texts, limit: 16_384).run { input in
            let text = String(decoding: input, as: UTF8.self)
            let bytes = quotedPrintable(text)
            var (lines, line): ([[UInt8]], [UInt8]) = ([], [])
            for byte in bytes {
                line.append(byte)
                guard byte == 10 else { continue }
                lines.append(line)
                line = []
            }
            guard line.isEmpty, lines.allSatisfy({ $0.suffix(2) == [13, 10] && $0.count <= 78 }) else {
                return "a bad line end"
            }
            guard bytes.allSatisfy({ (0x20..<0x7F).contains($0) || [9, 13, 10].contains($0) }) else {
                return "not ASCII"
            }
            guard lines.allSatisfy({ ![0x20, 0x09].contains($0.dropLast(2).last ?? 0) }) else {
                return "a space at an end"
            }
            var expected = Array(text.utf8).replacing([13, 10], with: [10]).map { $0 == 13 ? 10 : $0 }
            if expected.last != 10, !expected.isEmpty { expected.append(10) }
            return unquoted(lines) == expected
                ? nil : "read back as \(String(decoding: unquoted(lines), as: UTF8.self))"
        }
    }

    private func unquoted(_ lines: [[UInt8]]) -> [UInt8] {
        var bytes: [UInt8] = []
        for line in lines {
            var rest = line.dropLast(2)
            var isSoft = false
            while let byte = rest.popFirst() {
                if byte != UInt8(ascii: "=") {
                    bytes.append(byte)
                } else if rest.isEmpty {
                    isSoft = true
                } else {
                    bytes.append(UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) ?? 0)
                    rest = rest.dropFirst(2)
                }
            }
            if !isSoft { bytes.append(10) }
        }
        return bytes
    }

    @Test("a message has the fields that it always has, whatever names and addresses are in it")
    func messages() async throws {
        let addresses = [
            "ada@example.com", "a.b+c@x-y.example", "\"a b\"@c.example", "a@b", "a@b@c", "a@b.example>\r\nBcc: c@d",
        ]
        try await Fuzz(name: "messages", corpus: []).run { mutator in
            (0..<3).map { _ in mutator.text(from: addresses, limit: 300) }
                + (0..<3).map { _ in String(decoding: mutator.input(from: Self.texts, limit: 2_000), as: UTF8.self) }
        } fault: { texts in
            guard let from = try? Mailbox(texts[0], name: texts[3]), let to = try? Mailbox(texts[1], name: texts[4]),
                let subject = try? HeaderText(texts[5])
            else { return nil }
            let message = MailMessage(
                id: try MessageID("a", domain: "b.example"), date: Timestamp(rawValue: 0), from: from, to: [to, to],
                subject: subject, text: texts[5])
            let lines = String(decoding: try message.rendered(), as: UTF8.self)
                .split(separator: "\r\n", omittingEmptySubsequences: false).prefix { !$0.isEmpty }
            let names = lines.filter { $0.utf8.first != 0x20 }.map { String($0.prefix { $0 != ":" }) }
            let all = ["Date", "From", "To", "Subject", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type"]
            return names == all + ["Content-Transfer-Encoding"] ? nil : "the fields \(names)"
        }
    }
}
