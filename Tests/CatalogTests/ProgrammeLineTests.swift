import CatalogService
import Lifecycle
import TestSupport
import Testing

/// Where in a file of JSON its faults are.
@Suite struct ProgrammeLineTests {
    /// The lines of what is told.
    private func told(_ text: String) async throws -> [String] {
        var told: [String] = []
        try await Cinema.run { cinema async throws in
            try await cinema.add(movies: 1...1)
            try await cinema.add(place: 1)
            let path = temporaryPath("programme")
            try writeFile(path, Array(text.utf8))
            let command = try #require(CatalogService.commands.first { $0.name == "import" })
            let refusal = await #expect(throws: ProgrammeRefusal.self) {
                try await command.run([path], cinema.service.running.context)
            }
            told = "\(try #require(refusal))".split(separator: "\n").map(String.init)
        }
        return told
    }

    @Test("a fault of JSON is told with the line of its field, and where it has none, of its session")
    func fields() async throws {
        let text = """
            {
              "sessions": [
                {
                  "movie": "Film 1", "place": "Place 1",
                  "starts_at": "2026-12-03T20:00"
                },

                {
                  "movie": "Film 1",
                  "place": "Place 1",
                  "starts_at": "2026-12-03T20:30"
                },
                {"movie": "Film 1", "place": "Place 1", "starts_at": "2026-12-05T20:00",
                  "allocation": 2.5, "price": {
                    "amount": 900,
                    "currency": "euro"}},
                7,
                {
                  "movie": "Film 1", "place": "Place 1"
                }
              ]
            }
            """
        #expect(
            try await told(text) == [
                "nothing was imported: there are 5 faults.",
                "line 11, session 2, starts_at: overlaps in its room with the session of line 3, session 1, the time "
                    + "between two movies included",
                "line 14, session 3, allocation: must be a whole number from 1 to 10000",
                "line 16, session 3, price_currency: must be an ISO 4217 code, such as EUR",
                "line 17, session 4: It must be an object.", "line 18, session 5, starts_at: is required",
            ])
    }

    @Test("what looks like structure inside of a text, and lists of another name, do not shift the lines")
    func strings() async throws {
        let text = #"""
            {"sessions": ["replaced",
              "by the last"],
             "notes": [{"sessions": [{}, {}]}, "\"}],{[\\", null,
              -1.5e3], "sessions":
              [
              {"movie": "\"]}, {", "note": {"movie": ["sessions", {"movie": 1}]}, "place": "Place 1",
               "starts_at": "2026-12-03T20:00"}
            ]}
            """#
        #expect(
            try await told(text) == [
                "nothing was imported: there is 1 fault.", "line 6, session 1, movie: names no movie",
            ])
    }

    @Test("of JSON in one line the number of the session is told beside it, and a list that is none has no line")
    func oneLine() async throws {
        let item = #"{"movie":"Film 1","place":"Place 1","starts_at":"2026-12-03T20:00","allocation":"#
        #expect(
            try await told(#"{"sessions":[\#(item)true},7,\#(item)2.5},\#(item)"120","price":[]}]}"#).dropFirst() == [
                "line 1, session 2: It must be an object.", "line 1, session 1, allocation: must be text or a number",
                "line 1, session 3, allocation: must be a whole number from 1 to 10000",
                "line 1, session 4, price_amount: the price must be an object",
            ])
        #expect(try await told("{\"sessions\":[\n{\"movie\"]}").last?.hasPrefix("line 2: ") == true)
        for none in ["{}", #"{"sessions":7}"#, #"{"sessions":{"movie":[1]}}"#] {
            #expect(try await told(none).last == "file: The object must have a list of sessions.")
        }
    }
}
