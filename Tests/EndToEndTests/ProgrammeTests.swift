import JSON
import TestSupport
import Testing
import Time

/// The catalog's own executable carries a programme in beside the running services.
@Suite struct ProgrammeTests {
    @Test(
        "what is imported beside a running service is listed within seconds and can be booked; a faulty file changes nothing"
    )
    func beside() async throws {
        try await Stack.run(fixtures: ["catalog": StackSession.rows(allocations: [3])]) { stack in
            let catalog = stack["catalog"]
            let list = "/v1/movies/\(StackSession.movie)/places/\(StackSession.place)/sessions"
            let before = try await ids(stack, list)
            let start = WallClock.system.now().advanced(byMilliseconds: 40 * 86_400_000).rfc3339
            let file = temporaryPath("week.csv")
            let header = "movie;place;starts_at;allocation\r\n"
            let row = "La Course;Le Petit Écran;\(start);7\r\n"

            try writeFile(file, Array("\(header)\(row)Nobody knows it;Le Petit Écran;\(start);7\r\n".utf8))
            await #expect(throws: Stack.Failure.self) { try await catalog.run("import", file) }
            #expect(catalog.log.contains("line 3, movie: names no movie"))
            #expect(try await ids(stack, list) == before)

            try writeFile(file, Array("\(header)\(row)".utf8))
            try await catalog.run("import", file, "--dry-run")
            #expect(catalog.log.contains("line 2: would be added"))
            try await catalog.run("import", file)
            let added = try #require(catalog.log.firstMatch(of: /line 2: (ses_[0-9]+) added/)?.1)
            // Kept answers of this list are forgotten within a second of what another process writes.
            for _ in 0..<1_000 where try await ids(stack, list) == before {
                try await Task.sleep(for: .milliseconds(10))
            }
            #expect(try await ids(stack, list) == [String(added)] + before)
            try await stack.post("/v1/sessions/\(added)/book", token: stack.token(user: 1)).expect(201, .booking([:]))
            let seats = try await stack.get("/v1/sessions/\(added)/seats").json["counts"]
            #expect(seats?["allocation"] == 7)

            try await catalog.run("import", file)
            #expect(catalog.log.contains("line 2: \(added) unchanged"))
            try await catalog.run("export", "--from", String(start.prefix(10)), "--place", StackSession.place)
            #expect(catalog.log.contains("\(added),La Course,Le Petit Écran,Salle 1,"))
            await #expect(throws: Stack.Failure.self) { try await catalog.run("export", "--from", "soon") }
            #expect(catalog.log.contains("usage: catalog"))
        }
    }

    @Test("a file of thousands goes in while the service writes, and nobody is refused")
    func meanwhile() async throws {
        try await Stack.run(fixtures: ["catalog": StackSession.rows(allocations: [3])]) { stack in
            let catalog = stack["catalog"]
            let first = WallClock.system.now().advanced(byMilliseconds: 40 * 86_400_000)
            let rows = (0..<5_000).map { number in
                "La Course,Le Petit Écran,\(first.advanced(byMilliseconds: Int64(number) * 7_200_000).rfc3339)\n"
            }
            let file = temporaryPath("season.csv")
            try writeFile(file, Array(("movie,place,starts_at\n" + rows.joined()).utf8))
            let statuses = try await withThrowingTaskGroup(of: [Int].self) { group in
                for user in 1...8 as ClosedRange<Int64> {
                    group.addTask {
                        var statuses: [Int] = []
                        for value in 0..<60 {
                            let answer = try await stack.post(
                                "/v1/movies/\(StackSession.movie)/rate", #"{"value":\#(value % 6)}"#,
                                token: stack.token(user: user))
                            statuses.append(answer.status)
                        }
                        return statuses
                    }
                }
                group.addTask {
                    try await catalog.run("import", file)
                    return []
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            #expect(statuses.count == 480 && statuses.count { $0 == 201 } == 8)
            #expect(statuses.allSatisfy { $0 == 200 || $0 == 201 })
            #expect(catalog.log.contains("5000 added, 0 unchanged"))
            let count = try await catalog.sql(
                "SELECT count(*) AS n FROM sessions WHERE movie_id = 900000000000001 AND starts_at >= \(first.rawValue)"
            )
            #expect(count.first?["n"] == 5_000)
        }
    }

    private func ids(_ stack: Stack, _ list: String) async throws -> [String] {
        (try await stack.get(list).json["sessions"]?.arrayValue ?? []).compactMap { $0["id"]?.stringValue }
    }
}
