import JSON
import TestSupport
import Testing

/// Seed 002, the commission, row by row: what holds of every endpoint, and what a visitor browses.
@Suite struct Seed002CatalogTests {
    @Test("002: every list is paged by a cursor")
    func pagination() async throws {
        try await BoxOffice.run { office async throws in
            let place = try await office.place()
            let movie = try await office.movie()
            for hours in [24, 48, 72] as [Int64] {
                _ = try await office.session(movie, #""place_id":"\#(place)""#, hours: hours)
            }
            for _ in 1...3 { _ = try await office.book(try await session(office, movie, place)) }
            for (target, name, token) in [
                ("/v1/movies", "movies", nil), ("/v1/movies/\(movie)/places", "places", nil),
                ("/v1/movies/\(movie)/places/\(place)/sessions", "sessions", nil),
                ("/v1/bookings", "bookings", office.customer),
            ] {
                let first = try await office.stack.get("\(target)?limit=1", token: token)
                #expect(first.json[name]?.arrayValue?.count == 1)
                let metadata = first.json["metadata"]
                #expect(Answer.names(metadata) == ["has_more", "end_cursor"])
                guard metadata?["has_more"] == true else { continue }
                let cursor = try #require(metadata?["end_cursor"]?.stringValue)
                let second = try await office.stack.get("\(target)?limit=1&cursor=\(cursor)", token: token)
                #expect(second.json[name]?.arrayValue?.first?["id"] != first.json[name]?.arrayValue?.first?["id"])
                try await office.stack.get("\(target)?cursor=\(cursor)x", token: token)
                    .expectRefusal(400, "invalid_cursor")
            }
        }
    }

    private func session(_ office: BoxOffice, _ movie: String, _ place: String) async throws -> String {
        let all = try await office.ids("/v1/movies/\(movie)/places/\(place)/sessions", of: "sessions")
        return try #require(all.first)
    }

    @Test("002: all errors have one format, and one answer may name several")
    func errors() async throws {
        try await BoxOffice.run { office async throws in
            try await office.stack.post("/v1/auth/signup", #"{"email":"no","password":"short"}"#)
                .expectRefusal(422, "email_invalid", "password_too_short")
            try await office.stack.get("/v1/nothing").expectRefusal(404, "route_not_found")
            try await office.stack.send("PUT", "/v1/movies").expectRefusal(405, "method_not_allowed")
            try await office.stack.post("/v1/auth/signin", "{").expectRefusal(400, "invalid_json")
            try await office.stack.get("/v1/bookings").expectRefusal(401, "token_missing")
        }
    }

    @Test("002: list of movies, by rating, the newest or those that leave soon")
    func movies() async throws {
        try await BoxOffice.run { office async throws in
            for sort in ["", "?sort=rating", "?sort=new", "?sort=leaving_soon"] {
                try await office.stack.get("/v1/movies\(sort)").expect(200, .page("movies", of: .movie))
            }
            try await office.stack.get("/v1/movies?sort=title").expectRefusal(422, "sort_invalid")
        }
    }

    @Test("002: get a movie")
    func movie() async throws {
        try await BoxOffice.run { office async throws in
            let movie = try await office.movie()
            let shown = try await office.stack.get("/v1/movies/\(movie)").expect(200, .object(["movie": .movie]))
            #expect(shown["movie"]?["airing_dates"] == ["from": nil, "to": nil])
            #expect(shown["movie"]?["rating"] == .null)
        }
    }

    @Test("002: see where a movie is aired, without the places' capacity")
    func places() async throws {
        try await BoxOffice.run { office async throws in
            let (movie, place) = (try await office.movie(), try await office.place())
            _ = try await office.session(movie, #""place_id":"\#(place)""#)
            let list = try await office.stack.get("/v1/movies/\(movie)/places").expect(
                200, .page("places", of: .place))
            #expect(list["places"]?.arrayValue?.map { $0["id"]?.stringValue } == [place])
        }
    }

    @Test("002: see the sessions of a movie in a place, most recent first, between inclusive bounds")
    func sessions() async throws {
        try await BoxOffice.run { office async throws in
            let (movie, place) = (try await office.movie(), try await office.place())
            let first = try await office.session(movie, #""place_id":"\#(place)""#, hours: 24)
            let second = try await office.session(movie, #""place_id":"\#(place)""#, hours: 48)
            let target = "/v1/movies/\(movie)/places/\(place)/sessions"
            try await office.stack.get(target).expect(200, .page("sessions", of: .session))
            #expect(try await office.ids(target, of: "sessions") == [second, first])
            let bounds = [BoxOffice.moment(hours: 24), BoxOffice.moment(hours: 48)]
            #expect(try await office.ids("\(target)?from=\(bounds[1])", of: "sessions") == [second])
            #expect(try await office.ids("\(target)?to=\(bounds[0])", of: "sessions") == [first])
        }
    }

    @Test("002: rate a movie, once for each user")
    func rate() async throws {
        try await BoxOffice.run { office async throws in
            let path = "/v1/movies/\(try await office.movie())/rate"
            let first = try await office.stack.post(path, #"{"value":2}"#, token: office.customer).expect(201, .rating)
            let again = try await office.stack.post(path, #"{"value":4.5}"#, token: office.customer).expect(
                200, .rating)
            #expect(first["rating"]?["id"] == again["rating"]?["id"])
        }
    }

    @Test("002: analytics: a page that is entered or left is tracked, with the user where one is signed in")
    func track() async throws {
        try await BoxOffice.run { office async throws in
            let event = #"{"tracking_id":"seed","type":"page_enter","page":{"scheme":"https","path":"/a","query":{}}}"#
            for token in [nil, office.customer] {
                let answer = try await office.stack.post("/v1/analytics/track", event, token: token)
                #expect(answer.status == 204 && answer.body.isEmpty)
            }
            let kept = try await office.stack.get("/v1/analytics/events?tracking_id=seed", token: office.admin)
            let users = (kept.json["events"]?.arrayValue ?? []).map { $0["user_id"]?.stringValue }
            #expect(Set(users) == [nil, "usr_1001"])
        }
    }
}
