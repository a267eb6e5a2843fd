import JSON
import TestSupport
import Testing

/// Seed 001, the theatre's booking system: what its users do.
@Suite struct Seed001UserTests {
    @Test("001: POST /auth/register and /auth/login: a user makes an account and signs in")
    func account() async throws {
        try await BoxOffice.run { office async throws in
            let me = #"{"email":"lou@example.com","password":"correct horse battery"}"#
            #expect(try await office.stack.post("/v1/auth/signup", me).status == 201)
            let token = try await office.stack.post("/v1/auth/signin", me).json["token"]?.stringValue
            let shown = try await office.stack.get("/v1/auth/me", token: token).json["user"]
            #expect(shown?["email"] == "lou@example.com")
            #expect(shown?["role"] == "customer")
        }
    }

    @Test("001: GET /movies: all movies")
    func movies() async throws {
        try await BoxOffice.run { office async throws in
            let movie = try await office.movie()
            #expect(try await office.ids("/v1/movies?limit=100", of: "movies").contains(movie))
        }
    }

    @Test("001: GET /movies/:id: all of a movie's metadata and its sessions")
    func movie() async throws {
        try await BoxOffice.run { office async throws in
            let (movie, place) = (try await office.movie(), try await office.place())
            let session = try await office.session(movie, #""place_id":"\#(place)""#)
            let shown = try await office.stack.get("/v1/movies/\(movie)?expand=credits,ratings,sessions").json["movie"]
            #expect(shown?["title"] == "La Course")
            #expect(shown?["sessions"]?.arrayValue?.map { $0["id"]?.stringValue } == [session])
            #expect(shown?["sessions"]?.arrayValue?.first?["place"]?["id"]?.stringValue == place)
        }
    }

    @Test("001: POST /bookings with seat ids: users book the seats that they choose")
    func chooseSeats() async throws {
        try await BoxOffice.run { office async throws in
            let room = try await office.seatedRoom(try await office.place())
            let session = try await office.session(try await office.movie(), #""room_id":"\#(room)""#)
            let seats = try await office.seats(of: session).compactMap { $0["id"]?.stringValue }
            let wish = #"{"seat_ids":["\#(seats[1])","\#(seats[2])"]}"#
            let booking = try await office.book(session)
            let reserved = try await office.stack.post("\(booking)/reserve", wish, token: office.customer)
            #expect(
                reserved.json["booking"]?["seats"]?.arrayValue?.map { $0["id"]?.stringValue } == [seats[1], seats[2]])
            #expect(try await office.stack.post("\(booking)/confirm", token: office.customer).status == 200)
            let other = office.stack.token(user: 1_002)
            let late = try await office.book(session, token: other)
            try await office.stack.post("\(late)/reserve", wish, token: other).expectRefusal(409, "seat_taken")
            #expect(
                try await office.seats(of: session).map { $0["status"] } == [
                    "free", "sold", "sold", "free", "free", "free", "free", "free",
                ])
        }
    }

    @Test("001: GET /bookings: users check their reservations, each with its movie and its place")
    func reservations() async throws {
        try await BoxOffice.run { office async throws in
            let place = try await office.place()
            let session = try await office.session(try await office.movie(), #""place_id":"\#(place)""#)
            let booking = office.id(try await office.sell(2, session))
            let list = try await office.stack.get("/v1/bookings", token: office.customer)
                .expect(200, .page("bookings", of: .listedBooking))
            let mine = list["bookings"]?.arrayValue?.first
            #expect(mine?["id"]?.stringValue == booking)
            #expect(mine?["movie"]?["title"] == "La Course")
            #expect(mine?["place"]?["name"] == "Le Petit Écran")
        }
    }

    @Test("001: users edit their reservations: more seats, fewer, others")
    func edit() async throws {
        try await BoxOffice.run { office async throws in
            let room = try await office.seatedRoom(try await office.place())
            let session = try await office.session(try await office.movie(), #""room_id":"\#(room)""#)
            let seats = try await office.seats(of: session).compactMap { $0["id"]?.stringValue }
            let booking = try await office.book(session)
            for (wish, count) in [
                (#"{"seats":2}"#, 2), (#"{"seats":5}"#, 5), (#"{"seats":1}"#, 1),
                (#"{"seat_ids":["\#(seats[7])","\#(seats[0])"]}"#, 2),
            ] as [(String, Int64)] {
                let answer = try await office.stack.post("\(booking)/reserve", wish, token: office.customer)
                #expect(answer.json["booking"]?["reserved_seats"] == .integer(count))
                #expect(try await office.counts(of: session)["held"] == count)
            }
            let held = try await office.seats(of: session).filter { $0["status"] == "held" }
            #expect(Set(held.compactMap { $0["id"]?.stringValue }) == [seats[0], seats[7]])
        }
    }

    @Test("001: DELETE /bookings/:id: users cancel their own bookings, and nobody else's")
    func cancel() async throws {
        try await BoxOffice.run { office async throws in
            let place = try await office.place()
            let session = try await office.session(try await office.movie(), #""place_id":"\#(place)""#)
            let booking = try await office.book(session)
            try await office.stack.post("\(booking)/cancel", token: office.stack.token(user: 1_002))
                .expectRefusal(404, "booking_not_found")
            #expect(try await office.stack.post("\(booking)/cancel", token: office.customer).status == 200)
            let list = try await office.stack.get("/v1/bookings", token: office.customer).json["bookings"]
            #expect(list?.arrayValue?.first?["status"] == "cancelled")
        }
    }
}
