/// Where messages go.
public enum MailTransport: Sendable {
    case smtp(SMTPClient)
    case folder(MailFolder)

    /// - Parameter setting: `smtp://…` or `smtps://…` as `SMTPConfiguration` has it, or the path of a folder.
    /// - Throws: `invalidConfiguration`, which never repeats a password.
    public init(setting: String) throws(MailError) {
        if setting.hasPrefix("/") || setting.hasPrefix("./") || setting.hasPrefix("../") {
            self = .folder(try MailFolder(setting))
        } else {
            self = .smtp(try SMTPClient(SMTPConfiguration(setting)))
        }
    }

    /// Returns once the message is somebody else's to keep: the server's, or the disk's.
    public func send(_ message: MailMessage) async throws(MailError) {
        switch self {
        case .smtp(let client): try await client.send(message)
        case .folder(let folder): try await folder.deliver(message)
        }
    }

    /// Gives up what is under way. The transport takes nothing any more.
    public func stop() {
        switch self {
        case .smtp(let client): client.stop()
        case .folder(let folder): folder.stop()
        }
    }
}
