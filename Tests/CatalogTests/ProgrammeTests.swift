import CatalogService
import JSON
import Lifecycle
import SQLite
import TestSupport
import Testing

/// The commands that carry a programme out of a database and into one.
@Suite struct ProgrammeTests {
    /// Two movies and two places; the second place has two rooms.
    private func run(_ body: (Cinema) async throws -> Void) async throws {
        try await Cinema.run { cinema async throws in
            try await cinema.add(movies: 1...2)
            for place in [1, 2] as [Int64] { try await cinema.add(place: place) }
            try await cinema.write(
                "INSERT INTO rooms (id, place_id, name, capacity) VALUES (3, 2, 'Salle \"Rex\"; grande', 50)",
                "UPDATE movies SET title = 'L''Été, \"enfin\"' WHERE id = 2")
            try await body(cinema)
        }
    }

    private func command(_ cinema: Cinema, _ name: String, _ arguments: [String]) async throws -> String {
        let command = try #require(CatalogService.commands.first { $0.name == name })
        return try await command.run(arguments, cinema.service.running.context)
    }

    private func export(_ cinema: Cinema, _ arguments: String...) async throws -> String {
        try await command(cinema, "export", ["--from", "2026-12-01", "--days=31"] + arguments)
    }

    private func take(_ cinema: Cinema, _ text: String, _ options: String...) async throws -> [String] {
        let path = temporaryPath("programme")
        try writeFile(path, Array(text.utf8))
        return try await command(cinema, "import", [path] + options).split(separator: "\n").map(String.init)
    }

    /// The faults of a file of which nothing is taken.
    private func faults(_ cinema: Cinema, _ text: String) async throws -> [String] {
        let before = try count(cinema)
        let refusal = await #expect(throws: ProgrammeRefusal.self) { try await take(cinema, text) }
        #expect(try count(cinema) == before)
        return (refusal?.faults ?? []).map { "\($0)" }
    }

    private func count(_ cinema: Cinema) throws -> Int64 {
        try cinema.read { try $0.first("SELECT count(*) FROM sessions") { try $0.int(0) } } ?? -1
    }

    /// A session in each room, one with a price, one with an allocation of its own.
    private func fill(_ cinema: Cinema) async throws {
        try await cinema.add(session: 11, at: "2026-12-02T19:30:00Z")
        try await cinema.add(session: 12, movie: 2, place: 2, at: "2026-12-01T18:00:30Z")
        try await cinema.write(
            """
            INSERT INTO sessions (id, movie_id, room_id, place_id, starts_at, allocation, price_amount, price_currency)
            VALUES (13, 2, 3, 2, 1796515200000, 50, 1250, 'EUR')
            """)
    }

