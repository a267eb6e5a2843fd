import Auth
import CatalogService
import JSON
import SQLite
import TestSupport
import Testing
import TypedID

@Suite struct RatingTests {
    private func run(_ body: (Cinema) async throws -> Void) async throws {
        try await Cinema.run { cinema async throws in
            try await cinema.add(movies: 1...2)
            try await body(cinema)
        }
    }

    private func rating(_ cinema: Cinema, of movie: Int64 = 1) async throws -> JSONValue? {
        try await cinema.get("/v1/movies/mov_\(movie)").json["movie"]?["rating"]
    }

    @Test("the first rating is a 201, another by the same user overrides it under the same id")
    func overriding() async throws {
        try await run { cinema async throws in
            let first = try await cinema.rate(1, "4")
            #expect(first.status == 201)
            #expect(Answer.names(first.json) == ["rating"])
            #expect(Answer.names(first.json["rating"]) == ["id", "value"])
            let id = try #require(first.json["rating"]?["id"]?.stringValue)
            #expect(RatingID(id) != nil)
            let second = try await cinema.rate(1, "2.5")
            #expect(second.status == 200)
            #expect(second.json == ["rating": ["id": .string(id), "value": 2.5]])
            #expect(try await rating(cinema) == 2.5)
            let other = try await cinema.rate(1, "5", user: 2)
            #expect(other.status == 201 && other.json["rating"]?["id"] != .string(id))
            #expect(try await rating(cinema) == 3.75)
            #expect(try await cinema.rate(2, "1").status == 201)
            #expect(try await rating(cinema) == 3.75)
        }
    }

    @Test(
        "a value is answered as it was given",
        arguments: [
            ("4", "4"), ("4.0", "4"), ("0", "0"), ("-0.0", "0"), ("5", "5"), ("3.7", "3.7"), ("0.1", "0.1"),
            ("1e-3", "0.001"), ("0.30000000000000004", "0.30000000000000004"), ("4.999999999", "4.999999999"),
        ])
    func values(given: String, answered: String) async throws {
        try await run { cinema async throws in
            let answer = try await cinema.rate(1, given)
            #expect(answer.status == 201)
            #expect(String(decoding: answer.body, as: UTF8.self).hasSuffix(#","value":\#(answered)}}"#))
        }
    }

