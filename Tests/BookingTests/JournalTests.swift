import Auth
import BookingService
import JSON
import Lifecycle
import SQLite
import TestSupport
import Testing
import Time

/// The journal is written with what it tells, and the audit finds nothing where nothing is wrong.
@Suite struct JournalTests {
    /// `JOURNAL_STEPS=20000` for a long one, `JOURNAL_SEED` for the choices of one that failed.
    private static let steps = environment("JOURNAL_STEPS").flatMap { Int($0) } ?? 800

    @Test("whatever customers and staff do, the tables are what the journal says", arguments: [true, false])
    func history(isSeated: Bool) async throws {
        let seed = environment("JOURNAL_SEED").flatMap { UInt64($0) } ?? .random(in: 0...9_999_999)
        print("JOURNAL_SEED=\(seed)")
        let room = isSeated ? Array(repeating: "..........", count: 4) : nil
        let tariffs = #"[{"name":"Adult","price":{"amount":1450,"currency":"EUR"},"condition":""}]"#
        try await BoxOffice.run(
            allocation: 40, seats: room, startsInMilliseconds: 86_400_000, tariffs: tariffs,
            settings: ["LIMITS": "off"]
        ) { box async throws in
            let startsAt = box.service.clock.now.advanced(byMilliseconds: 86_400_000).rfc3339
            try await everyKind(box, startsAt: startsAt)
            var visitor = Visitor(box, SeededGenerator(seed: seed), isSeated: isSeated, startsAt: startsAt)
            for step in 1...Self.steps {
                try await visitor.act()
                guard step.isMultiple(of: 100) else { continue }
                let differences = try box.books().differences
                try #require(differences == [], "after \(step) steps")
            }
            let kinds = try box.service.running.context.database.read {
                try $0.rows(
                    "SELECT json_extract(entry, '$.is'), count(*) FROM journal GROUP BY 1 ORDER BY 1"
                ) { "\(try $0.int(1)) × \(try $0.text(0))" }
            }
            print("journal, seated: \(isSeated): \(kinds.joined(separator: ", "))")
            #expect(kinds.count == 10)
        }
    }

    /// At least once whatever else may happen.
    private func everyKind(_ box: BoxOffice, startsAt: String) async throws {
        let sold = try await box.sell(3)
        let tickets = try await box.ticketIDs(of: sold)
        try #require(tickets.count == 3)
        #expect(try await box.reissue(tickets[0], of: sold).status == 200)
        #expect(try await box.refund(sold, tickets: [tickets[1]]).status == 200)
        #expect(try await box.refund(sold).status == 200)
        #expect(try await box.cancel(try await box.open()).status == 200)
        #expect(try await box.setAllocation(39, startsAt: startsAt).status == 200)
        let lapsed = try await box.open()
        box.service.clock.advance(byMilliseconds: 60_000)
        #expect(try await box.confirm(lapsed).codes == ["booking_expired"])
    }

    @Test("what is undone alone leaves no gap in the journal, whoever shares its commit")
    func undone() async throws {
        struct Undone: Error {}
        try await BoxOffice.run { box async throws in
            let database = box.service.running.context.database
            _ = try await box.open()
            await withTaskGroup { group in
                for number in 0..<60 {
                    group.addTask {
                        if number.isMultiple(of: 2) { return _ = try? await box.book("usr_\(number + 1)") }
                        _ = try? await database.write { transaction in
                            try transaction.execute(
                                "INSERT INTO journal (entry, hash) VALUES ('{}', \([UInt8](repeating: 7, count: 32)))")
                            throw Undone()
                        }
                    }
                }
            }
            let books = try box.books()
            #expect(books.differences == [] && books.entries == 32)
        }
    }

