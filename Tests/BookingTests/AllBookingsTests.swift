import Auth
import BookingService
import JSON
import Lifecycle
import SQLite
import TestSupport
import Testing
import Time

/// `GET /v1/bookings?scope=all`.
@Suite struct AllBookingsTests {
    @Test("an admin sees everybody's bookings, each as its owner sees it, with whose it is")
    func everybody() async throws {
        try await BoxOffice.run { box async throws in
            let first = try await box.open("usr_1")
            let second = try await box.open("usr_2")
            _ = try await box.reserve(second, 2, "usr_2")
            let all = try await box.all()
            #expect(all.status == 200 && BoxOffice.bookings(all) == [second, first])
            let own = try await box.list("usr_2").json["bookings"]?.arrayValue?.first
            let seen = all.json["bookings"]?.arrayValue?.first
            #expect(Answer.names(seen) == Answer.names(own) + ["user_id"])
            #expect(seen?["user_id"] == "usr_2" && seen?["reserved_seats"] == 2)
        }
    }

    @Test("customers and staff are refused everybody's, whatever else they ask; another scope is a 422")
    func roles() async throws {
        try await BoxOffice.run { box async throws in
            for role in [Role.customer, .staff] {
                let token = box.service.token("usr_1", role)
                let refused = try await box.service.get("/v1/bookings?scope=all&limit=0", token: token)
                #expect(refused.status == 403 && refused.codes == ["forbidden"])
            }
            #expect(try await box.service.get("/v1/bookings?scope=all").status == 401)
            for scope in ["", "mine", "ALL"] {
                #expect(try await box.list("usr_1", "?scope=\(scope)").codes == ["scope_invalid"])
            }
            // A filter of everybody's is an unknown parameter of one's own.
            _ = try await box.open()
            #expect(BoxOffice.bookings(try await box.list("usr_1", "?status=nonsense&user_id=usr_9")).count == 1)
        }
    }

    @Test(
        "what cannot be a filter is said, all at once; an id that is none matches nothing",
        arguments: [
            (
                "status=lost&from=x&to=y&limit=0",
                ["status_invalid", "from_invalid", "to_invalid", "limit_out_of_range"]
            ),
            ("from=2026-11-21&to=2026-11-20", ["range_invalid"]), ("status=", ["status_invalid"]),
        ])
    func faults(query: String, codes: [String]) async throws {
        try await BoxOffice.run { box async throws in
            let refused = try await box.all(query)
            #expect(refused.status == 422 && refused.codes == codes)
            _ = try await box.open()
            for filter in ["user_id=1", "session_id=mov_1", "movie_id=", "place_id=plc_-1", "user_id=usr_7"] {
                let none = try await box.all(filter)
                #expect(
                    none.status == 200 && none.json["bookings"] == [] && none.json["metadata"]?["end_cursor"] == .null)
            }
        }
    }

    @Test("a cursor belongs to its filters, and to everybody's list")
    func cursors() async throws {
        try await BoxOffice.run { box async throws in
            for _ in 0..<3 { _ = try await box.open() }
            let page = try await box.all("user_id=usr_1&limit=1")
            let cursor = try #require(page.json["metadata"]?["end_cursor"]?.stringValue)
            #expect(try await box.all("user_id=usr_1&limit=2&cursor=\(cursor)").status == 200)
            for query in [
                "", "user_id=usr_2&", "movie_id=mov_1&", "user_id=usr_1&status=open&", "user_id=usr_1&from=2020-01-01&",
            ] {
                let refused = try await box.all("\(query)cursor=\(cursor)")
                #expect(refused.status == 400 && refused.codes == ["invalid_cursor"])
            }
            #expect(try await box.list("usr_1", "?cursor=\(cursor)").codes == ["invalid_cursor"])
        }
    }

    @Test("a day alone is all of that day; both bounds are inclusive")
    func period() async throws {
        try await BoxOffice.run { box async throws in
            // 2026-11-20T18:30:00Z
            let id = try await box.open()
            for query in [
                "from=2026-11-20", "to=2026-11-20", "from=2026-11-20&to=2026-11-20",
                "from=2026-11-20T18:30:00Z&to=2026-11-20T18:30:00Z", "from=2026-11-20T19:30:00%2B01:00",
            ] { #expect(BoxOffice.bookings(try await box.all(query)) == [id], "\(query)") }
            for query in ["from=2026-11-21", "to=2026-11-19", "to=2026-11-20T18:29:59.999Z"] {
                #expect(BoxOffice.bookings(try await box.all(query)) == [], "\(query)")
            }
        }
    }

    @Test("every filter, alone and with others, finds what a look at each booking finds, page by page")
    func random() async throws {
        let seed = UInt64.random(in: 0 ... .max)
        try await BoxOffice.run(balances: false) { box async throws in
            var random = SeededGenerator(seed: seed)
            var ledger = try await Ledger(in: box, bookings: 160, &random)
            for round in 0..<60 {
                // Some run out between one question and the next, and are not noted yet.
                box.service.clock.advance(byMilliseconds: .random(in: 0...4_000, using: &random))
                let question = Question(at: box.service.clock.now, &random)
                let expected = ledger.answer(to: question, at: box.service.clock.now)
                var seen: [String] = []
                var cursor = ""
                while true {
                    let page = try await box.all(
                        "\(question.query)&limit=\(Int.random(in: 1...40, using: &random))\(cursor)")
                    seen += BoxOffice.bookings(page)
                    guard page.json["metadata"]?["has_more"] == true else { break }
                    cursor = "&cursor=\(try #require(page.json["metadata"]?["end_cursor"]?.stringValue))"
                }
                #expect(seen == expected, "seed \(seed), round \(round): \(question.query)")
                ledger.asked += expected.count
            }
            #expect(ledger.asked > 100, "questions that find nothing prove nothing: seed \(seed)")
        }
    }
}