    @Test(
        "a value that is none is refused",
        arguments: [
            (#"{"value":5.000001}"#, ["value_out_of_range"]), (#"{"value":-0.5}"#, ["value_out_of_range"]),
            (#"{"value":1e400}"#, ["value_out_of_range"]), (#"{"value":"4"}"#, ["value_invalid"]),
            (#"{"value":true}"#, ["value_invalid"]), (#"{"value":[4]}"#, ["value_invalid"]),
            (#"{"value":null}"#, ["value_missing"]), ("{}", ["value_missing"]), (#"{"Value":4}"#, ["value_missing"]),
            ("[4]", ["body_invalid"]), ("4", ["body_invalid"]),
        ])
    func faults(body: String, codes: [String]) async throws {
        try await run { cinema async throws in
            let answer = try await cinema.service.post("/v1/movies/mov_1/rate", body, token: cinema.service.token())
            #expect(answer.status == 422)
            #expect(answer.codes == codes)
            #expect(try await rating(cinema) == .null)
        }
    }

    @Test(
        "a body that cannot be read is a 400",
        arguments: [
            "", "{", #"{"value":4}}"#, #"{"value":NaN}"#, #"{"value":4,}"#, "{\"value\":4}\0", "{\"val\0ue\":4}",
        ])
    func brokenBodies(body: String) async throws {
        try await run { cinema async throws in
            let answer = try await cinema.service.post("/v1/movies/mov_1/rate", body, token: cinema.service.token())
            #expect(answer.status == 400)
            #expect(answer.codes == ["invalid_json"])
        }
    }

    @Test("a body is JSON of at most 64 KiB; of a name that comes twice the last one counts")
    func bodies() async throws {
        try await run { cinema async throws in
            let (service, token) = (cinema.service, cinema.service.token())
            let form = try await service.post(
                "/v1/movies/mov_1/rate", "value=4", token: token, headers: [("Content-Type", "text/plain")])
            #expect(form.status == 415 && form.codes == ["unsupported_media_type"])
            let huge = #"{"value":4,"review":"\#(String(repeating: "a", count: 65_536))"}"#
            let large = try await service.post("/v1/movies/mov_1/rate", huge, token: token)
            #expect(large.status == 413 && large.codes == ["body_too_large"])
            let twice = try await service.post(
                "/v1/movies/mov_1/rate", #"{"value":1,"review":"good","value":3}"#, token: token,
                headers: [("Content-Type", "application/json; charset=utf-8")])
            #expect(twice.json["rating"]?["value"] == 3)
        }
    }

    @Test("rating takes a token, of any role")
    func tokens() async throws {
        try await run { cinema async throws in
            let service = cinema.service
            let target = "/v1/movies/mov_1/rate"
            let none = try await service.post(target, #"{"value":4}"#)
            #expect(none.status == 401 && none.codes == ["token_missing"])
            #expect(none.header("www-authenticate") == "Bearer")
            let forged = try await service.post(target, #"{"value":4}"#, token: service.token() + "A")
            #expect(forged.status == 401 && forged.codes == ["token_invalid"])
            let nobody = try await service.post(target, #"{"value":4}"#, token: service.token("somebody"))
            #expect(nobody.status == 401 && nobody.codes == ["token_invalid"])
            let old = service.token(lifetimeSeconds: 60)
            service.clock.advance(byMilliseconds: 60_000)
            #expect(try await service.post(target, #"{"value":4}"#, token: old).codes == ["token_expired"])
            for (user, role) in [("usr_1", .customer), ("usr_2", .staff), ("usr_3", .admin)] as [(String, Role)] {
                #expect(try await service.post(target, #"{"value":4}"#, token: service.token(user, role)).status == 201)
            }
        }
    }

    @Test("the checks come in their order: token, body, movie")
    func order() async throws {
        try await run { cinema async throws in
            let (service, token) = (cinema.service, cinema.service.token())
            #expect(try await service.post("/v1/movies/mov_9/rate", "{").status == 401)
            #expect(try await service.post("/v1/movies/mov_9/rate", "{", token: token).status == 400)
            #expect(try await service.post("/v1/movies/mov_9/rate", "{}", token: token).status == 422)
            for id in ["mov_9", "usr_1", "mov_1x"] {
                let answer = try await service.post("/v1/movies/\(id)/rate", #"{"value":4}"#, token: token)
                #expect(answer.status == 404 && answer.codes == ["movie_not_found"])
            }
        }
    }

    @Test("under an Idempotency-Key a rating is given once, and its answer as often as asked")
    func idempotency() async throws {
        try await run { cinema async throws in
            let key = [("Idempotency-Key", "a-key")]
            let first = try await cinema.rate(1, "4", headers: key)
            #expect(first.status == 201 && first.header("idempotent-replayed") == nil)
            // Overridden meanwhile: a late repetition must not undo that.
            #expect(try await cinema.rate(1, "2").status == 200)
            let again = try await cinema.rate(1, "4", headers: [("Idempotency-Key", "\"a-key\"")])
            #expect(again.status == 201 && again.body == first.body)
            #expect(again.header("idempotent-replayed") == "true")
            #expect(try await rating(cinema) == 2)
            let other = try await cinema.rate(1, "3", headers: key)
            #expect(other.status == 422 && other.codes == ["idempotency_key_reused"])
            #expect(try await cinema.rate(1, "3", user: 2, headers: key).status == 201)
            #expect(try await cinema.rate(2, "3", headers: key).status == 201)
            let unusable = try await cinema.rate(1, "3", headers: [("Idempotency-Key", "")])
            #expect(unusable.status == 400 && unusable.codes == ["idempotency_key_invalid"])
        }
    }

    @Test("that there was no such movie is kept under the key too, what was refused before that is not")
    func keptRefusals() async throws {
        try await run { cinema async throws in
            let key = [("Idempotency-Key", "another")]
            #expect(try await cinema.rate(7, "six", headers: key).status == 400)
            #expect(try await cinema.rate(7, "6", headers: key).status == 422)
            #expect(try await cinema.rate(7, "4", headers: key).status == 404)
            try await cinema.add(movies: 7...7)
            let again = try await cinema.rate(7, "4", headers: key)
            #expect(again.status == 404 && again.codes == ["movie_not_found"])
            #expect(again.header("idempotent-replayed") == "true")
            #expect(try await rating(cinema, of: 7) == .null)
            cinema.service.clock.advance(byMilliseconds: 24 * 3_600_000)
            #expect(try await cinema.rate(7, "4", headers: key).status == 201)
        }
    }

    @Test("of many first ratings of one user at once, one is the first")
    func rivals() async throws {
        try await run { cinema async throws in
            let answers = try await withThrowingTaskGroup { group in
                for _ in 0..<20 { group.addTask { try await cinema.rate(1, "4") } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(answers.filter { $0.status == 201 }.count == 1)
            #expect(answers.filter { $0.status == 200 }.count == 19)
            #expect(Set(answers.map(\.body)).count == 1)
        }
    }
}
