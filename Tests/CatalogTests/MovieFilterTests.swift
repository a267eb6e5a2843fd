import CatalogService
import JSON
import SQLite
import TestSupport
import Testing
import Time
import TypedID

/// The filters of `GET /v1/movies` one by one; `MovieFilterModelTests` has them all at once.
@Suite struct MovieFilterTests {
    /// It is 2026-11-20, 18:30 UTC. Movie 1 was on, 2 is on in Paris, 3 is on in Lyon and Paris, 4 comes in Paris, 5 in
    /// Saint-Denis on Réunion, four hours ahead of UTC; 6 never.
    private func run(_ body: (Cinema) async throws -> Void) async throws {
        try await Cinema.run { cinema async throws in
            try await cinema.add(movies: 1...6)
            for (place, city, zone) in [
                (1, "Paris", "Europe/Paris"), (2, "Lyon", "Europe/Paris"), (3, "Saint-Denis", "Indian/Reunion"),
            ] as [(Int64, String, String)] {
                try await cinema.add(place: place, zone: zone)
                try await cinema.write("UPDATE places SET city = \(city) WHERE id = \(place)")
            }
            for (session, movie, place, start) in [
                (11, 1, 1, "2026-11-01T20:00:00Z"), (12, 1, 2, "2026-11-02T20:00:00Z"),
                (21, 2, 1, "2026-11-19T20:00:00Z"), (22, 2, 1, "2026-11-21T22:59:59.999Z"),
                (31, 3, 2, "2026-11-10T20:00:00Z"), (32, 3, 2, "2026-11-25T20:00:00Z"),
                (33, 3, 1, "2026-11-20T18:30:00Z"),
                (41, 4, 1, "2026-12-01T20:00:00Z"), (51, 5, 3, "2026-11-21T20:00:00Z"),
            ] as [(Int64, Int64, Int64, String)] {
                try await cinema.add(session: session, movie: movie, place: place, at: start)
            }
            try await cinema.readWords()
            try await body(cinema)
        }
    }

    @Test(
        "a movie that is still to come is not on, however late the session that is asked for",
        arguments: [
            "rating", "new", "leaving_soon",
        ])
    func notYet(sort: String) async throws {
        try await Cinema.run { cinema async throws in
            try await cinema.add(movies: 1...1)
            try await cinema.add(place: 1)
            // As long from the first to the last as any movie is on.
            try await cinema.add(session: 1, at: "2026-11-22T20:00:00Z")
            try await cinema.add(session: 2, at: "2026-11-26T20:00:00Z")
            let late = "/v1/movies?sort=\(sort)&from=2026-11-26T20:00:00Z"
            #expect(try await cinema.ids("movies", "\(late)&airing=now").isEmpty)
            #expect(try await cinema.ids("movies", "\(late)&airing=upcoming") == ["mov_1"])
        }
    }

    @Test(
        "a movie is listed when one session meets what is asked of sessions",
        arguments: [
            ("city=Paris", [1, 2, 3, 4]), ("city=paris", [1, 2, 3, 4]), ("city=L%C3%BFon", [1, 3]),
            ("city=Nowhere", []),
            ("city=Par", []), ("city=", [1, 2, 3, 4, 5, 6]), ("from=2026-11-25T20:00:00Z", [3, 4]),
            ("from=2026-11-25T20:00:00.001Z", [4]), ("to=2026-11-01T20:00:00Z", [1]), ("to=2026-10-01", []),
            ("from=2026-11-20&to=2026-11-25T21:00%2B01:00", [2, 3, 5]),
            // In Lyon on the 10th and the 25th, in Paris on the 20th: never in Lyon between.
            ("city=Lyon&from=2026-11-11&to=2026-11-24", []), ("city=Lyon&from=2026-11-10&to=2026-11-10", [3]),
            // To the last millisecond of the day in Paris, and 20:00 UTC is past midnight on Réunion.
            ("city=Paris&from=2026-11-21&to=2026-11-21", [2]), ("city=Paris&from=2026-11-22&to=2026-11-30", []),
            ("city=Saint-Denis&from=2026-11-22&to=2026-11-22", [5]), ("city=Saint-Denis&to=2026-11-21", []),
            ("from=2026-11-22&to=2026-11-22", [5]), ("from=2026-11-21&to=2026-11-21", [2]),
            ("airing=now", [2, 3]), ("airing=upcoming", [4, 5]), ("airing=now&city=Lyon", [3]),
            ("bookable=true", [2, 3, 4, 5]), ("bookable=false", [1, 2, 3, 4, 5, 6]),
            ("bookable=true&city=Paris", [2, 4]), ("bookable=true&to=2026-11-20T18:30:00Z", []),
            ("bookable=true&from=2026-11-01&to=2026-11-24", [2, 5]), ("q=film", [1, 2, 3, 4, 5, 6]),
            ("q=film+3&airing=now", [3]), ("q=film+3&airing=upcoming", []),
        ])
    func sessions(query: String, found: [Int]) async throws {
        try await run { cinema async throws in
            let answer = try await cinema.get("/v1/movies?\(query)")
            #expect(answer.status == 200 && answer.header("etag") != nil)
            #expect(Cinema.ids(answer.json["movies"]) == found.map { "mov_\($0)" })
        }
    }

