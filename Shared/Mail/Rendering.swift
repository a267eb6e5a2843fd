import Text
import Time

extension MailMessage {
    /// The message as RFC 5322 and MIME have it: ASCII, lines of 78 characters (but for a long address) that CRLF ends.
    /// libcurl has a MIME composer too, which draws its boundaries at random and writes to nothing but a connection.
    /// - Throws: `invalidRecipients`, `tooLarge`.
    public func rendered() throws(MailError) -> [UInt8] {
        guard (1...Self.mostRecipients).contains(to.count) else { throw .invalidRecipients }
        // Before anything is encoded, which makes it larger still.
        let size = text.utf8.count + (html?.utf8.count ?? 0) + attachments.reduce(0) { $0 + $1.bytes.count }
        guard size <= Self.largest else { throw .tooLarge(limit: Self.largest) }
        let head = [
            "Date: \(try mailDate(date))",
            "From: \(Self.line(from))",
            "To: \(to.map(Self.line).joined(separator: ",\r\n "))",
            "Subject: \(subject.encoded)",
            "Message-ID: <\(id.local)@\(id.domain)>",
            // RFC 3834: no absence notes in answer, please.
            "Auto-Submitted: auto-generated",
            "MIME-Version: 1.0",
        ]
        let message = Array((head.joined(separator: "\r\n") + "\r\n").utf8) + body
        guard message.count <= Self.largest else { throw .tooLarge(limit: Self.largest) }
        return message
    }

    private static func line(_ box: Mailbox) -> String {
        box.name.text.isEmpty ? box.address : "\(box.name.encodedPhrase)\r\n <\(box.address)>"
    }

    private var body: [UInt8] {
        let plain = part("text/plain; charset=utf-8", quotedPrintable(text))
        let texts = html.map {
            multipart("alternative", [plain, part("text/html; charset=utf-8", quotedPrintable($0))])
        }
        guard !attachments.isEmpty else { return texts ?? plain }
        return multipart("mixed", [texts ?? plain] + attachments.map(part))
    }

    /// No line of the parts can be the boundary: neither encoding makes `=_`. The line end before it is its own.
    private func multipart(_ kind: String, _ parts: [[UInt8]]) -> [UInt8] {
        var bytes = Array("Content-Type: multipart/\(kind); boundary=\"=_\(kind)\"\r\n\r\n".utf8)
        for part in parts { bytes += Array("--=_\(kind)\r\n".utf8) + part + [0x0D, 0x0A] }
        return bytes + Array("--=_\(kind)--\r\n".utf8)
    }

    private func part(_ type: String, _ quoted: [UInt8]) -> [UInt8] {
        Array("Content-Type: \(type)\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n".utf8) + quoted
    }

    private func part(_ attachment: MailAttachment) -> [UInt8] {
        let head = """
            Content-Type: \(attachment.mediaType)\r\nContent-Transfer-Encoding: base64\r\n\
            Content-Disposition: attachment\(attachment.name.fileNameParameters)\r\n\r\n
            """
        var bytes = Array(head.utf8)
        // 57 bytes are a line of 76.
        for start in stride(from: 0, to: attachment.bytes.count, by: 57) {
            let end = min(start + 57, attachment.bytes.count)
            bytes += Array(base64(attachment.bytes[start..<end]).utf8) + [0x0D, 0x0A]
        }
        return bytes
    }
}

/// RFC 2045 §6.7: lines of at most 76 characters, nothing but printable ASCII. Whatever ends a line of the text is CRLF.
func quotedPrintable(_ text: String) -> [UInt8] {
    var bytes: [UInt8] = []
    let ends: [Character] = ["\r\n", "\n", "\r"]
    let lines = text.split(omittingEmptySubsequences: false) { ends.contains($0) }
    // A text that ends with a line feed has no further, empty line.
    for line in lines.last?.isEmpty == true ? lines.dropLast() : lines[...] {
        var column = 0
        let last = line.utf8.count - 1
        for (offset, byte) in line.utf8.enumerated() {
            let isSpace = byte == 0x20 || byte == 0x09
            let isPlain = (0x21..<0x7F).contains(byte) && byte != UInt8(ascii: "=") || isSpace && offset != last
            // 75 and the soft break's own sign.
            if column + (isPlain ? 1 : 3) > 75 {
                bytes += Array("=\r\n".utf8)
                column = 0
            }
            if isPlain {
                bytes.append(byte)
                column += 1
            } else {
                bytes += [UInt8(ascii: "="), hexadecimal(byte >> 4), hexadecimal(byte & 0xF)]
                column += 3
            }
        }
        bytes += [0x0D, 0x0A]
    }
    return bytes
}

private func hexadecimal(_ digit: UInt8) -> UInt8 {
    digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "A") + digit - 10
}

/// RFC 5322 §3.3, in UTC: `Sat, 21 Nov 2026 13:08:28 +0000`.
func mailDate(_ moment: Timestamp) throws(MailError) -> String {
    var (days, rest) = moment.rawValue.quotientAndRemainder(dividingBy: 86_400_000)
    if rest < 0 { (days, rest) = (days - 1, rest + 86_400_000) }
    let (second, weekday) = (Int(rest / 1000), Int((days % 7 + 7) % 7))
    guard let day = CalendarDate(daysSinceEpoch: Int(days)) else { throw .invalidDate }
    let names = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    func padded(_ number: Int, _ length: Int = 2) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, length - digits.count)) + digits
    }
    let time = [second / 3600, second / 60 % 60, second % 60].map { padded($0) }.joined(separator: ":")
    return """
        \(names[weekday]), \(padded(day.day)) \(months[day.month - 1]) \(padded(day.year, 4)) \(time) +0000
        """
}
