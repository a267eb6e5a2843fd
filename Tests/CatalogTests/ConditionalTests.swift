import JSON
import TestSupport
import Testing

/// What every GET has in common: HEAD, entity tags, and the refusal of other methods and paths.
@Suite struct ConditionalTests {
    private static let targets = [
        "/v1/movies", "/v1/movies?sort=new&limit=1", "/v1/movies/mov_1", "/v1/movies/mov_1/places",
        "/v1/movies/mov_1/places/plc_1/sessions",
    ]

    private func run(_ body: (Cinema) async throws -> Void) async throws {
        try await Cinema.run { cinema async throws in
            try await cinema.add(movies: 1...2)
            try await cinema.add(place: 1)
            try await cinema.add(session: 1, at: "2026-12-01T20:00:00Z")
            try await body(cinema)
        }
    }

    @Test("an answer has a tag, with which it is asked for again at no cost", arguments: targets)
    func tags(target: String) async throws {
        try await run { cinema async throws in
            let first = try await cinema.get(target)
            let tag = try #require(first.header("etag"))
            for held in [tag, "W/\(tag)", "\"other\", \(tag)", "*"] {
                let again = try await cinema.service.send("GET", target, headers: [("If-None-Match", held)])
                #expect(again.status == 304 && again.body.isEmpty, "\(held)")
                #expect(again.header("etag") == tag)
            }
            let other = try await cinema.service.send("GET", target, headers: [("If-None-Match", "\"other\"")])
            #expect(other.status == 200 && other.body == first.body)
        }
    }

    @Test("the tag changes with what is shown")
    func tagChanges() async throws {
        try await run { cinema async throws in
            let tag = try #require(try await cinema.get("/v1/movies/mov_1").header("etag"))
            _ = try await cinema.rate(1, "5")
            let answer = try await cinema.service.send(
                "GET", "/v1/movies/mov_1", headers: [("If-None-Match", tag)])
            #expect(answer.status == 200 && answer.header("etag") != tag)
        }
    }

    @Test(
        "HEAD answers as GET does, without the body", arguments: targets + ["/v1/movies/mov_9", "/v1/movies?limit=0"])
    func head(target: String) async throws {
        try await run { cinema async throws in
            let get = try await cinema.get(target)
            let head = try await cinema.service.send("HEAD", target)
            #expect(head.status == get.status && head.body.isEmpty)
            for name in ["content-type", "content-length", "etag"] {
                #expect(head.header(name) == get.header(name), "\(name)")
            }
        }
    }

    @Test(
        "another method is a 405 that says which are taken",
        arguments: [
            ("PUT", "/v1/movies", "GET, HEAD, POST"), ("POST", "/v1/movies/mov_1", "DELETE, GET, HEAD, PATCH"),
            ("PUT", "/v1/movies/mov_1/places", "GET, HEAD"),
            ("PATCH", "/v1/movies/mov_1/places/plc_1/sessions", "GET, HEAD"), ("GET", "/v1/movies/mov_1/rate", "POST"),
        ])
    func methods(method: String, target: String, allowed: String) async throws {
        try await run { cinema async throws in
            let answer = try await cinema.service.send(method, target)
            #expect(answer.status == 405 && answer.codes == ["method_not_allowed"])
            #expect(answer.header("allow") == allowed)
        }
    }

    @Test(
        "a path that is not quite one is none",
        arguments: ["/v1/movies/", "/v1//movies", "/v1/Movies", "/v1/movies/mov_1/", "/v1/movies/mov_1/rating"])
    func paths(target: String) async throws {
        try await run { cinema async throws in
            let answer = try await cinema.get(target)
            #expect(answer.status == 404 && answer.codes == ["route_not_found"])
        }
    }

    @Test(
        "an id that is unknown, or none at all, is a 404",
        arguments: [
            "mov_3", "mov_0", "mov_01", "mov_-1", "mov_+1", "mov_", "mov", "1", "plc_1", "MOV_1", "mov_1a", "mov_1%20",
            "mov_9223372036854775807", "mov_9223372036854775808", "%00", "mov_1'--",
        ])
    func unknownMovies(id: String) async throws {
        try await run { cinema async throws in
            for target in ["/v1/movies/\(id)", "/v1/movies/\(id)/places", "/v1/movies/\(id)/places/plc_1/sessions"] {
                let answer = try await cinema.get(target)
                #expect(answer.status == 404 && answer.codes == ["movie_not_found"], "\(target)")
            }
        }
    }

    @Test("an unknown place is a 404", arguments: ["plc_2", "plc_01", "mov_1", "rom_1"])
    func unknownPlaces(id: String) async throws {
        try await run { cinema async throws in
            let answer = try await cinema.get("/v1/movies/mov_1/places/\(id)/sessions")
            #expect(answer.status == 404 && answer.codes == ["place_not_found"])
        }
    }

    @Test("a token is not needed to look around, and a bad one does not matter")
    func tokens() async throws {
        try await run { cinema async throws in
            for target in Self.targets { #expect(try await cinema.service.get(target, token: "x.y.z").status == 200) }
        }
    }
}
