import Mail
import Time

/// To Zoë, from an account with an accent, in 2026.
func message(
    _ id: String = "bkg-1", subject: String = "Confirmation", text: String = "Bonjour,\nÀ bientôt.\n",
    html: String? = nil, attachments: [MailAttachment] = [], to: [String] = ["zoe@example.com"]
) throws -> MailMessage {
    var recipients: [Mailbox] = []
    for address in to { recipients.append(try Mailbox(address, name: "Zoë “Z.” Łęcka")) }
    return MailMessage(
        id: try MessageID(id, domain: "example.com"), date: Timestamp(rawValue: 1_795_000_000_000),
        from: try Mailbox("no-reply@example.com", name: "Cinéma"), to: recipients,
        subject: try HeaderText(subject), text: text, html: html, attachments: attachments)
}

/// The error a message ended with, or nil.
func failure(of transport: MailTransport, _ message: MailMessage) async -> MailError? {
    do throws(MailError) {
        try await transport.send(message)
        return nil
    } catch { return error }
}

/// Runs `body` with a transport, which is stopped after it.
func withTransport(_ transport: MailTransport, _ body: (MailTransport) async throws -> Void) async throws {
    do {
        try await body(transport)
    } catch {
        transport.stop()
        throw error
    }
    transport.stop()
}
