import JSON
import TestSupport
import Testing

/// Seed 000, the pair programming exercise: what administrators and users "should be able to".
@Suite struct Seed000Tests {
    @Test("000: administrators create sessions with a timestamp and an allocation of tickets")
    func createSessions() async throws {
        try await BoxOffice.run { office async throws in
            let (movie, place) = (try await office.movie(), try await office.place())
            let start = BoxOffice.moment(hours: 24)
            let made = try await office.asAdmin(
                "POST", "/v1/sessions",
                #"{"movie_id":"\#(movie)","place_id":"\#(place)","starts_at":"\#(start)","allocation":20}"#)
            #expect(made.status == 201)
            #expect(made.json["session"]?["starts_at"]?.stringValue == start)
            #expect(made.json["session"]?["allocation"] == 20)
            let session = try #require(made.json["session"]?["id"]?.stringValue)
            #expect(try await office.counts(of: session) == ["allocation": 20, "free": 20, "held": 0, "sold": 0])
            try await office.asAdmin(
                "POST", "/v1/sessions",
                #"{"movie_id":"\#(movie)","place_id":"\#(place)","starts_at":"2020-01-01T20:00:00Z","allocation":0}"#
            ).expectRefusal(422, "starts_at_past", "allocation_out_of_range")
        }
    }

    @Test("000: administrators delete sessions while they are empty")
    func deleteEmptySessions() async throws {
        try await BoxOffice.run { office async throws in
            let (movie, place) = (try await office.movie(), try await office.place())
            let session = try await office.session(movie, #""place_id":"\#(place)""#)
            let booking = try await office.book(session)
            #expect(
                try await office.stack.post("\(booking)/reserve", #"{"seats":1}"#, token: office.customer).status == 200
            )
            try await office.asAdmin("DELETE", "/v1/sessions/\(session)").expectRefusal(409, "session_has_bookings")
            #expect(try await office.stack.post("\(booking)/cancel", token: office.customer).status == 200)
            #expect(try await office.asAdmin("DELETE", "/v1/sessions/\(session)").status == 204)
            try await office.stack.get("/v1/sessions/\(session)").expectRefusal(404, "session_not_found")
            try await office.stack.post("/v1/sessions/\(session)/book", token: office.customer)
                .expectRefusal(404, "session_not_found")
        }
    }

    @Test("000: administrators change an allocation, never below what is reserved")
    func changeAllocation() async throws {
        try await BoxOffice.run { office async throws in
            let (movie, place) = (try await office.movie(), try await office.place(capacity: 30))
            let session = try await office.session(movie, #""place_id":"\#(place)""#, more: #","allocation":10"#)
            _ = try await office.sell(4, session)
            let path = "/v1/sessions/\(session)"
            let refused = try await office.asAdmin("PATCH", path, #"{"allocation":3}"#)
            try refused.expectRefusal(409, "allocation_below_reserved")
            #expect(refused.json["errors"]?.arrayValue?.first?["message"]?.stringValue?.contains("4") == true)
            for allocation in [4, 30] as [Int64] {
                let changed = try await office.asAdmin("PATCH", path, #"{"allocation":\#(allocation)}"#)
                #expect(changed.json["session"]?["allocation"] == .integer(allocation))
                #expect(try await office.counts(of: session)["free"] == allocation - 4)
            }
            try await office.asAdmin("PATCH", path, #"{"allocation":31}"#)
                .expectRefusal(422, "allocation_above_capacity")
        }
    }

    @Test("000: administrators create movies, whose rating comes from those who rate them")
    func createMovies() async throws {
        try await BoxOffice.run { office async throws in
            let movie = try await office.movie("Le Phare", more: #","description":"Une île.""#)
            for (user, value) in [(11, 4), (12, 5)] {
                let token = office.stack.token(user: Int64(user))
                let rated = try await office.stack.post(
                    "/v1/movies/\(movie)/rate", #"{"value":\#(value)}"#, token: token)
                #expect(rated.status == 201)
            }
            let shown = try await office.stack.get("/v1/movies/\(movie)").expect(200, .object(["movie": .movie]))
            #expect(shown["movie"]?["title"] == "Le Phare")
            #expect(shown["movie"]?["description"] == "Une île.")
            #expect(shown["movie"]?["rating"] == 4.5)
            try await office.asAdmin("POST", "/v1/movies", #"{"title":"","duration":0}"#)
                .expectRefusal(422, "title_too_short", "duration_out_of_range")
        }
    }

    @Test("000: users list the movies that are available for booking")
    func bookableMovies() async throws {
        try await BoxOffice.run { office async throws in
            let place = try await office.place(capacity: 2)
            let (free, full, none) = (
                try await office.movie("Libre"), try await office.movie("Complet"),
                try await office.movie("Sans séance")
            )
            _ = try await office.session(free, #""place_id":"\#(place)""#, hours: 24)
            let last = try await office.session(full, #""place_id":"\#(place)""#, hours: 48)
            let both = "/v1/movies?bookable=true&ids=\(free),\(full),\(none)"
            #expect(try await office.ids(both, of: "movies") == [free, full])
            _ = try await office.sell(2, last)
            try await office.eventually { try await office.ids(both, of: "movies") == [free] }
            let all = try await office.ids("/v1/movies?bookable=true&limit=100", of: "movies")
            #expect(all.contains(free) && !all.contains(full) && !all.contains(none))
        }
    }

    @Test("000: users list the bookings that they have made")
    func ownBookings() async throws {
        try await BoxOffice.run { office async throws in
            let (movie, place) = (try await office.movie(), try await office.place())
            let session = try await office.session(movie, #""place_id":"\#(place)""#)
            let mine = [try await office.sell(1, session), try await office.book(session)].map(office.id)
            _ = try await office.sell(1, session, token: office.stack.token(user: 1_002))
            #expect(try await office.ids("/v1/bookings", of: "bookings", token: office.customer) == mine.reversed())
        }
    }

    @Test("000: users get any movies by a list of their ids")
    func moviesByIDs() async throws {
        try await BoxOffice.run { office async throws in
            let movies = [
                try await office.movie("Un"), try await office.movie("Deux"), try await office.movie("Trois"),
            ]
            let asked = [movies[2], "mov_1", movies[0], movies[2], "nonsense"].joined(separator: ",")
            #expect(try await office.ids("/v1/movies?ids=\(asked)", of: "movies") == [movies[2], movies[0]])
        }
    }

    @Test("000: users book a session that has tickets left")
    func bookWhileTicketsAreLeft() async throws {
        try await BoxOffice.run { office async throws in
            let (movie, place) = (try await office.movie(), try await office.place(capacity: 3))
            let session = try await office.session(movie, #""place_id":"\#(place)""#)
            _ = try await office.sell(2, session)
            let other = office.stack.token(user: 1_002)
            let booking = try await office.book(session, token: other)
            try await office.stack.post("\(booking)/reserve", #"{"seats":2}"#, token: other)
                .expectRefusal(409, "not_enough_seats")
            #expect(try await office.stack.post("\(booking)/reserve", #"{"seats":1}"#, token: other).status == 200)
            #expect(try await office.stack.post("\(booking)/confirm", token: other).status == 200)
        }
    }

    @Test("000: bonus: users cancel what they have booked")
    func cancel() async throws {
        try await BoxOffice.run { office async throws in
            let (movie, place) = (try await office.movie(), try await office.place())
            let session = try await office.session(movie, #""place_id":"\#(place)""#)
            let booking = try await office.book(session)
            _ = try await office.stack.post("\(booking)/reserve", #"{"seats":5}"#, token: office.customer)
            #expect(try await office.counts(of: session)["free"] == 45)
            #expect(try await office.stack.post("\(booking)/cancel", token: office.customer).status == 200)
            #expect(try await office.counts(of: session)["free"] == 50)
        }
    }

    @Test("000: bonus: one endpoint shows a movie with its ratings, its directors and its stars")
    func movieInDetail() async throws {
        try await BoxOffice.run { office async throws in
            let (ada, bo) = (
                try await office.make("/v1/people", #"{"name":"Ada Moreau"}"#),
                try await office.make("/v1/people", #"{"name":"Bo Lindqvist"}"#)
            )
            let movie = try await office.movie(
                more: #","directors":["\#(ada)"],"stars":[{"id":"\#(bo)","part":"Le coureur"},"\#(ada)"]"#)
            let rated = try await office.stack.post(
                "/v1/movies/\(movie)/rate", #"{"value":4}"#, token: office.customer)
            #expect(rated.status == 201)
            let shown = try await office.stack.get("/v1/movies/\(movie)?expand=credits,ratings").json["movie"]
            #expect(shown?["credits"]?["directors"] == [["id": .string(ada), "name": "Ada Moreau"]])
            #expect(
                shown?["credits"]?["stars"] == [
                    ["id": .string(bo), "name": "Bo Lindqvist", "part": "Le coureur"],
                    ["id": .string(ada), "name": "Ada Moreau", "part": nil],
                ])
            #expect(shown?["ratings"]?["count"] == 1)
            #expect(shown?["ratings"]?["histogram"]?["4"] == 1)
        }
    }
}
