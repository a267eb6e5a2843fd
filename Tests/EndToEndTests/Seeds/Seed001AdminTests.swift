import JSON
import TestSupport
import Testing

/// Seed 001, the theatre's booking system: what its administrators do.
@Suite struct Seed001AdminTests {
    @Test("001: POST, PUT and DELETE of movies: administrators add, edit and delete them")
    func movies() async throws {
        try await BoxOffice.run { office async throws in
            let movie = try await office.movie("Avant")
            let changed = try await office.asAdmin("PATCH", "/v1/movies/\(movie)", #"{"title":"Après","duration":95}"#)
            #expect(changed.status == 200)
            let shown = try await office.stack.get("/v1/movies/\(movie)").expect(200, .object(["movie": .movie]))
            #expect(shown["movie"]?["title"] == "Après")
            #expect(shown["movie"]?["duration"] == 95)
            #expect(try await office.asAdmin("DELETE", "/v1/movies/\(movie)").status == 204)
            try await office.stack.get("/v1/movies/\(movie)").expectRefusal(404, "movie_not_found")
            try await office.stack.post("/v1/movies", #"{"title":"A","duration":9}"#, token: office.customer)
                .expectRefusal(403, "forbidden")
        }
    }

    @Test("001: administrators add theatre rooms, with their number of seats and every seat in them")
    func rooms() async throws {
        try await BoxOffice.run { office async throws in
            let place = try await office.place(capacity: 120)
            let room = try await office.seatedRoom(place)
            let rooms = try await office.stack.get("/v1/places/\(place)/rooms").json["rooms"]?.arrayValue ?? []
            #expect(rooms.map { $0["capacity"] } == [120, 8])
            #expect(rooms.map { $0["seated"] } == [false, true])
            let session = try await office.session(try await office.movie(), #""room_id":"\#(room)""#)
            let seats = try await office.seats(of: session)
            #expect(seats.map { $0["row"] } == ["A", "A", "A", "A", "B", "B", "B", "B"])
            #expect(seats.map { $0["number"] } == [1, 2, 3, 4, 1, 2, 3, 4])
        }
    }

    @Test("001: POST and PUT of sessions: administrators connect a movie to a room, and change when")
    func sessions() async throws {
        try await BoxOffice.run { office async throws in
            let place = try await office.place()
            let room = try await office.seatedRoom(place)
            let movie = try await office.movie()
            let session = try await office.session(movie, #""room_id":"\#(room)""#)
            let later = BoxOffice.moment(hours: 30)
            let moved = try await office.asAdmin("PATCH", "/v1/sessions/\(session)", #"{"starts_at":"\#(later)"}"#)
            #expect(moved.json["session"]?["starts_at"]?.stringValue == later)
            #expect(moved.json["session"]?["movie"]?["id"]?.stringValue == movie)
            #expect(moved.json["session"]?["room"]?["id"]?.stringValue == room)
            let clash = #"{"movie_id":"\#(movie)","room_id":"\#(room)","starts_at":"\#(later)"}"#
            try await office.asAdmin("POST", "/v1/sessions", clash).expectRefusal(409, "session_overlaps")
        }
    }

    @Test("001: DELETE of sessions: an administrator takes a session from the programme")
    func deleteSession() async throws {
        try await BoxOffice.run { office async throws in
            let place = try await office.place()
            let session = try await office.session(try await office.movie(), #""place_id":"\#(place)""#)
            try await office.stack.send("DELETE", "/v1/sessions/\(session)", token: office.customer)
                .expectRefusal(403, "forbidden")
            #expect(try await office.asAdmin("DELETE", "/v1/sessions/\(session)").status == 204)
            #expect(try await office.ids("/v1/sessions?place_id=\(place)", of: "sessions") == [])
        }
    }

    @Test("001: GET /sessions: all sessions, with filtering options")
    func listSessions() async throws {
        try await BoxOffice.run { office async throws in
            let (here, there) = (try await office.place(), try await office.place("L'Autre", city: "Bandol"))
            let (one, two) = (try await office.movie("Un"), try await office.movie("Deux"))
            let first = try await office.session(one, #""place_id":"\#(here)""#, hours: 24)
            let second = try await office.session(two, #""place_id":"\#(here)""#, hours: 48)
            let third = try await office.session(one, #""place_id":"\#(there)""#, hours: 72)
            for (filter, expected) in [
                ("place_id=\(here)", [first, second]), ("movie_id=\(one)", [first, third]), ("city=bandol", [third]),
                ("movie_id=\(one)&place_id=\(here)", [first]),
                ("movie_id=\(one)&from=\(BoxOffice.moment(hours: 25))", [third]),
                ("place_id=\(here)&to=\(BoxOffice.moment(hours: 25))", [first]),
                ("movie_id=\(two)&bookable=true", [second]), ("place_id=plc_1", []),
            ] {
                #expect(try await office.ids("/v1/sessions?\(filter)", of: "sessions") == expected, "\(filter)")
            }
            #expect(try await office.ids("/v1/sessions?limit=100", of: "sessions").count > 100)
        }
    }

    @Test("001: GET /bookings: administrators see the reservations of all users")
    func allBookings() async throws {
        try await BoxOffice.run { office async throws in
            let place = try await office.place()
            let session = try await office.session(try await office.movie(), #""place_id":"\#(place)""#)
            let sold = office.id(try await office.sell(2, session, token: office.stack.token(user: 1_005)))
            let open = office.id(try await office.book(session, token: office.stack.token(user: 1_006)))
            let all = "/v1/bookings?scope=all"
            for (filter, expected) in [
                ("session_id=\(session)", [open, sold]), ("place_id=\(place)", [open, sold]),
                ("user_id=usr_1005", [sold]), ("session_id=\(session)&status=open", [open]),
                ("session_id=\(session)&status=cancelled", []),
                ("session_id=\(session)&from=\(BoxOffice.moment(hours: 1))", []),
            ] {
                let found = try await office.ids("\(all)&\(filter)", of: "bookings", token: office.admin)
                #expect(found == expected, "\(filter)")
            }
            let users = try await office.stack.get("\(all)&session_id=\(session)", token: office.admin).json["bookings"]
            #expect(users?.arrayValue?.map { $0["user_id"] } == ["usr_1006", "usr_1005"])
            try await office.stack.get(all, token: office.customer).expectRefusal(403, "forbidden")
        }
    }

    @Test("001: DELETE of a booking made by any user: administrators cancel or refund it, with a reason that is kept")
    func cancelAnyBooking() async throws {
        try await BoxOffice.run { office async throws in
            let place = try await office.place()
            let session = try await office.session(try await office.movie(), #""place_id":"\#(place)""#)
            let (open, sold) = (try await office.book(session), try await office.sell(3, session))
            let reason = #"{"reason":"The projector is broken."}"#
            #expect(try await office.asAdmin("POST", "\(open)/cancel", reason).status == 200)
            #expect(try await office.asAdmin("POST", "\(sold)/refund", reason).status == 200)
            #expect(try await office.counts(of: session)["free"] == 50)
            let trail =
                try await office.stack.get("\(sold)/audit", token: office.admin).json["entries"]?.arrayValue ?? []
            #expect(trail.map { $0["reason"] } == ["The projector is broken."])
            #expect(trail.map { $0["actor_id"] } == ["usr_3"])
            #expect(trail.map { $0["status_before"] } == ["confirmed"])
            #expect(trail.map { $0["status_after"] } == ["cancelled"])
        }
    }

    @Test(
        "001: the status of reservations by day of the week, time slot and movie",
        arguments: ["weekday", "time_slot", "movie", "place", "day"])
    func statusForInsights(grouping: String) async throws {
        try await BoxOffice.run { office async throws in
            let place = try await office.place()
            let session = try await office.session(try await office.movie(), #""place_id":"\#(place)""#)
            _ = try await office.sell(5, session)
            let start = try await office.stack.get("/v1/sessions/\(session)").json["session"]?["starts_at"]?.stringValue
            let moment = try #require(start)
            let target = "/v1/analytics/reservations?group_by=\(grouping)&from=\(moment)&to=\(moment)"
            try await office.eventually {
                let groups = try await office.stack.get(target, token: office.admin).json["groups"]?.arrayValue ?? []
                return groups.contains { $0["seats"] == 5 && $0["confirmed"] == 1 && $0["fill_rate"] == 0.1 }
            }
        }
    }
}
