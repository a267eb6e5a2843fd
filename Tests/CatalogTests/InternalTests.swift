import Auth
import JSON
import TestSupport
import Testing

/// What other services ask, as `Contract/internal.v1.yaml` has it.
@Suite struct InternalTests {
    private func run(_ body: (Cinema) async throws -> Void) async throws {
        try await Cinema.run { cinema async throws in
            try await cinema.add(movies: 1...2)
            try await cinema.add(place: 1)
            try await cinema.add(place: 2)
            try await cinema.add(session: 1, at: "2026-12-01T20:00:00Z")
            try await cinema.add(session: 2, movie: 2, place: 2, at: "2026-12-02T20:00:00Z")
            try await body(cinema)
        }
    }

    private func place(_ number: Int) -> JSONValue {
        [
            "id": .string("plc_\(number)"), "name": .string("Place \(number)"),
            "address": .string("\(number) rue des Martyrs"), "city": "Paris", "time_zone": "Europe/Paris",
        ]
    }

    @Test("a session comes with its movie, its place and its room")
    func session() async throws {
        try await run { cinema async throws in
            let answer = try await cinema.service.sendInternal("GET", "/internal/v1/sessions/ses_1")
            #expect(answer.status == 200)
            #expect(
                answer.json == [
                    "session": [
                        "id": "ses_1", "starts_at": "2026-12-01T20:00:00.000Z", "allocation": 100,
                        "tariffs": [], "movie": ["id": "mov_1", "title": "Film 1", "duration": 90],
                        "place": place(1),
                        "room": ["id": "rom_1", "name": "Salle 1", "capacity": 120, "seated": false],
                    ]
                ])
        }
    }

    @Test("an unknown session is told apart from one that cannot be looked up", arguments: ["ses_3", "mov_1", "ses_"])
    func unknown(id: String) async throws {
        try await run { cinema async throws in
            let answer = try await cinema.service.sendInternal("GET", "/internal/v1/sessions/\(id)")
            #expect(answer.status == 404 && answer.codes == ["session_not_found"])
        }
    }

    @Test("the names of many sessions at once leave out what is unknown or no id, and name each once")
    func names() async throws {
        try await run { cinema async throws in
            let answer = try await cinema.service.sendInternal(
                "GET", "/internal/v1/sessions?ids=ses_2,ses_9,mov_1,,ses_1,ses_2")
            #expect(answer.status == 200)
            #expect(
                answer.json == [
                    "has_sessions": true,
                    "sessions": [
                        [
                            "id": "ses_1", "movie": ["id": "mov_1", "title": "Film 1", "duration": 90],
                            "place": place(1), "room": ["id": "rom_1", "name": "Salle 1"],
                        ],
                        [
                            "id": "ses_2", "movie": ["id": "mov_2", "title": "Film 2", "duration": 90],
                            "place": place(2), "room": ["id": "rom_2", "name": "Salle 1"],
                        ],
                    ],
                ])
            let nobody = try await cinema.service.sendInternal("GET", "/internal/v1/sessions?ids=none")
            #expect(nobody.json == ["has_sessions": true, "sessions": []])
        }
        try await Cinema.run { cinema async throws in
            let empty = try await cinema.service.sendInternal("GET", "/internal/v1/sessions?ids=ses_1")
            #expect(empty.json == ["has_sessions": false, "sessions": []])
        }
    }

    @Test("one hundred sessions are named at once, and no more")
    func howMany() async throws {
        try await run { cinema async throws in
            func ask(_ query: String) async throws -> Answer {
                try await cinema.service.sendInternal("GET", "/internal/v1/sessions\(query)")
            }
            let hundred = (1...100).map { "ses_\($0)" }.joined(separator: ",")
            #expect(Cinema.ids(try await ask("?ids=\(hundred)").json["sessions"]) == ["ses_1", "ses_2"])
            let more = try await ask("?ids=\(hundred),ses_101")
            #expect(more.status == 422 && more.codes == ["ids_too_long"])
            for none in ["", "?ids=", "?ids"] {
                let answer = try await ask(none)
                #expect(answer.status == 422 && answer.codes == ["ids_missing"])
            }
        }
    }

    @Test("only a service is answered, and only on the internal listener")
    func credential() async throws {
        try await run { cinema async throws in
            for target in ["/internal/v1/sessions/ses_1", "/internal/v1/sessions?ids=ses_1"] {
                for credential in [nil, "", "not-the-credential", cinema.service.token("usr_1", .admin)] as [String?] {
                    let answer = try await cinema.service.sendInternal("GET", target, credential: credential)
                    #expect(answer.status == 401 && answer.codes == ["token_invalid"])
                }
                #expect(try await cinema.get(target).codes == ["route_not_found"])
            }
        }
    }
}
