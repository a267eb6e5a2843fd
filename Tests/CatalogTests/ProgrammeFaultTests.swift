import CatalogService
import JSON
import Lifecycle
import SQLite
import TestSupport
import Testing

/// Files of the programme of which nothing is taken.
@Suite struct ProgrammeFaultTests {
    private func run(_ body: (Cinema) async throws -> Void) async throws {
        try await Cinema.run { cinema async throws in
            try await cinema.add(movies: 1...2)
            for place in [1, 2] as [Int64] { try await cinema.add(place: place) }
            try await cinema.write("INSERT INTO rooms (id, place_id, name, capacity) VALUES (3, 2, 'Salle 2', 50)")
            try await cinema.add(session: 11, at: "2026-12-02T20:00:00Z")
            try await body(cinema)
        }
    }

    private func refusal(_ cinema: Cinema, _ text: String) async throws -> ProgrammeRefusal {
        let path = temporaryPath("programme")
        try writeFile(path, Array(text.utf8))
        let command = try #require(CatalogService.commands.first { $0.name == "import" })
        let refusal = await #expect(throws: ProgrammeRefusal.self) {
            try await command.run([path], cinema.service.running.context)
        }
        #expect(try await cinema.ids("sessions", "/v1/sessions") == ["ses_11"])
        return try #require(refusal)
    }

    private func faults(_ cinema: Cinema, _ text: String) async throws -> [String] {
        try await refusal(cinema, text).faults.map { "\($0)" }
    }

    @Test("every fault of a file is told with its line and its column, all of them at once, and nothing is taken")
    func everyLineAnother() async throws {
        let lines: [(text: String, fault: String?)] = [
            (",Film 1,Place 1,,2026-12-03T20:00,,,", nil),
            (",Film 9,Place 1,,2026-12-04T20:00,,,", ", movie: names no movie"),
            (",,Place 1,,2026-12-04T20:00,,,", ", movie: is required"),
            (",Film 1,Rex,,2026-12-04T20:00,,,", ", place: names no place"),
            (",Film 1,,,2026-12-04T20:00,,,", ", place: is required, unless the room is named by its id"),
            (",Film 1,Place 2,,2026-12-04T20:00,,,", ", room: is required: the place has 2 rooms"),
            (",Film 1,Place 1,Salle 2,2026-12-04T20:00,,,", ", room: names no room of the place"),
            (",Film 1,Place 1,rom_3,2026-12-04T20:00,,,", ", room: names no room of the place"),
            (",Film 1,Place 1,,,,,", ", starts_at: is required"),
            (
                ",Film 1,Place 1,,03/12/2026 20:00,,,",
                ", starts_at: must be as 2026-11-23T20:30, by the clocks of the place, or with an offset behind it"
            ),
            (",Film 1,Place 1,,2026-11-19T20:00,,,", ", starts_at: must be in the future"),
            (
                ",Film 1,Place 1,,2027-03-28T02:30,,,",
                ", starts_at: does not exist there: the clocks are set forward over it"
            ),
            (
                ",Film 1,Place 1,,2027-10-31T02:30,,,",
                ", starts_at: comes twice there, as the clocks are set back: write it with its offset"
            ),
            (
                ",Film 1,Place 1,,2026-12-02T22:44,,,",
                ", starts_at: overlaps in its room with ses_11, the time between two movies included"
            ),
            (
                ",Film 1,Place 1,,2026-12-03T21:30,,,",
                ", starts_at: overlaps in its room with the session of line 2, the time between two movies included"
            ),
            (",Film 1,Place 1,,2026-12-03T20:00,,,", ": It is the session of line 2 again."),
            (
                ",Film 2,Place 1,,2026-12-02T21:00,,,",
                ", movie: of ses_11 is another: change it with the API, where booking is asked"
            ),
            (
                "ses_11,Film 1,Place 1,,2026-12-02T21:00,99,,",
                ", allocation: of ses_11 is another: change it with the API, where booking is asked"
            ),
            ("mov_1,Film 1,Place 1,,2026-12-05T20:00,,,", ", id: must be an id that begins with ses_, or empty"),
            (",Film 1,Place 1,,2026-12-05T20:00,121,,", ", allocation: is above the room's capacity of 120"),
            (",Film 1,Place 1,,2026-12-05T20:00,2.5,,", ", allocation: must be a whole number from 1 to 10000"),
            (
                ",Film 1,Place 1,,2026-12-05T20:00,,-1,EUR",
                ", price_amount: must be a whole number from 0 to 1000000000"
            ),
            (",Film 1,Place 1,,2026-12-05T20:00,,900,euro", ", price_currency: must be an ISO 4217 code, such as EUR"),
            (",Film 1,Place 1,,2026-12-05T20:00,,900,", ", price_currency: is missing beside its amount"),
            (",Film 1,Place 1,,2026-12-05T20:00,,,EUR", ", price_amount: is missing beside its currency"),
        ]
        try await run { cinema async throws in
            let header = "id,movie,place,room,starts_at,allocation,price_amount,price_currency\r\n"
            let text = header + lines.map { $0.text + "\r\n" }.joined()
            let expected = lines.enumerated().compactMap { index, line in line.fault.map { "line \(index + 2)\($0)" } }
            let found = try await faults(cinema, text)
            #expect(found.count == expected.count)
            for (found, expected) in zip(found, expected) { #expect(found == expected) }
        }
    }

    @Test("all faults of one line are told")
    func oneLine() async throws {
        try await run { cinema async throws in
            let text = "movie,place,starts_at,allocation,price_amount,price_currency\nX,Y,Z,0,x,€\n"
            #expect(
                try await faults(cinema, text).map { $0.prefix { $0 != ":" } } == [
                    "line 2, movie", "line 2, place", "line 2, starts_at", "line 2, allocation", "line 2, price_amount",
                    "line 2, price_currency",
                ])
        }
    }

    @Test("what cannot be read as a table is told with its line, beside the faults of the other lines")
    func table() async throws {
        try await run { cinema async throws in
            let text = "movie,place,starts_at\nFi\"lm,Place 1,x\nFilm 9,Place 1,2026-12-03T20:00\na,b,c,d\n\"x\n"
            #expect(
                try await faults(cinema, text) == [
                    "line 2: A quotation mark stands within a field that does not begin with one.",
                    "line 3, movie: names no movie", "line 4: There are 4 fields for 3 columns.",
                    "line 5: A field begins with a quotation mark, and does not end.",
                ])
            #expect(
                try await faults(cinema, "film,Movie,movie\n1,2,3\n") == [
                    "line 1: No column is called 'film'.", "line 1: The column movie comes twice.",
                    "line 1: The column starts_at is missing.",
                ])
            for empty in ["", "\n", "movie,starts_at,place\r\n"] {
                #expect(try await faults(cinema, empty) == ["file: There are no sessions."])
            }
        }
    }

    @Test("a file has a limit, and so has what is told of it")
    func limits() async throws {
        try await run { cinema async throws in
            let line = "Film 1,Place 1,x\n"
            let many = try await refusal(cinema, "movie,place,starts_at\n" + String(repeating: line, count: 1_001))
            #expect(many.faults.count == 1_000 && many.count == 1_001 && "\(many)".hasSuffix("… and 1 more."))
            let over = try await faults(cinema, "movie,place,starts_at\n" + String(repeating: line, count: 10_001))
            #expect(over == ["file: There are more than 10000 sessions."])
            let path = temporaryPath("programme")
            try writeFile(path, [UInt8](repeating: 0x20, count: 4 * 1_048_576 + 1))
            let command = try #require(CatalogService.commands.first { $0.name == "import" })
            for file in [path, "/nowhere", "/tmp"] {
                await #expect(throws: SettingError.self) {
                    try await command.run([file], cinema.service.running.context)
                }
            }
            for wrong in [[], ["a", "b"], ["a", "--force"]] {
                await #expect(throws: UsageError.self) { try await command.run(wrong, cinema.service.running.context) }
            }
        }
    }
}
