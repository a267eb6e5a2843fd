import Auth
import BookingService
import SQLite
import TestSupport
import Testing
import Time

/// Somebody goes on with the journal who knows how it is tied together, and writes what cannot have happened: the audit
/// says of each entry why.
@Suite struct ContradictionTests {
    /// A session with one booking that is open and holds a seat, and one that is sold; and one that was closed before it
    /// was met. The clock stands at `now`.
    private struct Ground {
        let path: String
        let now: Int64
        let open: String
        let sold: String
        let ticket: String
    }

    private func ground() async throws -> Ground {
        let path = temporaryPath("ground.db")
        var ground: Ground?
        try await BoxOffice.run { box async throws in
            let sold = try await box.sell(1)
            let ticket = try #require(try await box.ticketIDs(of: sold).first)
            let open = try await box.open()
            #expect(try await box.reserve(open, 1).status == 200)
            #expect(try await box.service.sendInternal("DELETE", "/internal/v1/sessions/ses_5").status == 204)
            _ = try SchemaDump.sqlite(box.service.databasePath, "VACUUM INTO '\(path)'")
            ground = Ground(path: path, now: box.service.clock.now.rawValue, open: open, sold: sold, ticket: ticket)
        }
        return try #require(ground)
    }

    /// What the audit finds after one more entry, whose hash follows.
    private func differences(_ ground: Ground, after text: String, of session: Int64) throws -> [String] {
        let forged = temporaryPath("forged.db")
        _ = try SchemaDump.sqlite(ground.path, "VACUUM INTO '\(forged)'")
        let last = try SchemaDump.sqlite(forged, "SELECT hex(hash) FROM journal ORDER BY number DESC LIMIT 1")
        let digits = Array(last.utf8.prefix(64))
        let previous = stride(from: 0, to: digits.count - 1, by: 2).compactMap {
            UInt8(String(decoding: digits[$0...$0 + 1], as: UTF8.self), radix: 16)
        }
        let hash = SHA256.hash(previous + Array("\(session) \(text)".utf8))
        let hexadecimal = hash.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        _ = try SchemaDump.sqlite(
            forged,
            """
            INSERT INTO journal SELECT max(number) + 1, \(session), '\(text)', x'\(hexadecimal)' FROM journal
            """)
        return try audited(forged).differences
    }

    @Test("what cannot have happened is named, one entry at a time")
    func contradictions() async throws {
        let ground = try await ground()
        #expect(try audited(ground.path).differences == [])
        let (open, sold, ticket) = (ground.open, ground.sold, ground.ticket)
        let (closed, here) = (5 as Int64, try #require(Int64(BoxOffice.session.dropFirst(4))))
        let (soon, over) = (ground.now + 1, ground.now + 60_000)
        let opened = #""is":"opened","user":"usr_1","booking""#
        let cases: [(session: Int64, at: Int64, text: String, says: String)] = [
            (here, soon, #""is":"met","allocation":10,"starts_at":1"#, "it was met already"),
            (closed, soon, #""is":"met","allocation":10,"starts_at":1"#, "it was closed already"),
            (closed, soon, #""is":"changed","allocation":0,"starts_at":1"#, "it was never met"),
            (here, soon, #""is":"closed""#, "it was closed with 1 seats held and 1 sold"),
            (closed, soon, #""is":"closed""#, "it was closed already"),
            (here, soon, #"\#(opened):"\#(open)","closes_at":\#(over)"#, "\(open) was opened already"),
            (here, soon, #"\#(opened):"bkg_7","closes_at":\#(soon)"#, "bkg_7 was opened after it closes"),
            (
                here, soon + 3_600_000, #"\#(opened):"bkg_7","closes_at":\#(over + 3_600_000)"#,
                "bkg_7 was opened after the session had begun"
            ),
            (closed, soon, #"\#(opened):"bkg_7","closes_at":\#(over)"#, "it was closed already"),
            (here, over, #""is":"reserved","booking":"\#(open)","count":2"#, "\(open) had run out already"),
            (here, soon, #""is":"reserved","booking":"\#(sold)","count":2"#, "\(sold) had ended already"),
            (
                here, over, #""is":"confirmed","booking":"\#(open)","tickets":[{"id":"tkt_7"}]"#,
                "\(open) had run out already"
            ),
            (here, over, #""is":"cancelled","booking":"\#(open)""#, "\(open) had run out already"),
            (here, over - 1, #""is":"expired","booking":"\#(open)""#, "\(open) ran out before it closes"),
            (
                here, soon,
                #""is":"standing","rows":[{"table":"tickets","id":\#(ticket.dropFirst(4)),"row":{}}]"#,
                "tickets \(ticket) was there already"
            ),
            (
                here, soon, #""is":"reissued","booking":"\#(sold)","ticket":"tkt_7","generation":2"#,
                "tkt_7 was never issued"
            ),
            (
                here, soon, #""is":"reissued","booking":"\#(sold)","ticket":"\#(ticket)","generation":3"#,
                "the code of \(ticket) after 1 is 3"
            ),
        ]
        for (session, at, text, says) in cases {
            let found = try differences(ground, after: "{\"at\":\(at),\(text)}", of: session)
            #expect(found.contains { $0.hasSuffix(" of the journal: \(says)") }, "\(text): \(found)")
            #expect(!found.contains { $0.contains("or its hash") }, "\(text): \(found)")
        }
        // The last millisecond in which it may be.
        let late = #"{"at":\#(over - 1),"is":"reserved","booking":"\#(open)","count":2}"#
        #expect(try !differences(ground, after: late, of: here).contains { $0.hasSuffix("had run out already") })
    }

    @Test("an entry of no session is another than one of session 0")
    func noSession() async throws {
        let ground = try await ground()
        let service = try await ServiceUnderTest(
            BookingService.self, databasePath: try copied(ground.path), settings: ["LIMITS": "off"])
        await service.stop()
        #expect(try audited(service.databasePath).differences == [])
        let last = try SchemaDump.sqlite(
            service.databasePath,
            """
            DROP TRIGGER journal_is_kept; UPDATE journal SET session_id = 0 WHERE session_id IS NULL;
            SELECT max(number) FROM journal WHERE session_id = 0;
            """)
        let found = try audited(service.databasePath).differences
        #expect(found.first?.hasPrefix("entry \(last.dropLast()) of the journal, or its hash") == true, "\(found)")
    }

    /// A backup, after which the journal goes on with an entry of no session.
    private func copied(_ path: String) throws -> String {
        let copy = temporaryPath("copy.db")
        try Database.copy(path, to: copy, migrations: BookingService.migrations)
        return copy
    }
}
