/// A real mail server (aiosmtpd) in a process of its own, on a free port, which keeps what it gets in files.
public final class MailServer: Sendable {
    /// How it behaves; the words are the script's.
    public enum Kind: String, Sendable {
        case taking
        case refusingRecipients = "550 rcpt"
        case deferringRecipients = "450 rcpt"
        case refusingData = "554 data"
        case deferringData = "452 data"
        /// Never a word, not even a greeting.
        case silent
        /// Takes the data and never says so.
        case silentAfterData
        /// Keeps the first message and never says so; those after it are taken.
        case silentOnce
        /// Keeps the message, and says so a second later.
        case slow
        /// Offers STARTTLS, with a certificate that nobody has signed.
        case withTLS
        /// And wants a password after it.
        case withPassword
    }

    public struct NoServer: Error {
        let log: String
    }

    public let port: Int
    public let directory: String
    private let process: ChildProcess

    public init(_ kind: Kind = .taking) async throws {
        let script = temporaryPath("server.py")
        directory = String(script.dropLast("/server.py".count))
        try writeFile(script, Array(serverScript.utf8))
        if [.withTLS, .withPassword].contains(kind) {
            let arguments = [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                "-subj", "/CN=mail", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", directory + "/key.pem",
                "-out", directory + "/cert.pem",
            ]
            _ = try await output(of: "/usr/bin/openssl", arguments)
        }
        let log = directory + "/log"
        process = try ChildProcess("/usr/bin/python3", [script, directory, kind.rawValue], output: log)
        await eventually { ((try? readFile(log)) ?? "").hasPrefix("port ") }
        let text = (try? readFile(log)) ?? ""
        guard let port = Int(text.dropFirst(5).prefix { $0.isNumber }) else { throw NoServer(log: text) }
        self.port = port
    }

    public var url: String { "smtp://127.0.0.1:\(port)" }

    /// The files of the messages that it has taken, oldest first, each beside what was said before it.
    public var messages: [String] {
        entries(of: directory).filter { $0.hasSuffix(".eml") }.map { "\(directory)/\($0)" }
    }

    public func envelope(of message: String) throws -> String { try readFile(message + ".envelope") }
}

private let serverScript = """
    import asyncio, ssl, sys
    from aiosmtpd.smtp import SMTP, AuthResult

    folder, kind = sys.argv[1:]
    code, _, stage = kind.partition(" ")

    class Handler:
        count = 0

        async def handle_RCPT(self, server, session, envelope, address, options):
            if stage == "rcpt":
                return code + " not this one"
            envelope.rcpt_tos.append(address)
            return "250 OK"

        async def handle_DATA(self, server, session, envelope):
            if stage == "data":
                return code + " not that"
            if kind == "silentAfterData":
                await asyncio.sleep(3600)
            self.count += 1
            number = self.count
            path = f"{folder}/{self.count:06}.eml"
            with open(path + ".envelope", "w") as file:
                user = session.login_data or session.auth_data
                print(envelope.mail_from, *envelope.rcpt_tos, session.ssl is not None, user, file=file)
            with open(path, "wb") as file:
                file.write(envelope.original_content)
            if kind == "silentOnce" and number == 1:
                await asyncio.sleep(3600)
            if kind == "slow":
                await asyncio.sleep(1)
            return "250 taken"

    class Silent(asyncio.Protocol):
        pass

    def authenticate(server, session, envelope, mechanism, data):
        good = (data.login, data.password) == (b"booking@example.com", b"p@ss:w/rd")
        return AuthResult(success=good, handled=False, auth_data="known" if good else None)

    handler, options = Handler(), {}
    if kind in ("withTLS", "withPassword"):
        options["tls_context"] = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        options["tls_context"].load_cert_chain(folder + "/cert.pem", folder + "/key.pem")
    if kind == "withPassword":
        options.update(authenticator=authenticate, auth_required=True)

    async def serve():
        make = Silent if kind == "silent" else lambda: SMTP(handler, hostname="mail.test", **options)
        server = await asyncio.get_running_loop().create_server(make, "127.0.0.1", 0)
        print("port", server.sockets[0].getsockname()[1], flush=True)
        await server.serve_forever()

    asyncio.run(serve())
    """

/// What Python's parser of mail finds in a message, a line for each thing; its complaints among them. An attachment is
/// put beside the message, its kind of file added to the name: `….eml.pdf`.
public func parsed(_ path: String) async throws -> [String] {
    let script = temporaryPath("parse.py")
    try writeFile(script, Array(parserScript.utf8))
    return try await output(of: "/usr/bin/python3", [script, path]).split(separator: "\n").map(String.init)
}

private let parserScript = """
    import email, email.policy, hashlib, sys

    raw = open(sys.argv[1], "rb").read()
    message = email.message_from_bytes(raw, policy=email.policy.default)
    for name in ("Date", "From", "To", "Subject", "Message-ID"):
        value = message[name]
        print(name.lower(), str(value), *[str(defect) for defect in value.defects])
    print("fields", len(message.keys()))
    for part in message.walk():
        print("part", part.get_content_type(), part.get_filename() or "", *[str(defect) for defect in part.defects])
        if part.get_content_maintype() == "text":
            print("text", ascii(part.get_content().replace("\\r\\n", "\\n")))
        elif not part.is_multipart():
            print("bytes", hashlib.sha256(part.get_content()).hexdigest())
            with open(sys.argv[1] + "." + (part.get_filename() or "").rpartition(".")[2], "wb") as file:
                file.write(part.get_content())
    print("longest", max(len(line) for line in raw.split(b"\\r\\n")))
    print("plain", raw.isascii() and b"\\n" not in raw.replace(b"\\r\\n", b""))
    """