    @Test("what an export writes can be read in a spreadsheet")
    func csv() async throws {
        try await run { cinema async throws in
            try await fill(cinema)
            #expect(
                try await export(cinema)
                    == """
                    id,movie,place,room,starts_at,allocation,price_amount,price_currency\r
                    ses_11,Film 1,Place 1,Salle 1,2026-12-02T20:30+01:00,100,,\r
                    ses_12,"L'Été, ""enfin""\",Place 2,Salle 1,2026-12-01T19:00:30+01:00,100,,\r
                    ses_13,"L'Été, ""enfin""\",Place 2,"Salle ""Rex""; grande",2026-12-06T01:00+01:00,50,1250,EUR\r

                    """)
            #expect(try await export(cinema, "--place", "plc_1").split(separator: "\r\n").count == 2)
            #expect(try await export(cinema, "--place", "Place 2").split(separator: "\r\n").count == 3)
            let day = try await command(cinema, "export", ["--from", "2026-12-06", "--days", "1"])
            #expect(day.contains("ses_13") && !day.contains("ses_11"))
            for wrong in [
                ["--from", "soon"], [], ["--days", "7"], ["--from", "2026-12-01", "--format", "xml"], ["x"],
            ] {
                await #expect(throws: UsageError.self) { try await command(cinema, "export", wrong) }
            }
            await #expect(throws: SettingError.self) { try await export(cinema, "--place", "Rex") }
        }
    }

    @Test("what was exported comes into another database whole, and twice changes nothing", arguments: ["csv", "json"])
    func roundTrip(format: String) async throws {
        try await run { cinema async throws in
            try await fill(cinema)
            let text = try await export(cinema, "--format", format)
            #expect(try await take(cinema, text).last == "0 added, 3 unchanged")
            try await run { other async throws in
                let told = try await take(other, text)
                #expect(told.count == 4 && told.last == "3 added, 0 unchanged")
                let again = try await export(other, "--format", format)
                let place = format == "csv" ? "line " : "line 1, session "
                for line in told.dropLast() {
                    let id = try #require(line.split(separator: " ").first { $0.hasPrefix("ses_") })
                    #expect(line.hasPrefix(place) && again.contains(id))
                }
                #expect(try await take(other, text).last == "0 added, 3 unchanged")
                #expect(try await take(other, again).last == "0 added, 3 unchanged")
                #expect(withoutIDs(again) == withoutIDs(text))
                #expect(try count(other) == 3)
            }
        }
    }

    private func withoutIDs(_ text: String) -> String {
        text.replacing(/ses_[0-9]+/, with: "")
    }

    @Test("names that several things share are written as ids, and read so")
    func sharedNames() async throws {
        try await run { cinema async throws in
            try await cinema.write(
                "UPDATE movies SET title = 'Solaris'", "UPDATE places SET name = 'Rex'",
                "UPDATE rooms SET name = 'Salle'")
            try await fill(cinema)
            let text = try await export(cinema)
            for id in ["mov_1", "mov_2", "plc_1", "plc_2", "rom_2", "rom_3"] { #expect(text.contains(id)) }
            #expect(try await take(cinema, text).last == "0 added, 3 unchanged")
            #expect(
                try await faults(cinema, "movie,place,room,starts_at\nSolaris,Rex,Salle,2026-12-03T20:00\n") == [
                    "line 2, movie: names 2 movies: give the id of one",
                    "line 2, place: names 2 places: give the id of one",
                ])
            #expect(
                try await faults(cinema, "movie,place,room,starts_at\nmov_1,plc_2,Salle,2026-12-03T20:00\n")
                    == ["line 2, room: names several rooms: give the id of one"])
        }
    }

    @Test(
        "a name that would be read as something else is written as an id",
        arguments: ["Cafe\u{301}", " Film", "mov_2", "Film\u{3000}"])
    func oddNames(title: String) async throws {
        try await run { cinema async throws in
            try await cinema.write("UPDATE movies SET title = \(title) WHERE id = 1")
            try await fill(cinema)
            let text = try await export(cinema)
            #expect(text.contains("mov_1"))
            #expect(try await take(cinema, text).last == "0 added, 3 unchanged")
        }
    }

    @Test(
        "a file is taken as spreadsheets write it",
        arguments: [
            "movie,place,starts_at\nFilm 1,Place 1,2026-12-03T20:30\n",
            "\u{FEFF}Starts_at;Price_amount;Movie;Place;Price_currency\r\n2026-12-03 20:30;;Film 1;Place 1;\r\n;;;;\r\n",
            "place\tmovie\tstarts_at\r\nplc_1\tmov_1\t2026-12-03T19:30:00Z",
            "room,movie,starts_at\rrom_1,Film 1,2026-12-03T21:30+02:00\r",
            #"{"sessions":[{"movie":" Film 1 ","place":"Place 1","starts_at":"2026-12-03T20:30","price":null}]}"#,
            "\u{FEFF} {\"sessions\":[{\"movie\":\"mov_1\",\"room\":\"rom_1\",\"starts_at\":\"2026-12-03T19:30Z\"}]}",
        ])
    func spellings(text: String) async throws {
        try await run { cinema async throws in
            #expect(try await take(cinema, text).last == "1 added, 0 unchanged")
            let session = try await cinema.get("/v1/sessions").json["sessions"]?.arrayValue?.first
            #expect(session?["starts_at"] == "2026-12-03T19:30:00.000Z" && session?["allocation"] == 120)
            #expect(session?["room"]?["id"] == "rom_1" && session?["movie"]?["title"] == "Film 1")
            let movie = try await cinema.get("/v1/movies/mov_1").json["movie"]
            #expect(movie?["airing_dates"]?["from"] == "2026-12-03T19:30:00.000Z")
            #expect(try await cinema.ids("places", "/v1/movies/mov_1/places") == ["plc_1"])
        }
    }

    @Test("a rehearsal says what would be, and writes nothing")
    func rehearsal() async throws {
        try await run { cinema async throws in
            try await fill(cinema)
            let text = try await export(cinema) + ",Film 1,Place 1,,2026-12-20T20:30,30,900,CHF\r\n"
            let told = try await take(cinema, text, "--dry-run")
            #expect(told.suffix(2) == ["line 5: would be added", "1 would be added, 3 unchanged"])
            #expect(try count(cinema) == 3)
            #expect(try await take(cinema, text).last == "1 added, 3 unchanged")
            let last = try await cinema.get("/v1/sessions?from=2026-12-20").json["sessions"]?.arrayValue?.first
            #expect(last?["price"] == ["amount": 900, "currency": "CHF"] && last?["allocation"] == 30)
        }
    }

    @Test("two thousand lines go in together, and are there when the command ends")
    func large() async throws {
        try await run { cinema async throws in
            // 1,000 sessions in each of two rooms, two hours apart.
            let lines = (0..<2_000).map { number in
                let hours = number / 2 * 2
                let (day, hour) = (1 + hours / 24, hours % 24)
                let month = 1 + (day - 1) / 28
                let date = "2027-0\(month)-\((day - 1) % 28 + 1 < 10 ? "0" : "")\((day - 1) % 28 + 1)"
                return "Film 1,plc_\(1 + number % 2),Salle 1,\(date)T\(hour < 10 ? "0" : "")\(hour):00:00Z\n"
            }
            let text = "movie,place,room,starts_at\n" + lines.joined()
            let told = try await take(cinema, text)
            #expect(told.count == 2_001 && told.last == "2000 added, 0 unchanged")
            #expect(try count(cinema) == 2_000)
            #expect(Set(told.dropLast().compactMap { $0.split(separator: " ").dropFirst(2).first }).count == 2_000)
            #expect(try await take(cinema, text).last == "0 added, 2000 unchanged")
        }
    }
}