    @Test("what can be booked needs seats left in that very session")
    func seats() async throws {
        try await run { cinema async throws in
            try await cinema.write(
                "UPDATE sessions SET free = 0, free_as_of = 1, free_sequence = 1 WHERE id IN (22, 32)")
            #expect(try await cinema.ids("movies", "/v1/movies?bookable=true") == ["mov_4", "mov_5"])
            #expect(try await cinema.ids("movies", "/v1/movies?bookable=true&city=Lyon").isEmpty)
            try await cinema.add(session: 34, movie: 3, place: 1, at: "2026-11-26T20:00:00Z")
            #expect(try await cinema.ids("movies", "/v1/movies?bookable=true&city=Lyon").isEmpty)
            #expect(try await cinema.ids("movies", "/v1/movies?bookable=true&city=Paris") == ["mov_3", "mov_4"])
        }
    }

    @Test("what depends on the time changes at that moment, however the parameter is spelled")
    func clock() async throws {
        try await run { cinema async throws in
            let now = ["/v1/movies?airing=now", "/v1/movies?%61iring=now"]
            for target in now { #expect(try await cinema.ids("movies", target) == ["mov_2", "mov_3"]) }
            #expect(try await cinema.ids("movies", "/v1/movies?bookable=true&city=Paris") == ["mov_2", "mov_4"])
            cinema.service.clock.now = try #require(Timestamp(rfc3339: "2026-11-22T00:00:00Z"))
            for target in now { #expect(try await cinema.ids("movies", target) == ["mov_3"]) }
            #expect(try await cinema.ids("movies", "/v1/movies?bookable=true&city=Paris") == ["mov_4"])
            #expect(try await cinema.ids("movies", "/v1/movies?airing=upcoming") == ["mov_4"])
        }
    }

    @Test(
        "ids keep the order of the request, each once, without those that are unknown or none, and other filters apply",
        arguments: [
            ("ids=mov_3,mov_1,mov_2", [3, 1, 2]), ("ids=mov_3,mov_9,mov_3,plc_1,,mov_1,mov_01", [3, 1]), ("ids=", []),
            ("ids=x", []), ("ids=mov_5,mov_3,mov_2&airing=now", [3, 2]), ("ids=mov_6,mov_1&sort=new", [6, 1]),
            ("ids=mov_3,mov_2&q=2", [2]), ("ids=mov_4,mov_1,mov_3&city=Lyon", [1, 3]),
        ])
    func ids(query: String, found: [Int]) async throws {
        try await run { cinema async throws in
            let wanted = found.map { "mov_\($0)" }
            #expect(try await cinema.ids("movies", "/v1/movies?\(query)") == wanted)
            for limit in 1...3 {
                #expect(
                    try await cinema.pages("movies", "/v1/movies?\(query)&limit=\(limit)").flatMap(\.self) == wanted)
            }
        }
    }

    @Test("a hundred ids are taken, and no more")
    func manyIDs() async throws {
        try await run { cinema async throws in
            func target(_ count: Int) -> String {
                "/v1/movies?limit=100&ids=" + (1...count).map { "mov_\($0)" }.joined(separator: ",")
            }
            #expect(try await cinema.ids("movies", target(100)).count == 6)
            #expect(try await cinema.ids("movies", target(100) + ",mov_1").count == 6)
            let answer = try await cinema.get(target(101))
            #expect(answer.status == 422 && answer.codes == ["ids_too_long"])
        }
    }

    @Test(
        "every fault of a filter has its code",
        arguments: [
            ("from=yesterday&to=", ["from_invalid", "to_invalid"]), ("airing=soon", ["airing_invalid"]),
            ("airing=", ["airing_invalid"]), ("bookable=yes", ["bookable_invalid"]),
            ("bookable=1", ["bookable_invalid"]),
            ("from=2026-11-21&to=2026-11-20", ["range_invalid"]),
            ("q=\(String(repeating: "x", count: 201))", ["q_too_long"]),
            ("city=Nowhere&from=2026-11-21T00:00:01Z&to=2026-11-21T00:00:00Z", ["range_invalid"]),
            ("ids=mov_1&from=2026-11-21&to=2026-11-20", ["range_invalid"]),
            ("city=\(String(repeating: "x", count: 201))&sort=x", ["sort_invalid", "city_too_long"]),
        ])
    func faults(query: String, codes: [String]) async throws {
        try await run { cinema async throws in
            let answer = try await cinema.get("/v1/movies?\(query)")
            #expect(answer.status == 422 && answer.codes == codes)
        }
    }

    @Test("a cursor belongs to all of its filters")
    func cursors() async throws {
        try await run { cinema async throws in
            let queries = [
                "sort=rating", "city=Paris", "city=Lyon", "airing=now", "airing=upcoming", "bookable=true", "q=film",
                "from=2026-11-01", "to=2026-12-24", "ids=mov_1,mov_2", "ids=mov_2,mov_1", "city=Paris&airing=now",
            ]
            for query in queries {
                let first = try await cinema.get("/v1/movies?limit=1&\(query)")
                let cursor = try #require(first.json["metadata"]?["end_cursor"]?.stringValue)
                for other in queries {
                    let answer = try await cinema.get("/v1/movies?\(other)&cursor=\(cursor)")
                    #expect(answer.status == (other == query ? 200 : 400), "\(query) \(other)")
                }
            }
        }
    }
}
