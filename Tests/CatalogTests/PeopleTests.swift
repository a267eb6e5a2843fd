import JSON
import SQLite
import TestSupport
import Testing

@Suite struct PeopleTests {
    private func run(_ body: (Cinema) async throws -> Void) async throws {
        try await Cinema.run { cinema async throws in
            try await cinema.write(
                """
                INSERT INTO people (id, name) VALUES (1, 'Jean-Louis Barrault'), (2, 'Maria Casarès'),
                    (3, 'Louis Salou'), (4, 'Étienne Decroux'), (5, 'O''Hara'), (6, '李麗華')
                """,
                "INSERT INTO people_names (people_names) VALUES ('rebuild')")
            try await body(cinema)
        }
    }

    @Test("a person is made, and read back")
    func create() async throws {
        try await run { cinema async throws in
            let made = try await cinema.asAdmin("POST", "/v1/people", #"{"name":" Pierre Brasseur "}"#, key: "k")
            #expect(made.status == 201 && made.json["person"]?["name"] == "Pierre Brasseur")
            let id = try #require(made.json["person"]?["id"]?.stringValue)
            let read = try await cinema.get("/v1/people/\(id)")
            #expect(read.status == 200 && read.json == made.json && read.header("etag") != nil)
            #expect(Answer.names(read.json["person"]) == ["id", "name"])
            let again = try await cinema.asAdmin("POST", "/v1/people", #"{"name":" Pierre Brasseur "}"#, key: "k")
            #expect(again.json == made.json)
            #expect(try await cinema.ids("people", "/v1/people?q=brass") == [id])
        }
    }

    @Test(
        "a name has 1 to 200 characters",
        arguments: [
            ("{}", "name_missing"), (#"{"name":null}"#, "name_missing"), (#"{"name":" "}"#, "name_too_short"),
            (#"{"name":1}"#, "name_invalid"), (#"{"name":"a\nb"}"#, "name_invalid"),
            (#"{"name":"\#(String(repeating: "x", count: 201))"}"#, "name_too_long"),
        ])
    func faults(body: String, code: String) async throws {
        try await run { cinema async throws in
            let answer = try await cinema.asAdmin("POST", "/v1/people", body)
            #expect(answer.status == 422 && answer.codes == [code])
        }
    }

    @Test(
        "people are found by the beginnings of all words, whatever the case and the accents",
        arguments: [
            ("", [1, 2, 3, 4, 5, 6]), ("louis", [1, 3]), ("LOUIS+bar", [1]), ("barrault+jean", [1]), ("casares", [2]),
            ("CASAR%C3%88S", [2]), ("e%CC%81tienne", [4]), ("o'h", [5]), ("%E6%9D%8E", [6]), ("ouis", []),
            ("-", [1, 2, 3, 4, 5, 6]),
            ("louis+OR+maria", []), ("%22louis", [1, 3]), ("louis*", [1, 3]), ("%22", [1, 2, 3, 4, 5, 6]),
        ])
    func search(q: String, found: [Int]) async throws {
        try await run { cinema async throws in
            let answer = try await cinema.get("/v1/people?q=\(q)")
            #expect(answer.status == 200)
            // Signs alone are no word, and no word is no filter.
            #expect(Cinema.ids(answer.json["people"]) == found.map { "psn_\($0)" })
        }
    }

    @Test("the list goes on from page to page, found or not, and each cursor belongs to its search")
    func pages() async throws {
        try await run { cinema async throws in
            #expect(try await cinema.pages("people", "/v1/people?limit=4").map(\.count) == [4, 2])
            #expect(try await cinema.pages("people", "/v1/people?q=louis&limit=1") == [["psn_1"], ["psn_3"]])
            let end = try await cinema.get("/v1/people?q=louis&limit=1").json["metadata"]?["end_cursor"]?.stringValue
            let other = try await cinema.get("/v1/people?q=maria&cursor=\(try #require(end))")
            #expect(other.status == 400 && other.codes == ["invalid_cursor"])
            let long = String(repeating: "x", count: 201)
            #expect(try await cinema.get("/v1/people?q=\(long)&limit=0").codes == ["q_too_long", "limit_out_of_range"])
        }
    }

    @Test("a person is renamed, and found by the new name alone")
    func rename() async throws {
        try await run { cinema async throws in
            let answer = try await cinema.asAdmin("PATCH", "/v1/people/psn_3", #"{"name":" Louise Brooks "}"#)
            #expect(answer.status == 200)
            #expect(answer.json == ["person": ["id": "psn_3", "name": "Louise Brooks"]])
            #expect(try await cinema.get("/v1/people/psn_3").json == answer.json)
            #expect(try await cinema.ids("people", "/v1/people?q=louise") == ["psn_3"])
            #expect(try await cinema.ids("people", "/v1/people?q=salou").isEmpty)
            let same = try await cinema.asAdmin("PATCH", "/v1/people/psn_3", "{}")
            #expect(same.status == 200 && same.json == answer.json)
            #expect(try await cinema.ids("people", "/v1/people?q=brooks") == ["psn_3"])
            for body in [#"{"name":null}"#, #"{"name":""}"#] {
                #expect(try await cinema.asAdmin("PATCH", "/v1/people/psn_3", body).status == 422)
            }
            #expect(try await cinema.asAdmin("PATCH", "/v1/people/psn_9", "{}").codes == ["person_not_found"])
            try await cinema.write("INSERT INTO people_names (people_names) VALUES ('integrity-check')")
        }
    }

    @Test("a person goes once no movie credits them")
    func delete() async throws {
        try await run { cinema async throws in
            try await cinema.add(movies: 1...4)
            try await cinema.write(
                """
                INSERT INTO credits (movie_id, role, position, person_id)
                VALUES (1, 'star', 0, 2), (1, 'director', 0, 2), (2, 'star', 0, 2), (3, 'star', 0, 2), (4, 'star', 0, 2)
                """)
            let refused = try await cinema.asAdmin("DELETE", "/v1/people/psn_2")
            #expect(refused.status == 409 && refused.codes == ["person_has_credits"])
            let message = refused.json["errors"]?.arrayValue?.first?["message"]?.stringValue ?? ""
            #expect(message.contains("mov_1, mov_2, mov_3 among") && !message.contains("mov_4"))
            #expect(try await cinema.ids("people", "/v1/people?q=maria") == ["psn_2"])
            try await cinema.write("DELETE FROM credits")
            #expect(try await cinema.asAdmin("DELETE", "/v1/people/psn_2").status == 204)
            #expect(try await cinema.get("/v1/people/psn_2").status == 404)
            #expect(try await cinema.ids("people", "/v1/people?q=maria").isEmpty)
            #expect(try await cinema.asAdmin("DELETE", "/v1/people/psn_2").codes == ["person_not_found"])
            try await cinema.write("INSERT INTO people_names (people_names) VALUES ('integrity-check')")
        }
    }

    @Test("an unknown person is a 404", arguments: ["psn_9", "psn_", "mov_1", "1"])
    func unknown(id: String) async throws {
        try await run { cinema async throws in
            let answer = try await cinema.get("/v1/people/\(id)")
            #expect(answer.status == 404 && answer.codes == ["person_not_found"])
        }
    }
}
