import Time

/// Who sends or gets a message.
public struct Mailbox: Hashable, Sendable {
    /// `local@domain`, in ASCII.
    public let address: String
    public let name: HeaderText

    /// - Throws: `invalidAddress` for what is no dot-atom on both sides of its `@` (RFC 5322 §3.4.1), which leaves out
    ///   quoted local parts and addresses that need SMTPUTF8; `invalidText` for the name.
    public init(_ address: String, name: String = "") throws(MailError) {
        let parts = address.utf8.split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false)
        guard parts.count == 2, (1...64).contains(parts[0].count), address.utf8.count <= 254,
            parts[1].split(separator: UInt8(ascii: ".")).allSatisfy({ $0.count <= 63 }),
            Self.isDotAtom(parts[0], "!#$%&'*+-/=?^_`{|}~"), Self.isDotAtom(parts[1], "-")
        else { throw .invalidAddress }
        self.address = address
        self.name = try HeaderText(name)
    }

    private static func isDotAtom(_ text: Substring.UTF8View, _ marks: String) -> Bool {
        let atoms = text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return atoms.allSatisfy { atom in
            !atom.isEmpty && atom.allSatisfy { isAlphanumeric($0) || marks.utf8.contains($0) }
        }
    }
}

/// What tells one message from all others: who sends the same one again gives it the same.
public struct MessageID: Hashable, Sendable {
    public let local: String
    public let domain: String

    public init(_ local: String, domain: String) throws(MailError) {
        for part in [local, domain] {
            let isName = part.utf8.allSatisfy { isAlphanumeric($0) || "._-".utf8.contains($0) }
            guard isName, (1...100).contains(part.utf8.count), !part.hasPrefix("."), !part.hasSuffix("."),
                !part.contains("..")
            else { throw .invalidMessageID }
        }
        self.local = local
        self.domain = domain
    }
}

/// A file that goes with a message.
public struct MailAttachment: Hashable, Sendable {
    public let name: HeaderText
    public let mediaType: String
    public let bytes: [UInt8]

    /// - Parameter mediaType: `type/subtype`, without parameters.
    public init(name: HeaderText, mediaType: String, bytes: [UInt8]) throws(MailError) {
        let parts = mediaType.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        let isName: (Substring.UTF8View) -> Bool = { part in
            !part.isEmpty && part.allSatisfy { isAlphanumeric($0) || ".+-".utf8.contains($0) }
        }
        guard parts.count == 2, parts.allSatisfy(isName), mediaType.utf8.count <= 60 else { throw .invalidMediaType }
        self.name = name
        self.mediaType = mediaType
        self.bytes = bytes
    }
}

/// One message to somebody, in full: the same one is always the same bytes (`rendered`).
public struct MailMessage: Hashable, Sendable {
    /// Of the rendered message: what most servers take, or less.
    public static let largest = 10 << 20
    public static let mostRecipients = 50

    public var id: MessageID
    public var date: Timestamp
    public var from: Mailbox
    public var to: [Mailbox]
    public var subject: HeaderText
    public var text: String
    /// The same as `text`, for readers that show HTML.
    public var html: String?
    public var attachments: [MailAttachment]

    public init(
        id: MessageID, date: Timestamp, from: Mailbox, to: [Mailbox], subject: HeaderText, text: String,
        html: String? = nil, attachments: [MailAttachment] = []
    ) {
        self.id = id
        self.date = date
        self.from = from
        self.to = to
        self.subject = subject
        self.text = text
        self.html = html
        self.attachments = attachments
    }
}
