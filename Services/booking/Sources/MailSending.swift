import API
import EventLoop
import JSON
import Lifecycle
import Mail
import SQLite
import Telemetry
import Time
import TypedID

extension BookingService {
    private static let lookMilliseconds: Int64 = 500
    private static let graceMilliseconds: Int64 = 5_000
    /// Without what catalog tells of a session, a mail waits for so many attempts, and then goes without it.
    private static let attemptsForDetails: Int64 = 3

    /// `booking retry-mails`: those that were given up are tried again, from the beginning.
    static let retryMails = Command("retry-mails", []) { _, context in
        let count = try await context.database.write { transaction in
            let count = try transaction.first("SELECT count(*) FROM mails WHERE state = 'failed'") { try $0.int(0) }
            try transaction.execute(
                """
                UPDATE mails SET state = 'waiting', attempts = 0, next_at = \(context.clock.now())
                WHERE state = 'failed'
                """)
            return count ?? 0
        }
        return count == 1 ? "1 mail is tried again." : "\(count) mails are tried again."
    }

    /// Sends what was noted, a few at once and so many a second at most: those who buy go first.
    func sendMails() async {
        while !Task.isCancelled {
            let started = monotonicNanoseconds()
            let count = await finishMailBatch()
            let counts = try? database.read { try $0.mailCounts() }
            mailer.waiting.set(counts?.waiting ?? 0)
            mailer.failed.set(counts?.failed ?? 0)
            let took = Int64((monotonicNanoseconds() - started) / 1_000_000)
            let pause = count == 0 ? Self.lookMilliseconds : max(0, count * 1000 / mailer.perSecond - took)
            if (try? await loop.sleep(milliseconds: pause)) == nil { return }
        }
    }

    /// A batch that goes on for a while when the service stops: what was handed to a server is not cut off, and so does
    /// not come twice.
    /// - Returns: how many were tried.
    private func finishMailBatch() async -> Int64 {
        let batch = Task(executorPreference: loop) {
            do {
                return try await sendMailBatch()
            } catch {
                log.error("mails_not_sent", [("reason", .string("\(error)"))], kind: "", within: logThrottle)
                return 0
            }
        }
        return await withTaskCancellationHandler {
            await batch.value
        } onCancel: {
            loop.after(Self.graceMilliseconds) { mailer.transport.stop() }
        }
    }

    private func sendMailBatch() async throws -> Int64 {
        let limit = min(mailer.perSecond, Mailer.mostAtOnce)
        let isDue = try database.read { [clock] connection in
            try connection.first(
                "SELECT 1 FROM mails WHERE state = 'waiting' AND next_at <= \(clock.now()) LIMIT \(limit)"
            ) { _ in true } ?? false
        }
        guard isDue else { return 0 }
        let mails = try await database.write { [clock] in try $0.beginMails(limit: limit, at: clock.now()) }
        let outcomes = await withTaskGroup { group in
            for mail in mails { group.addTask { (mail, await self.attempt(mail)) } }
            return await group.reduce(into: []) { $0.append($1) }
        }
        try await database.write { transaction in
            for (mail, outcome) in outcomes { try transaction.endMail(mail, outcome) }
        }
        return Int64(mails.count)
    }

    private func attempt(_ mail: WaitingMail) async -> MailOutcome {
        let outcome: MailOutcome
        do {
            outcome = try await send(mail)
        } catch let error as MailError {
            outcome = error.isPermanent ? .failed("\(error)") : .deferred("\(error)")
        } catch {
            outcome = .deferred("\(error)")
        }
        switch outcome {
        case .sent: mailer.sent.increment()
        case .dropped: break
        case .failed(let reason), .deferred(let reason):
            log.warning(
                "mail_not_sent",
                [
                    ("booking", .string("\(mail.bookingID)")), ("attempt", .integer(mail.attempt)),
                    ("reason", .string(reason)),
                ])
        }
        return outcome
    }

    /// - Throws: whatever keeps it from going now.
    private func send(_ mail: WaitingMail) async throws -> MailOutcome {
        let trace = TraceContext()
        let owner = try database.read { try $0.booking(mail.bookingID, of: nil) }.userID
        guard let address = try await identity.address(of: owner, trace) else {
            return .failed("identity does not know the user")
        }
        let session = try await ticketSession(try booking(of: mail).sessionID, trace)
        guard session.details != nil || mail.attempt > Self.attemptsForDetails else {
            return .deferred("catalog has not told what tickets say")
        }
        // As it is now: it may have been given back while others were asked.
        let booking = try booking(of: mail)
        guard booking.status(at: clock.now()) == .confirmed, let confirmedAt = booking.confirmedAt else {
            return .dropped
        }
        let sheets = try await sheets(of: booking, mail.language, trace).filter { $0.status != .refunded }
        let isAttached = sheets.count <= SheetDrawing.mostPages
        guard let words = TicketMail(sheets, isAttached: isAttached) else { return .dropped }
        var message = MailMessage(
            id: try mailer.id(of: booking.id), date: confirmedAt, from: mailer.from, to: [try Mailbox(address)],
            subject: try HeaderText(words.subject), text: words.text)
        if isAttached {
            let document = try await printer.document(sheets, issued: confirmedAt, whenIdle: true)
            message.attachments = [
                try MailAttachment(
                    name: HeaderText(words.fileName), mediaType: "application/pdf", bytes: document)
            ]
        }
        try await mailer.transport.send(message)
        return .sent
    }

    private func booking(of mail: WaitingMail) throws -> Booking {
        try database.read { try $0.booking(mail.bookingID, of: nil) }
    }
}