    @Test("a database from before the journal, or with sample data, is in it as it stood, and goes on")
    func begun() async throws {
        let before = try #require(BookingService.migrations.firstIndex { $0.name.hasSuffix("_journal") })
        let path = temporaryPath("before.db")
        try Database(.init(path: path), migrations: Array(BookingService.migrations.prefix(before))).close()
        _ = try SchemaDump.sqlite(path, try readFile("\(checkoutPath)/Services/booking/seeds.sql"))
        _ = try SchemaDump.sqlite(path, "INSERT INTO closed_sessions VALUES (77, 5)")
        try Database(.init(path: path), migrations: BookingService.migrations).close()
        #expect(try !audited(path).differences.isEmpty, "nobody has begun it")
        for start in 0..<2 {
            let service = try await ServiceUnderTest(BookingService.self, clock: .atSystemTime(), databasePath: path)
            let rows = try service.running.context.database.read {
                try $0.rows("SELECT 'ses_' || id FROM sessions WHERE allocation > held + sold ORDER BY starts_at DESC")
                { try $0.text(0) }
            }
            let session = try #require(rows.first)
            let answer = try await service.post("/v1/sessions/\(session)/book", token: service.token())
            let booking = answer.json["booking"]?["id"]?.stringValue ?? "none"
            let reserved = try await service.post(
                "/v1/bookings/\(booking)/reserve", #"{"seats":1}"#, token: service.token())
            #expect(reserved.status == 200, "\(reserved.codes)")
            await service.stop()
            let books = try audited(path)
            #expect(books.differences == [] && books.rows > 20, "start \(start)")
        }
    }

    @Test("a head that was kept elsewhere is looked for: it is gone with the end of the journal, and in an older copy")
    func expected() async throws {
        let copy = temporaryPath("copy.db")
        try await BoxOffice.run { box async throws in
            _ = try await box.sell(2)
            try Database.copy(box.service.databasePath, to: copy, migrations: BookingService.migrations)
            let old = try box.books().head
            _ = try await box.sell(1)
            let head = try box.books().head
            #expect(try await box.auditCommand("--expect", old).hasSuffix("no differences"))
            #expect(try await box.auditCommand("--expect", head.uppercased()).contains("hash is \(head)"))
            #expect(try audited(copy, expecting: old).differences == [])
            let found = try audited(copy, expecting: head).differences
            #expect(found.count == 1 && found[0].hasPrefix("no entry of the journal has the hash \(head)"))
            await #expect(throws: UsageError.self) { try await box.auditCommand("--expect") }
            await #expect(throws: UsageError.self) { try await box.auditCommand("everything") }
            #expect(try await box.auditCommand("payments").hasSuffix("no differences"))
        }
    }

    @Test("the journal takes no change, and a database that was restored goes on from its own head")
    func kept() async throws {
        try await BoxOffice.run { box async throws in
            _ = try await box.sell(2)
            for change in ["UPDATE journal SET session_id = 1", "DELETE FROM journal"] {
                #expect(throws: (any Error).self) { try SchemaDump.sqlite(box.service.databasePath, change) }
            }
            let copy = temporaryPath("copy.db")
            try Database.copy(box.service.databasePath, to: copy, migrations: BookingService.migrations)
            let head = try box.books().head
            let service = try await ServiceUnderTest(
                BookingService.self, clock: box.service.clock, databasePath: copy, key: box.service.key,
                settings: box.settings)
            #expect(
                try await service.post("/v1/sessions/\(BoxOffice.session)/book", token: service.token()).status == 201)
            await service.stop()
            let books = try audited(copy, expecting: head)
            #expect(books.differences == [])
            let last = try SchemaDump.sqlite(copy, "SELECT group_concat(json_extract(entry, '$.is')) FROM journal")
            #expect(last == "met,opened,reserved,confirmed,restored,opened\n")
        }
    }

    @Test("what is found is told row by row, the first forty of it")
    func told() async throws {
        try await BoxOffice.run(allocation: 100) { box async throws in
            for _ in 0..<2 { _ = try await box.sell(30) }
            _ = try SchemaDump.sqlite(box.service.databasePath, "UPDATE tickets SET generation = 7")
            let error = await #expect(throws: BooksDiffer.self) { try await box.auditCommand() }
            let lines = (error?.description ?? "").split(separator: "\n")
            #expect(lines.count == 43 && lines.last == "and 20 more")
            #expect(lines[2].hasPrefix("\(BoxOffice.session), tickets tkt_"))
            #expect(lines[2].hasSuffix(", generation: the journal says 1, the table says 7"))
            _ = try SchemaDump.sqlite(box.service.databasePath, "UPDATE tickets SET generation = 1")
        }
    }
}

/// Does one thing after another, as a seed has it, on whatever bookings there are by then.
private struct Visitor {
    private let box: BoxOffice
    private let isSeated: Bool
    private let startsAt: String
    private var random: SeededGenerator
    private var bookings: [(id: String, user: String)] = []

    init(_ box: BoxOffice, _ random: SeededGenerator, isSeated: Bool, startsAt: String) {
        self.box = box
        self.isSeated = isSeated
        self.random = random
        self.startsAt = startsAt
    }

    /// Whether the answer is a refusal does not matter here.
    mutating func act() async throws {
        let user = "usr_\(Int.random(in: 1...4, using: &random))"
        guard let (booking, owner) = bookings.suffix(12).randomElement(using: &random),
            Int.random(in: 0..<7, using: &random) > 0
        else { return bookings.append((try await box.open(user), user)) }
        switch Int.random(in: 0..<24, using: &random) {
        case 0..<4 where isSeated:
            let seats = (0..<Int.random(in: 1...4, using: &random)).map { _ in
                "sea_\(Int.random(in: 0..<4, using: &random) * 1000 + Int.random(in: 1...10, using: &random))"
            }
            _ = try await box.pick(booking, Array(Set(seats)).sorted(), owner)
        case 0..<8: _ = try await box.reserve(booking, Int.random(in: 1...5, using: &random), owner)
        case 8..<13: _ = try await box.confirm(booking, owner)
        case 13: _ = try await box.cancel(booking, owner)
        case 14: _ = try await box.refund(booking)
        case 15..<18:
            let tickets = try await box.ticketIDs(of: booking)
            if let ticket = tickets.randomElement(using: &random) {
                _ = try await box.refund(booking, tickets: [ticket])
            }
        case 18..<21:
            let tickets = try await box.ticketIDs(of: booking)
            if let ticket = tickets.randomElement(using: &random) { _ = try await box.reissue(ticket, of: booking) }
        case 21: box.service.clock.advance(byMilliseconds: Int64.random(in: 0...8_000, using: &random))
        default: _ = try await box.setAllocation(Int.random(in: 20...40, using: &random), startsAt: startsAt)
        }
    }
}
