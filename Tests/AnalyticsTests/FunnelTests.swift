import AnalyticsService
import Auth
import JSON
import Lifecycle
import SQLite
import TestSupport
import Testing
import Time

@Suite struct FunnelTests {
    private func funnel(_ told: Told, _ query: String = "") async throws -> JSONValue {
        let answer = try await told.service.get(
            "/v1/analytics/funnel?\(query)", token: told.service.token("usr_9", .admin))
        #expect(answer.status == 200)
        return answer.json
    }

    private func steps(_ opened: Int64, _ reserved: Int64, _ confirmed: Int64, seen: Int64 = 0) -> JSONValue {
        [
            "funnel": [
                "movie_seen": .integer(seen), "booking_opened": .integer(opened), "seats_reserved": .integer(reserved),
                "confirmed": .integer(confirmed),
            ]
        ]
    }

    @Test("a booking counts as far as it ever came, whatever became of it")
    func steps() async throws {
        try await Told.run { told async throws in
            #expect(try await funnel(told) == steps(0, 0, 0))
            let other = Told.Session(id: 2, movie: 12)
            try await told.tell(
                Told.event(1, "booking.opened", booking: 1), Told.event(2, "booking.expired", booking: 1),
                Told.event(3, "booking.opened", booking: 2), Told.event(4, "seats.reserved", booking: 2, seats: 2),
                Told.event(5, "booking.cancelled", booking: 2, seats: 2),
                Told.event(6, "booking.opened", booking: 3, other),
                Told.event(7, "seats.reserved", booking: 3, seats: 1, other),
                Told.event(8, "booking.confirmed", booking: 3, seats: 1, other))
            #expect(try await funnel(told) == steps(3, 2, 1))
            #expect(try await funnel(told, "movie_id=mov_1") == steps(2, 1, 0))
            #expect(try await funnel(told, "movie_id=mov_12") == steps(1, 1, 1))
            try await told.tell(after: 8, Told.event(9, "booking.refunded", booking: 3, seats: 1, other))
            #expect(try await funnel(told, "movie_id=mov_12") == steps(1, 1, 1))
            for nobody in ["mov_2", "plc_1", "", "mov_0"] {
                #expect(try await funnel(told, "movie_id=\(nobody)") == steps(0, 0, 0))
            }
        }
    }

    @Test("from and to are about the moment a booking was opened, whenever it came further")
    func periods() async throws {
        try await Told.run { told async throws in
            func at(_ moment: String, _ event: String) -> String {
                event.replacing("2026-11-20T18:30:00.000Z", with: moment)
            }
            try await told.tell(
                at("2026-11-20T23:59:59.999Z", Told.event(1, "booking.opened", booking: 1)),
                at("2026-11-21T00:00:00.000Z", Told.event(2, "booking.opened", booking: 2)),
                at("2026-11-21T00:00:01.000Z", Told.event(3, "seats.reserved", booking: 1, seats: 1)),
                at("2026-11-22T00:00:01.000Z", Told.event(4, "booking.confirmed", booking: 1, seats: 1)))
            for (period, found) in [
                ("to=2026-11-20", steps(1, 1, 1)), ("from=2026-11-21", steps(1, 0, 0)),
                ("from=2026-11-20&to=2026-11-21", steps(2, 1, 1)), ("from=2026-11-22", steps(0, 0, 0)),
                ("from=2026-11-20T23:59:59.999Z&to=2026-11-20T23:59:59.999Z", steps(1, 1, 1)),
                ("from=2026-11-21T00:00:00.001Z", steps(0, 0, 0)), ("to=2026-11-21T01:00:00%2B01:00", steps(2, 1, 1)),
            ] {
                for movie in ["", "&movie_id=mov_1"] { #expect(try await funnel(told, period + movie) == found) }
            }
        }
    }

    @Test("a film is seen by each visitor of its pages once, and not by those of a film whose id begins alike")
    func seen() async throws {
        try await Visitors.run { people async throws in
            for (visitor, path) in [
                ("ann", "/movies/mov_1"), ("ann", "/movies/mov_1/places"), ("bob", "/fr/movies/mov_1/"),
                ("cid", "/movies/mov_12"), ("dan", "/movies"), ("eve", "/movies/mov_1x"), ("fay", "/actors/mov_1"),
                ("gus", "movies/mov_1"), ("hal", "/movies//mov_1"), ("cid", "/movies/mov_2/movies/mov_3"),
            ] { try await people.enter(visitor, path, at: "2026-11-20T10:00:00Z") }
            try await people.leave("dan", "/movies/mov_1", at: "2026-11-20T10:00:00Z")
            for (query, count) in [("", 3), ("movie_id=mov_1", 2), ("movie_id=mov_12", 1), ("movie_id=mov_3", 1)] {
                #expect(try await people.movieSeen(query) == Int64(count), "\(query)")
            }
            #expect(try await people.movieSeen("from=2026-11-21") == 0)
            let many = (1...20).map { "/movies/mov_\(100 + $0)" }.joined()
            try await people.enter("ida", many, at: "2026-11-20T10:00:00Z")
            #expect(try await people.movieSeen("movie_id=mov_108") == 1)
            #expect(try await people.movieSeen("movie_id=mov_109") == 0)
        }
    }

    @Test("what was kept before there was a funnel is in it, as far as it can be known")
    func backfill() async throws {
        let path = temporaryPath("analytics.db")
        try Database(.init(path: path), migrations: Array(AnalyticsService.migrations.prefix(2))).close()
        // 2026-11-20T00:00:00Z as an id has it.
        let id = (Int64(1_795_132_800_000) - 1_704_067_200_000) << 22
        _ = try SchemaDump.sqlite(
            path,
            """
            INSERT INTO sessions (id, starts_at, allocation, movie_id, place_id, day, weekday, time_slot)
            VALUES (1, 0, 10, 1, 1, 0, 0, 0), (2, 0, 10, 2, 1, 0, 0, 0);
            INSERT INTO bookings VALUES (\(id + 1), 1, 'open', 0), (\(id + 2), 1, 'expired', 2),
                (\(id + 3), 2, 'confirmed', 1), (\(id + 4), 2, 'cancelled', 3), (\(id + 5), 2, 'cancelled', 0);
            INSERT INTO taken_events VALUES ('booking', 40);
            INSERT INTO events VALUES (7, 'ann', 'page_enter', 'https', '/movies/mov_2', '{}', NULL, 1795132800000);
            """)
        let service = try await ServiceUnderTest(AnalyticsService.self, databasePath: path)
        let (told, people) = (Told(service: service), Visitors(service: service))
        try await people.counted()
        #expect(try await funnel(told) == steps(5, 3, 1, seen: 1))
        #expect(try await funnel(told, "movie_id=mov_1") == steps(2, 1, 0))
        #expect(try await funnel(told, "from=2026-11-20&to=2026-11-20") == steps(5, 3, 1, seen: 1))
        #expect(try await funnel(told, "movie_id=mov_2&to=2026-11-20T00:00:00Z") == steps(3, 2, 1, seen: 1))
        #expect(try await funnel(told, "to=2026-11-19") == steps(0, 0, 0))
        let booking = Int(id + 1)
        try await told.tell(after: 40, Told.event(41, "seats.reserved", booking: booking, seats: 2))
        #expect(try await funnel(told, "movie_id=mov_1") == steps(2, 2, 0))
        await service.stop()
    }
}
