import BookingService
import HTTPServer
import Lifecycle
import SQLite
import TestSupport
import Testing

/// Booking with somebody to mail, and a server that takes mails.
struct Post {
    let box: BoxOffice
    let server: MailServer
    let identity: Neighbour

    func row(_ booking: String) throws -> [String] {
        let id = try #require(Int64(booking.dropFirst(4)))
        return try box.service.running.context.database.read { connection in
            try connection.rows("SELECT state, attempts, last_error, language FROM mails WHERE booking_id = \(id)") {
                "\(try $0.text(0)) \(try $0.int(1)) \(try $0.textOrNil(2) ?? "-") \(try $0.text(3))"
            }
        }
    }

    func comes(_ booking: String, to state: String) async throws {
        await eventually { (try? row(booking).first?.hasPrefix(state + " ")) == true }
    }

    /// Lets an hour pass for each attempt until a mail is as it should be. Who was away is asked again only after a
    /// while of real time.
    func waits(for booking: String, until isDone: (String) -> Bool) async throws {
        for _ in 0..<100 {
            if try row(booking).first.map(isDone) == true { return }
            box.service.clock.advance(byMilliseconds: 3_600_000)
            try await Task.sleep(for: .milliseconds(600))
        }
    }

    static func run(
        _ kind: MailServer.Kind = .taking, settings: [String: String] = [:], seats: [String]? = nil,
        at now: String? = nil, startsInMilliseconds: Int64 = 40 * 86_400_000,
        knowing: @escaping @Sendable (String) -> HTTPResponse = addressed,
        _ body: (Post) async throws -> Void
    ) async throws {
        let server = try await MailServer(kind)
        let identity = try addressBook(knowing)
        let usual = [
            "MAIL_URL": server.url, "MAIL_FROM": "Le Rex <billets@example.org>", "IDENTITY_URL": identity.url,
        ]
        do {
            try await BoxOffice.run(
                allocation: 2_000, seats: seats, startsInMilliseconds: startsInMilliseconds,
                settings: usual.merging(settings) { _, own in own }, at: now
            ) { box async throws in try await body(Post(box: box, server: server, identity: identity)) }
        } catch {
            await identity.stop()
            throw error
        }
        await identity.stop()
    }

    static func addressed(_ user: String) -> HTTPResponse {
        .json(200, #"{"user":{"id":"\#(user)","email":"zoe.\#(user)@example.com"}}"#)
    }
}

/// Identity, as far as mails need it: everybody has an address, unless a test says otherwise.
private func addressBook(_ answer: @escaping @Sendable (_ user: String) -> HTTPResponse) throws -> Neighbour {
    try Neighbour { target in
        guard target.hasPrefix("/internal/v1/users/") else { return HTTPResponse(status: 204) }
        return answer(String(target.dropFirst("/internal/v1/users/".count)))
    }
}
