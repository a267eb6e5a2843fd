import JSON
import TestSupport
import Testing

/// Seed 003, seats online: its user stories up to the purchase.
@Suite struct Seed003Tests {
    @Test("003: search for a movie by keyword, without minding case and accents, down to who plays in it")
    func searchByKeyword() async throws {
        try await BoxOffice.run { office async throws in
            let star = try await office.make("/v1/people", #"{"name":"Zélie Abadie"}"#)
            let movie = try await office.movie(
                "Les Éléphants bleus", more: #","description":"Un cirque à Quimper.","stars":["\#(star)"]"#)
            for word in ["elephant", "%C3%89L%C3%89PHANTS%20BLEUS", "quimp", "zelie", "abadie%20cirque"] {
                #expect(try await office.ids("/v1/movies?q=\(word)", of: "movies") == [movie], "\(word)")
            }
            #expect(try await office.ids("/v1/movies?q=elephant%20rose", of: "movies") == [])
        }
    }

    @Test("003: search movies by city and by the time at which they begin, both in one session")
    func searchByCityAndTime() async throws {
        try await BoxOffice.run { office async throws in
            let (cassis, bandol) = (try await office.place(), try await office.place("L'Autre", city: "Bandol"))
            let (one, two) = (try await office.movie("Un"), try await office.movie("Deux"))
            _ = try await office.session(one, #""place_id":"\#(cassis)""#, hours: 24)
            _ = try await office.session(one, #""place_id":"\#(bandol)""#, hours: 240)
            _ = try await office.session(two, #""place_id":"\#(bandol)""#, hours: 24)
            let soon = "from=\(BoxOffice.moment(hours: 20))&to=\(BoxOffice.moment(hours: 30))"
            #expect(try await office.ids("/v1/movies?city=cassis", of: "movies") == [one])
            #expect(Set(try await office.ids("/v1/movies?city=bandol", of: "movies")) == [one, two])
            #expect(try await office.ids("/v1/movies?city=bandol&\(soon)", of: "movies") == [two])
        }
    }

    @Test("003: see the times for a movie, of which one is selected")
    func times() async throws {
        try await BoxOffice.run { office async throws in
            let (movie, place) = (try await office.movie(), try await office.place())
            let sessions = [
                try await office.session(movie, #""place_id":"\#(place)""#, hours: 24),
                try await office.session(movie, #""place_id":"\#(place)""#, hours: 48),
            ]
            #expect(try await office.ids("/v1/movies/\(movie)/places", of: "places") == [place])
            let target = "/v1/movies/\(movie)/places/\(place)/sessions"
            #expect(try await office.ids(target, of: "sessions") == sessions.reversed())
            let shown = try await office.stack.get("/v1/sessions/\(sessions[0])").json["session"]
            #expect(shown?["movie"]?["id"]?.stringValue == movie)
            #expect(shown?["seats_left"] == 50)
        }
    }

    @Test("003: see the seat map with the seats that are available")
    func seatMap() async throws {
        try await BoxOffice.run { office async throws in
            let room = try await office.seatedRoom(try await office.place())
            let session = try await office.session(try await office.movie(), #""room_id":"\#(room)""#)
            let open = try await office.book(session)
            _ = try await office.stack.post("\(open)/reserve", #"{"seats":3}"#, token: office.customer)
            _ = try await office.sell(2, session)
            let statuses = try await office.seats(of: session).compactMap { $0["status"]?.stringValue }
            #expect(statuses.filter { $0 == "held" }.count == 3)
            #expect(statuses.filter { $0 == "sold" }.count == 2)
            #expect(statuses.filter { $0 == "free" }.count == 3)
            #expect(try await office.counts(of: session) == ["allocation": 8, "free": 3, "held": 3, "sold": 2])
        }
    }

    @Test("003: reserve seats, and be told of success or of the reason for failure")
    func reserve() async throws {
        try await BoxOffice.run { office async throws in
            let room = try await office.seatedRoom(try await office.place())
            let session = try await office.session(try await office.movie(), #""room_id":"\#(room)""#)
            let booking = try await office.book(session)
            let chosen = try await office.stack.post("\(booking)/reserve", #"{"seats":2}"#, token: office.customer)
            let seats = chosen.json["booking"]?["seats"]?.arrayValue ?? []
            #expect(Set(seats.map { $0["row"]?.stringValue }).count == 1)
            #expect(seats.compactMap { $0["number"]?.integerValue } == [2, 3] || seats.count == 2)
            for (wish, status, code) in [
                (#"{"seats":9}"#, 409, "not_enough_seats"), (#"{"seats":0}"#, 422, "seats_out_of_range"),
                (#"{"seat_ids":["sea_1"]}"#, 422, "seat_not_in_room"), ("{}", 422, "seats_missing"),
            ] {
                try await office.stack.post("\(booking)/reserve", wish, token: office.customer)
                    .expectRefusal(status, code)
            }
            #expect(try await office.counts(of: session)["held"] == 2)
        }
    }
}