extension BoxOffice {
    /// Asks for everybody's bookings as an admin.
    func all(_ query: String = "") async throws -> Answer {
        try await service.get("/v1/bookings?scope=all&\(query)", token: service.token("usr_99", .admin))
    }

    static func bookings(_ answer: Answer) -> [String] {
        (answer.json["bookings"]?.arrayValue ?? []).compactMap { $0["id"]?.stringValue }
    }
}

/// What is asked of everybody's bookings.
private struct Question {
    let user, session, movie, place: Int64?
    let status: String?
    let from, to: Int64?

    init(at now: Timestamp, _ random: inout SeededGenerator) {
        func maybe(_ range: ClosedRange<Int64>) -> Int64? {
            Int.random(in: 0..<3, using: &random) == 0 ? .random(in: range, using: &random) : nil
        }
        (user, session, movie, place) = (maybe(1...4), maybe(1...6), maybe(1...3), maybe(1...2))
        status = maybe(0...3).map { ["open", "confirmed", "cancelled", "expired"][Int($0)] }
        from = maybe(0...20).map { now.rawValue - 60_000 - $0 * 1_000 }
        to = maybe(0...50).map { now.rawValue - $0 * 1_000 }
    }

    var query: String {
        [
            user.map { "user_id=usr_\($0)" }, session.map { "session_id=ses_\($0)" },
            movie.map { "movie_id=mov_\($0)" },
            place.map { "place_id=plc_\($0)" }, status.map { "status=\($0)" },
            from.map { "from=\(Timestamp(rawValue: $0).rfc3339)" }, to.map { "to=\(Timestamp(rawValue: $0).rfc3339)" },
        ].compactMap(\.self).joined(separator: "&")
    }
}

/// Bookings at random, here and in the database.
private struct Ledger {
    private struct Entry {
        let id, user, session, created, closes: Int64
        let outcome: String?
    }

    private var entries: [Entry] = []
    var asked = 0

    init(in box: BoxOffice, bookings: Int64, _ random: inout SeededGenerator) async throws {
        let now = box.service.clock.now.rawValue
        for id in 1...bookings {
            // Many share a millisecond, and ids do not grow with time.
            let created = now - .random(in: 0...60, using: &random) * 1_000
            entries.append(
                Entry(
                    id: (id * 7_919) % 10_007, user: .random(in: 1...4, using: &random),
                    session: .random(in: 1...6, using: &random), created: created,
                    closes: created + .random(in: 61_000...120_000, using: &random),
                    outcome: [nil, nil, "confirmed", "cancelled", "expired", "refunded"]
                        .randomElement(using: &random) ?? nil))
        }
        try await box.service.running.context.database.write { [entries] transaction in
            for session in 1...6 as ClosedRange<Int64> {
                try transaction.execute(
                    """
                    INSERT INTO sessions (id, starts_at, allocation, movie_id, movie_title, place_id, place_name, named_at)
                    VALUES (\(session), \(now), 100, \(session % 3 + 1), 'Nosferatu', \(session % 2 + 1), 'Le Rex',
                            9000000000000000)
                    """)
            }
            for entry in entries {
                let (outcome, moment) = (entry.outcome, entry.created + 1)
                try transaction.execute(
                    """
                    INSERT INTO bookings (id, user_id, session_id, created_at, closes_at, confirmed_at, cancelled_at,
                        expired_at, refunded_at)
                    VALUES (\(entry.id), \(entry.user), \(entry.session), \(entry.created), \(entry.closes),
                            \(outcome == "confirmed" || outcome == "refunded" ? moment : nil),
                            \(outcome == "cancelled" ? moment : nil), \(outcome == "expired" ? moment : nil),
                            \(outcome == "refunded" ? moment : nil))
                    """)
            }
        }
    }

    func answer(to question: Question, at now: Timestamp) -> [String] {
        entries.filter { entry in
            let status =
                switch entry.outcome {
                case nil: now.rawValue < entry.closes ? "open" : "expired"
                case "refunded"?: "cancelled"
                case let outcome?: outcome
                }
            return (question.user ?? entry.user) == entry.user && (question.session ?? entry.session) == entry.session
                && (question.movie ?? entry.session % 3 + 1) == entry.session % 3 + 1
                && (question.place ?? entry.session % 2 + 1) == entry.session % 2 + 1
                && (question.status ?? status) == status
                && (question.from ?? .min) <= entry.created && entry.created <= (question.to ?? .max)
        }
        .sorted { ($0.created, $0.id) > ($1.created, $1.id) }.map { "bkg_\($0.id)" }
    }
}
