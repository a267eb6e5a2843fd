import BookingService
import Lifecycle
import SQLite
import Synchronization
import Telemetry
import TestSupport
import Testing

/// Booking was set back to an older state, and asks catalog which sessions it has deleted since: catalog may have been
/// set back, too.
@Suite struct UnsureSessionTests {
    private static let first: Int64 = 300_000_000_000_001

    /// Catalog, as it answers for sessions.
    private final class Programme: Sendable {
        let known = Mutex<Set<Int64>>([])
        /// What it says of whether it has any; nil for a release that does not.
        let hasSessions = Mutex<Bool?>(true)
        /// Those that it names in a way that nobody understands.
        let garbled = Mutex<Set<Int64>>([])

        func begin(_ box: BoxOffice) {
            box.catalog.answer { target in
                guard target.hasPrefix("/internal/v1/sessions?ids=") else { return .json(503, "{}") }
                let sessions = self.known.withLock { $0 }.filter { target.contains("ses_\($0)") }.map { id in
                    let movie = self.garbled.withLock { $0.contains(id) } ? "film" : "movie"
                    return """
                        {"id":"ses_\(id)","\(movie)":{"id":"mov_1","title":"Nosferatu","duration":94},
                        "place":{"id":"plc_1","name":"Le Rex","address":"1 rue Sainte-Catherine","city":"Montréal",
                        "time_zone":"America/Montreal"},"room":{"id":"rom_1","name":"1"}}
                        """
                }
                let told = self.hasSessions.withLock { $0.map { #""has_sessions":\#($0),"# } } ?? ""
                return .json(200, #"{\#(told)"sessions":[\#(sessions.joined(separator: ","))]}"#)
            }
        }
    }

    /// Booking is unsure of so many sessions, of which catalog knows these.
    private func run(
        _ count: Int64, known: Set<Int64>, hasSessions: Bool = true, garbled: Set<Int64> = [],
        _ body: (BoxOffice, Programme, _ said: () -> [String]) async throws -> Void
    ) async throws {
        let lines = Mutex<[String]>([])
        let log = Logger(service: "booking") { line in
            lines.withLock { $0.append(String(decoding: line, as: UTF8.self)) }
        }
        try await BoxOffice.run(balances: false, log: log) { box async throws in
            _ = try await box.open()
            let programme = Programme()
            programme.known.withLock { $0 = known }
            programme.hasSessions.withLock { $0 = hasSessions }
            programme.garbled.withLock { $0 = garbled }
            programme.begin(box)
            try await box.service.running.context.database.write { transaction in
                for id in Self.first..<(Self.first + count) {
                    try transaction.execute(
                        """
                        INSERT INTO sessions
                            (id, starts_at, allocation, movie_id, movie_title, place_id, place_name, named_at)
                        SELECT \(id), starts_at, allocation, movie_id, movie_title, place_id, place_name, named_at
                        FROM sessions WHERE id = \(Self.first) AND id <> \(id)
                        """)
                    try transaction.execute("INSERT INTO unsure_sessions (id) VALUES (\(id))")
                }
            }
            try await body(box, programme) {
                lines.withLock { $0.filter { $0.contains(#""event":"catalog_lacks_sessions""#) } }
            }
        }
    }

    private func ids(_ sql: SQL, _ box: BoxOffice) -> [Int64] {
        (try? box.service.running.context.database.read { try $0.rows(sql) { try $0.int(0) } }) ?? [-1]
    }

    private func unsure(_ box: BoxOffice) -> [Int64] { ids("SELECT id FROM unsure_sessions ORDER BY id", box) }
    private func closed(_ box: BoxOffice) -> [Int64] { ids("SELECT id FROM closed_sessions ORDER BY id", box) }

    private func timesAsked(_ box: BoxOffice) -> Int { box.asked.count { $0.contains("?ids=") } }

    @Test("a catalog that is empty has nothing closed; it is asked again, and believed once it has its sessions")
    func empty() async throws {
        try await run(60, known: []) { box, programme, said async throws in
            await eventually { timesAsked(box) >= 3 }
            #expect(timesAsked(box) >= 3)
            #expect(closed(box) == [] && unsure(box).count == 60)
            #expect(said().count == 1, "once a minute")
            let line = said().first ?? ""
            #expect(line.contains(#""level":"error""#) && line.contains(#""unknown":50,"asked":50"#), "\(line)")
            #expect(line.contains("Restore catalog"))
            programme.known.withLock { $0 = Set(Self.first..<(Self.first + 60)) }
            await eventually { unsure(box) == [] }
            #expect(unsure(box) == [] && closed(box) == [])
        }
    }

    @Test("an old catalog that knows fewer than half of the newest is not believed; who closes one settles it")
    func old() async throws {
        let known = Set(Self.first..<(Self.first + 3))
        try await run(7, known: known) { box, _, said async throws in
            await eventually { !said().isEmpty }
            #expect(said().first?.contains(#""unknown":4,"asked":7"#) == true)
            #expect(closed(box) == [] && unsure(box).count == 7)
            let id = Self.first + 4
            #expect(try await box.service.sendInternal("DELETE", "/internal/v1/sessions/ses_\(id)").status == 204)
            // Three that it does not know are few again.
            await eventually { unsure(box) == [] }
            #expect(unsure(box) == [])
            #expect(closed(box) == (3..<7).map { Self.first + $0 })
        }
    }

    @Test("a catalog that has no session at all has none closed, however few it is asked about", arguments: 1...3)
    func nothing(count: Int64) async throws {
        try await run(count, known: [], hasSessions: false) { box, programme, said async throws in
            await eventually { timesAsked(box) >= 3 }
            #expect(timesAsked(box) >= 3 && said().count == 1)
            #expect(closed(box) == [] && unsure(box).count == count)
            // One that does not say whether it has others has none for all that is known.
            programme.hasSessions.withLock { $0 = nil }
            let asked = timesAsked(box)
            await eventually { timesAsked(box) >= asked + 2 }
            #expect(closed(box) == [] && unsure(box).count == count)
            programme.hasSessions.withLock { $0 = true }
            await eventually { unsure(box) == [] }
            #expect(unsure(box) == [] && closed(box).count == count)
        }
    }

    @Test("an answer with a session that cannot be read is none: nothing is closed, nor settled, by it")
    func garbled() async throws {
        let all = Set(Self.first..<(Self.first + 10))
        try await run(10, known: all.subtracting([Self.first]), garbled: [Self.first + 5]) {
            box, programme, _ async throws in
            await eventually { timesAsked(box) >= 3 }
            #expect(timesAsked(box) >= 3)
            #expect(closed(box) == [] && unsure(box).count == 10)
            programme.garbled.withLock { $0 = [] }
            await eventually { unsure(box) == [] }
            #expect(unsure(box) == [] && closed(box) == [Self.first])
        }
    }

    @Test("a few that are gone among many are closed, and no other")
    func few() async throws {
        let gone: Set = [Self.first + 3, Self.first + 30, Self.first + 58, Self.first + 59]
        try await run(60, known: Set(Self.first..<(Self.first + 60)).subtracting(gone)) { box, _, said async throws in
            await eventually { unsure(box) == [] }
            #expect(unsure(box) == [])
            #expect(closed(box) == gone.sorted() && said().isEmpty)
        }
    }

    @Test("so many of so many may be gone")
    func rule() {
        func believes(_ unknown: Int, of asked: Int) -> Bool {
            let isBelieved = BookingService.believes(unknown: unknown, of: asked, isEmpty: false)
            #expect(!BookingService.believes(unknown: unknown, of: asked, isEmpty: true))
            return isBelieved
        }
        #expect((1...3).allSatisfy { believes($0, of: $0) })
        #expect(!believes(4, of: 4))
        #expect(!believes(4, of: 7) && believes(4, of: 8))
        #expect(!believes(50, of: 50) && !believes(26, of: 50))
    }
}
