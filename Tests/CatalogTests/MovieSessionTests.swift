import JSON
import TestSupport
import Testing

@Suite struct MovieSessionTests {
    private static let list = "/v1/movies/mov_1/places/plc_1/sessions"

    /// Sessions of movie 1 in place 1, numbered from 1.
    private func run(
        zone: String = "Europe/Paris", _ starts: String..., body: (Cinema) async throws -> Void
    ) async throws {
        try await Cinema.run { cinema async throws in
            try await cinema.add(movies: 1...2)
            try await cinema.add(place: 1, zone: zone)
            try await cinema.add(place: 2, zone: zone)
            for (index, start) in starts.enumerated() { try await cinema.add(session: Int64(index + 1), at: start) }
            try await body(cinema)
        }
    }

    @Test("sessions come latest first, equals by ascending id, the past ones too")
    func order() async throws {
        try await run(
            "2026-11-21T18:00:00Z", "2026-11-22T18:00:00Z", "2026-11-01T18:00:00Z", "2026-11-22T18:00:00Z",
            "2026-11-22T18:00:00.001Z"
        ) { cinema async throws in
            try await cinema.add(session: 8, place: 2, at: "2026-11-22T18:00:00Z")
            try await cinema.add(session: 9, movie: 2, at: "2026-11-22T18:00:00Z")
            let answer = try await cinema.get(Self.list)
            #expect(
                answer.json["sessions"]?.arrayValue?.first == ["id": "ses_5", "starts_at": "2026-11-22T18:00:00.001Z"])
            let wanted = [5, 2, 4, 1, 3].map { "ses_\($0)" }
            #expect(Cinema.ids(answer.json["sessions"]) == wanted)
            for limit in 1...5 {
                #expect(try await cinema.pages("sessions", "\(Self.list)?limit=\(limit)").flatMap(\.self) == wanted)
            }
        }
    }

    @Test("a movie and a place that have no session together have an empty list")
    func empty() async throws {
        try await run("2026-11-21T18:00:00Z") { cinema async throws in
            for target in ["/v1/movies/mov_2/places/plc_1/sessions", "/v1/movies/mov_1/places/plc_2/sessions"] {
                let answer = try await cinema.get(target)
                #expect(answer.status == 200)
                #expect(answer.json == ["sessions": [], "metadata": ["has_more": false, "end_cursor": nil]])
            }
        }
    }

    @Test(
        "both bounds are included, in any spelling of a moment",
        arguments: [
            ("from=2026-11-21T18:00:00Z", [3, 2]), ("from=2026-11-21T18:00:00.001Z", [3]),
            ("to=2026-11-21T18:00:00Z", [2, 1]), ("to=2026-11-21T17:59:59.999Z", [1]),
            ("from=2026-11-21T18:00:00Z&to=2026-11-21T18:00:00Z", [2]),
            ("from=2026-11-21T19:00:00%2B01:00&to=2026-11-21T18:00Z", [2]),
            // A plus that was not escaped is a space.
            ("from=2026-11-21T19:00:00+01:00", [3, 2]),
            ("from=1800-01-01T00:00:00Z&to=9999-12-31T23:59:59Z", [3, 2, 1]),
            ("from=0000-01-01&to=9999-12-31", [3, 2, 1]), ("from=2027-01-01T00:00:00Z", []),
        ])
    func bounds(query: String, found: [Int]) async throws {
        try await run("2026-11-20T18:00:00Z", "2026-11-21T18:00:00Z", "2026-11-22T18:00:00Z") { cinema async throws in
            #expect(try await cinema.ids("sessions", "\(Self.list)?\(query)") == found.map { "ses_\($0)" })
        }
    }

    @Test("a date alone means the whole day where the place is, be it 23, 24 or 25 hours long")
    func days() async throws {
        try await run(
            // The last moment before and the first of 2026-11-20, its last and the first after, in Paris.
            "2026-11-19T22:59:59.999Z", "2026-11-19T23:00:00Z", "2026-11-20T22:59:59.999Z", "2026-11-20T23:00:00Z",
            // The same of 2026-03-29, when clocks go forward, and of 2026-10-25, when they go back.
            "2026-03-28T22:59:59.999Z", "2026-03-28T23:00:00Z", "2026-03-29T21:59:59.999Z", "2026-03-29T22:00:00Z",
            "2026-10-24T21:59:59.999Z", "2026-10-24T22:00:00Z", "2026-10-25T22:59:59.999Z", "2026-10-25T23:00:00Z"
        ) { cinema async throws in
            for (day, found) in [("2026-11-20", [3, 2]), ("2026-03-29", [7, 6]), ("2026-10-25", [11, 10])] {
                let wanted = found.map { "ses_\($0)" }
                #expect(try await cinema.ids("sessions", "\(Self.list)?from=\(day)&to=\(day)") == wanted, "\(day)")
            }
            #expect(
                try await cinema.ids("sessions", "\(Self.list)?from=2026-11-20T23:00:00Z&to=2026-11-21") == ["ses_4"])
        }
    }

    @Test("the day is the place's own")
    func zones() async throws {
        try await run(zone: "America/Martinique", "2026-11-20T03:59:59.999Z", "2026-11-20T04:00:00Z") {
            cinema async throws in
            #expect(try await cinema.ids("sessions", "\(Self.list)?from=2026-11-20") == ["ses_2"])
            #expect(try await cinema.ids("sessions", "\(Self.list)?to=2026-11-19") == ["ses_1"])
        }
    }

    @Test(
        "bounds that cannot be read, or the wrong way round, are refused",
        arguments: [
            ("from=tomorrow", ["from_invalid"]), ("to=2026-02-30", ["to_invalid"]), ("from=", ["from_invalid"]),
            ("from=2026-11-20T18:30:00", ["from_invalid"]),
            ("from=1&to=2&limit=0", ["from_invalid", "to_invalid", "limit_out_of_range"]),
            ("from=2026-11-21&to=2026-11-20", ["range_invalid"]),
            ("from=2026-11-20T18:30:00.001Z&to=2026-11-20T18:30:00Z", ["range_invalid"]),
            // Half past eleven in the evening is the next day in Paris.
            ("from=2026-11-20T23:30:00Z&to=2026-11-20", ["range_invalid"]),
        ])
    func faults(query: String, codes: [String]) async throws {
        try await run("2026-11-20T18:00:00Z") { cinema async throws in
            let answer = try await cinema.get("\(Self.list)?\(query)")
            #expect(answer.status == 422)
            #expect(answer.codes == codes)
        }
    }

    @Test("a filtered list is walked within its bounds, and its cursor fits no other filter")
    func filteredPages() async throws {
        try await run(
            "2026-11-20T18:00:00Z", "2026-11-21T18:00:00Z", "2026-11-21T18:00:00Z", "2026-11-22T18:00:00Z",
            "2026-11-23T18:00:00Z"
        ) { cinema async throws in
            let filtered = "\(Self.list)?from=2026-11-21&to=2026-11-22"
            for limit in 1...3 {
                let pages = try await cinema.pages("sessions", "\(filtered)&limit=\(limit)")
                #expect(pages.flatMap(\.self) == ["ses_4", "ses_2", "ses_3"])
            }
            let first = try await cinema.get("\(filtered)&limit=1")
            let cursor = try #require(first.json["metadata"]?["end_cursor"]?.stringValue)
            for other in [
                Self.list + "?", "\(Self.list)?from=2026-11-21", "\(Self.list)?from=2026-11-21&to=2026-11-23",
                "/v1/movies/mov_1/places/plc_2/sessions?from=2026-11-21&to=2026-11-22",
                "/v1/movies/mov_2/places/plc_1/sessions?from=2026-11-21&to=2026-11-22",
            ] {
                let answer = try await cinema.get("\(other)&cursor=\(cursor)")
                #expect(answer.status == 400 && answer.codes == ["invalid_cursor"], "\(other)")
            }
        }
    }
}
