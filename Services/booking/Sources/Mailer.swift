import Glibc
import Lifecycle
import Mail
import Telemetry
import TypedID

/// How mails go, and how many of them.
struct Mailer: Sendable {
    static let follower = "mail"
    /// At once, which is as many connections as a server is asked for.
    static let mostAtOnce: Int64 = 4

    let transport: MailTransport
    let from: Mailbox
    /// At most; 0 where none are sent.
    let perSecond: Int64
    /// Events in which confirmed bookings are still to be looked for.
    let backlog: Backlog
    let waiting: Gauge
    let failed: Gauge
    let sent: Counter

    /// - Throws: `SettingError` for a server, a folder or a sender that cannot be used.
    init(_ context: ServiceContext) throws {
        let settings = context.settings
        perSecond = try settings.integer("MAILS_PER_SECOND", default: 20, in: 0...1000)
        let url = settings.text("MAIL_URL")
        let sender =
            try url == nil
            ? settings.text("MAIL_FROM", default: "tickets@localhost")
            : settings.required("MAIL_FROM", for: "who mails come from, as Marquee <tickets@example.com>")
        guard let from = Self.mailbox(sender) else {
            throw SettingError("MAIL_FROM must be an address, as Marquee <tickets@example.com>.")
        }
        self.from = from
        do {
            transport = try url.map { url in .smtp(try SMTPClient(SMTPConfiguration(url))) } ?? Self.folder(settings)
        } catch {
            // Never with the setting itself, which may hold a password.
            throw SettingError("\(url == nil ? "MAIL_FOLDER" : "MAIL_URL") cannot be used: \(error).")
        }
        backlog = Backlog(of: Self.follower, context.metrics)
        waiting = context.metrics.gauge("mails_waiting", "Confirmations that are still to be sent, up to 10,000.")
        failed = context.metrics.gauge("mails_failed", "Confirmations that were given up: somebody should look.")
        sent = context.metrics.counter("mails_sent_total", "Confirmations that a server or the folder has taken.")
    }

    /// The Message-ID of a booking's confirmation, the same however often it is sent.
    func id(of booking: BookingID) throws(MailError) -> MessageID {
        let domain = from.address.split(separator: "@").last.map(String.init) ?? "localhost"
        return try MessageID("\(booking).confirmed", domain: domain)
    }

    /// `Marquee <tickets@example.com>`, or the address alone.
    private static func mailbox(_ text: String) -> Mailbox? {
        guard text.hasSuffix(">"), let start = text.lastIndex(of: "<") else { return try? Mailbox(text) }
        let address = text[text.index(after: start)...].dropLast()
        return try? Mailbox(String(address), name: String(text[..<start]))
    }

    /// The folder is made where it is not there.
    private static func folder(_ settings: Settings) throws(MailError) -> MailTransport {
        let database = settings.text("DATABASE", default: "\(BookingService.name).db")
        let beside = database.lastIndex(of: "/").map { String(database[...$0]) } ?? "./"
        let path = settings.text("MAIL_FOLDER", default: "\(beside)mail")
        mkdir(path, 0o700)
        return .folder(try MailFolder(path))
    }
}
