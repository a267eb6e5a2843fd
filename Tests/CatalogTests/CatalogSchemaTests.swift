import CatalogService
import JSON
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

    @Test("the sample rooms never have two films at once, nor less than a quarter of an hour between them")
    func overlaps() throws {
        let overlapping = """
            SELECT count(*), (SELECT count(*) FROM sessions) FROM sessions a JOIN movies m ON m.id = a.movie_id
            JOIN sessions b ON b.room_id = a.room_id AND b.id <> a.id
                AND b.starts_at BETWEEN a.starts_at AND a.starts_at + (m.duration + 15) * 60000;
            """
        let counts = try SchemaDump.sqlite(try restored(), overlapping).split { "|\n".contains($0) }.compactMap {
            Int($0)
        }
        #expect(counts.first == 0)
        #expect(counts.last ?? 0 > 600)
    }

    @Test("the sample sessions begin at cinema hours in the place's own time, on each of three weeks' days")
    func hours() throws {
        let regular = "SELECT starts_at FROM sessions WHERE id % 100 <> 90;"
        let starts = try SchemaDump.sqlite(try restored(), regular).split(separator: "\n").compactMap { Int64($0) }
        let paris = try #require(TimeZone.named("Europe/Paris"))
        let locals = starts.map { $0 / 1000 + paris.offsetSeconds(at: Timestamp(rawValue: $0)) }
        #expect(Set(locals.map { $0 % 86_400 / 3_600 }) == [11, 14, 17, 20])
        #expect(Set(locals.map { $0 / 86_400 }).count == 21)
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
