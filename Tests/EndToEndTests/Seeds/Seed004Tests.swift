import JSON
import Synchronization
import TestSupport
import Testing

/// Seed 004, the robust booking API: its challenges and its endpoints.
@Suite struct Seed004Tests {
    @Test("004: concurrency: fifty clients want the same seat at once, and one gets it")
    func sameSeat() async throws {
        try await BoxOffice.run { office async throws in
            let room = try await office.seatedRoom(try await office.place())
            let session = try await office.session(try await office.movie(), #""room_id":"\#(room)""#)
            let seat = try #require(try await office.seats(of: session).first?["id"]?.stringValue)
            let tokens = (0..<50).map { office.stack.token(user: 2_000 + $0) }
            let won = Mutex(0)
            let told = Mutex(0)
            await Threads.run(tokens.count) { index in
                let (connection, token) = (office.stack.connection(), tokens[index])
                let opened = try? connection.decide("/v1/sessions/\(session)/book", token: token, key: "book") { _ in }
                let booking = opened?.json["booking"]?["id"]?.stringValue ?? ""
                let wish = #"{"seat_ids":["\#(seat)"]}"#
                let answer = try? connection.decide(
                    "/v1/bookings/\(booking)/reserve", token: token, key: "reserve", body: wish
                ) { _ in }
                if answer?.status == 200 { won.withLock { $0 += 1 } }
                if answer?.codes == ["seat_taken"] { told.withLock { $0 += 1 } }
            }
            #expect(won.withLock { $0 } == 1)
            #expect(told.withLock { $0 } == tokens.count - 1)
        }
    }

    @Test("004: idempotency: a request repeated under its Idempotency-Key books once")
    func idempotency() async throws {
        try await BoxOffice.run { office async throws in
            let place = try await office.place()
            let session = try await office.session(try await office.movie(), #""place_id":"\#(place)""#)
            let key = [("Idempotency-Key", "order-1")]
            let answers = [
                try await office.stack.post("/v1/sessions/\(session)/book", token: office.customer, headers: key),
                try await office.stack.post("/v1/sessions/\(session)/book", token: office.customer, headers: key),
            ]
            #expect(answers.map(\.status) == [201, 201])
            #expect(answers[0].body == answers[1].body)
            #expect(answers.map { $0.header("idempotent-replayed") } == [nil, "true"])
            #expect(try await office.ids("/v1/bookings", of: "bookings", token: office.customer).count == 1)
        }
    }

    @Test("004: GET /movies: all movies that are available")
    func available() async throws {
        try await BoxOffice.run { office async throws in
            let (movie, place) = (try await office.movie(), try await office.place())
            _ = try await office.session(movie, #""place_id":"\#(place)""#)
            #expect(try await office.ids("/v1/movies?bookable=true&limit=100", of: "movies").contains(movie))
        }
    }

    @Test("004: GET /shows: all shows, with their movie and theatre")
    func shows() async throws {
        try await BoxOffice.run { office async throws in
            let (movie, place) = (try await office.movie(), try await office.place())
            let session = try await office.session(movie, #""place_id":"\#(place)""#)
            let list = try await office.stack.get("/v1/sessions?place_id=\(place)").json["sessions"]?.arrayValue ?? []
            #expect(list.map { $0["id"]?.stringValue } == [session])
            #expect(list.first?["movie"] == ["id": .string(movie), "title": "La Course"])
            #expect(list.first?["place"] == ["id": .string(place), "name": "Le Petit Écran"])
        }
    }

    @Test("004: GET /shows/:id/seats: all seats of a show and their status")
    func seats() async throws {
        try await BoxOffice.run { office async throws in
            let room = try await office.seatedRoom(try await office.place())
            let session = try await office.session(try await office.movie(), #""room_id":"\#(room)""#)
            _ = try await office.sell(1, session)
            let seats = try await office.seats(of: session)
            #expect(seats.count == 8)
            #expect(seats.filter { $0["status"] == "sold" }.count == 1)
        }
    }
}
