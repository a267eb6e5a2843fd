import JSON
import TestSupport
import Testing
import Time

@Suite struct MoviePlaceTests {
    @Test("a movie's places are those with a session still to come, by ascending id, and nothing of their rooms")
    func places() async throws {
        try await Cinema.run { cinema async throws in
            try await cinema.add(movies: 1...2)
            for place in [5, 3, 4, 1] as [Int64] { try await cinema.add(place: place) }
            // It is half past six: one was yesterday, one begins this very moment, two come.
            try await cinema.add(session: 1, place: 1, at: "2026-11-19T18:30:00Z")
            try await cinema.add(session: 2, place: 3, at: "2026-11-20T18:30:00.000Z")
            try await cinema.add(session: 3, place: 5, at: "2026-11-20T18:30:00.001Z")
            try await cinema.add(session: 4, place: 4, at: "2026-12-24T18:30:00Z")
            try await cinema.add(session: 5, place: 4, at: "2026-11-01T18:30:00Z")
            try await cinema.add(session: 6, movie: 2, place: 1, at: "2026-12-24T18:30:00Z")
            let answer = try await cinema.get("/v1/movies/mov_1/places")
            #expect(
                answer.json["places"] == [
                    ["id": "plc_4", "name": "Place 4", "address": "4 rue des Martyrs"],
                    ["id": "plc_5", "name": "Place 5", "address": "5 rue des Martyrs"],
                ])
            #expect(answer.json["metadata"]?["has_more"] == false)
            #expect(try await cinema.ids("places", "/v1/movies/mov_2/places") == ["plc_1"])
        }
    }

    @Test("time alone takes a place off the list, however lately the answer was asked for")
    func timePasses() async throws {
        try await Cinema.run { cinema async throws in
            try await cinema.add(movies: 1...1)
            try await cinema.add(place: 1)
            try await cinema.add(session: 1, at: "2026-11-20T18:31:00Z")
            let before = try await cinema.get("/v1/movies/mov_1/places")
            #expect(Cinema.ids(before.json["places"]) == ["plc_1"])
            cinema.service.clock.advance(byMilliseconds: 60_000)
            let after = try await cinema.service.send(
                "GET", "/v1/movies/mov_1/places", headers: [("If-None-Match", before.header("etag") ?? "")])
            #expect(after.status == 200)
            #expect(after.json == ["places": [], "metadata": ["has_more": false, "end_cursor": nil]])
        }
    }

    @Test("the pages of a movie's places have each of them once")
    func pages() async throws {
        try await Cinema.run { cinema async throws in
            try await cinema.add(movies: 1...2)
            for place in 1...7 as ClosedRange<Int64> {
                try await cinema.add(place: place)
                let movie: Int64 = place == 4 ? 2 : 1
                for time in [19, 20] {
                    try await cinema.add(
                        session: place * 100 + Int64(time), movie: movie, place: place, at: "2026-12-01T\(time):00:00Z")
                }
            }
            let wanted = [1, 2, 3, 5, 6, 7].map { "plc_\($0)" }
            for limit in 1...7 {
                let pages = try await cinema.pages("places", "/v1/movies/mov_1/places?limit=\(limit)")
                #expect(pages.flatMap(\.self) == wanted)
                #expect(pages.dropLast().allSatisfy { $0.count == limit })
            }
            let first = try await cinema.get("/v1/movies/mov_1/places?limit=1")
            let cursor = try #require(first.json["metadata"]?["end_cursor"]?.stringValue)
            #expect(try await cinema.get("/v1/movies/mov_2/places?cursor=\(cursor)").codes == ["invalid_cursor"])
            #expect(try await cinema.get("/v1/movies?cursor=\(cursor)").codes == ["invalid_cursor"])
            let faulty = try await cinema.get("/v1/movies/mov_1/places?limit=500")
            #expect(faulty.status == 422 && faulty.codes == ["limit_out_of_range"])
        }
    }
}
