import CatalogService
import JSON
import Lifecycle
import SQLite
import TestSupport
import Testing
import Time
import TimeZone

@Suite struct CatalogSchemaTests {
    static let folder = checkoutPath + "/Services/catalog"

    private func restored() throws -> String {
        try SchemaDump.restored(try readFile(Self.folder + "/dump.sql"), try readFile(Self.folder + "/seeds.sql"))
    }

    @Test("dump.sql is what the migrations make")
    func dump() throws {
        #expect(try SchemaDump.difference(Self.folder + "/dump.sql", CatalogService.migrations) == nil)
    }

    @Test("the service runs on dump.sql and seeds.sql alone, and has something to book within hours in every place")
    func seeds() async throws {
        let service = try await ServiceUnderTest(
            CatalogService.self, clock: .atSystemTime(), databasePath: try restored())
        let cinema = Cinema(service: service)
        let movies = try await cinema.pages("movies", "/v1/movies?limit=100").flatMap(\.self)
        #expect(movies.count >= 30)
        let best = try await cinema.get("/v1/movies").json["movies"]?.arrayValue?.first
        #expect(best?["rating"]?.doubleValue ?? 0 > 4)
        let places = try await cinema.ids("places", "/v1/movies/\(movies[0])/places")
        #expect(!places.isEmpty)
        let soon = try await cinema.pages("places", "/v1/movies/mov_100000000000001/places").flatMap(\.self)
        #expect(soon.count == 8)
        let now = service.clock.now
        for place in soon {
            let (from, to) = (now.rfc3339, now.advanced(byMilliseconds: 4 * 3_600_000).rfc3339)
            let sessions = try await cinema.ids(
                "sessions", "/v1/movies/mov_100000000000001/places/\(place)/sessions?from=\(from)&to=\(to)")
            let session = try #require(sessions.first)
            #expect(try await service.sendInternal("GET", "/internal/v1/sessions/\(session)").status == 200)
        }
        await service.stop()
    }

    /// Around changes of clocks, midnights and the ends of months and years.
    private static let moments = [
        "2026-11-20 18:30:00", "2027-03-20 22:59:59", "2027-03-27 23:00:00", "2027-03-28 01:00:00",
        "2026-10-17 21:59:59",
        "2026-10-25 00:30:00", "2026-12-31 22:59:59", "2028-02-29 12:00:00",
    ]

    /// The sample data as it would be loaded at a moment.
    private func restored(at moment: String) throws -> String {
        let seeds = try readFile(Self.folder + "/seeds.sql")
            .replacing("'now'", with: "'\(moment)'").replacing("unixepoch()", with: "unixepoch('\(moment)')")
        return try SchemaDump.restored(try readFile(Self.folder + "/dump.sql"), seeds)
    }

    private func numbers(_ path: String, _ query: String) throws -> [Int64] {
        try SchemaDump.sqlite(path, query).split { "|\n".contains($0) }.compactMap { Int64($0) }
    }

    @Test(
        "whenever it is loaded, no sample room has two films within a quarter of an hour of one another",
        arguments: moments)
    func overlaps(moment: String) throws {
        let counts = try numbers(
            try restored(at: moment),
            """
            SELECT count(*), (SELECT count(*) FROM sessions) FROM sessions a JOIN movies m ON m.id = a.movie_id
            JOIN sessions b ON b.room_id = a.room_id AND b.id <> a.id
                AND b.starts_at BETWEEN a.starts_at AND a.starts_at + (m.duration + 15) * 60000;
            """)
        #expect(counts[0] == 0)
        #expect(counts[1] > 650)
    }

    @Test(
        "whenever it is loaded, the sample sessions begin at cinema hours of three weeks of Paris days",
        arguments: moments)
    func hours(moment: String) throws {
        let path = try restored(at: moment)
        let paris = try #require(TimeZone.named("Europe/Paris"))
        let starts = try numbers(path, "SELECT starts_at FROM sessions WHERE id % 100 <> 90;")
        let locals = starts.map { $0 / 1000 + paris.offsetSeconds(at: Timestamp(rawValue: $0)) }
        #expect(Set(locals.map { $0 % 86_400 / 3_600 }) == [11, 14, 17, 20])
        let days = Set(locals.map { $0 / 86_400 }).sorted()
        #expect(days.count == 21 && days[20] - days[0] == 20)
        let now = try #require(Timestamp(rfc3339: moment + "Z"))
        // In summer, the hour after midnight still counts as the day before.
        let today = (now.rawValue / 1000 + 3_600) / 86_400
        #expect(days[7] == today)
        let soon = try numbers(path, "SELECT starts_at FROM sessions WHERE id % 100 = 90;")
        #expect(soon.count == 8)
        #expect(soon.allSatisfy { (3_600_000...7_200_000).contains($0 - now.rawValue) })
    }

    @Test("the sample data goes into one transaction of a migrated database, and only well-formed")
    func oneTransaction() async throws {
        try await Cinema.run { cinema async throws in
            let seeds = try readFile(Self.folder + "/seeds.sql")
            try await cinema.service.running.context.database.write { try $0.executeScript(seeds) }
            let movies = try await cinema.get("/v1/movies?limit=100").json["movies"]?.arrayValue ?? []
            #expect(movies.filter { $0["rating"] == .null }.count >= 3)
            #expect(movies.filter { $0["airing_dates"]?["from"] == .null }.count >= 3)
            #expect(movies.filter { $0["poster"] == .null }.count >= 3)
            #expect(Set(movies.compactMap { $0["title"]?.stringValue }).count == movies.count)
            let directed = try cinema.read { connection in
                try connection.first("SELECT count(DISTINCT movie_id) FROM credits WHERE role = 'director'") {
                    try $0.int(0)
                }
            }
            #expect(directed ?? 0 >= 30)
        }
    }

    @Test("the sessions that booking's sample data names are these, with their names, times and allocations")
    func bookingsSamples() throws {
        let booking = checkoutPath + "/Services/booking"
        let bookings = try SchemaDump.restored(
            try readFile(booking + "/dump.sql"), try readFile(booking + "/seeds.sql"))
        let known = try SchemaDump.sqlite(
            bookings,
            """
            SELECT id, starts_at, allocation, movie_id, movie_title, place_id, place_name FROM sessions ORDER BY id;
            """)
        let own = try SchemaDump.sqlite(
            try restored(),
            """
            ATTACH '\(bookings)' AS booking;
            SELECT s.id, s.starts_at, s.allocation, m.id, m.title, p.id, p.name
            FROM sessions s JOIN movies m ON m.id = s.movie_id JOIN places p ON p.id = s.place_id
            WHERE s.id IN (SELECT id FROM booking.sessions) ORDER BY s.id;
            """)
        #expect(!known.isEmpty)
        #expect(known == own)
    }
}
