import JSON
import TestSupport
import Testing
import Time

/// Seed 002, the commission, row by row: accounts and bookings.
@Suite struct Seed002BookingTests {
    @Test("002: creating an account")
    func signUp() async throws {
        try await BoxOffice.run { office async throws in
            let me = #"{"email":"nour@example.com","password":"correct horse battery"}"#
            try await office.stack.post("/v1/auth/signup", me).expect(
                201, .object(["user": .object(["id": .id("usr"), "email": .text, "created_at": .moment])]))
            try await office.stack.post("/v1/auth/signup", me).expectRefusal(409, "email_taken")
        }
    }

    @Test("002: authentication")
    func signIn() async throws {
        try await BoxOffice.run { office async throws in
            let me = #"{"email":"customer@marquee.example","password":"let-me-in-please"}"#
            let token = try await office.stack.post("/v1/auth/signin", me).expect(200, .object(["token": .text]))
            let mine = try await office.stack.get("/v1/bookings", token: token["token"]?.stringValue)
            #expect(mine.status == 200)
            try await office.stack.post("/v1/auth/signin", #"{"email":"customer@marquee.example","password":"x"}"#)
                .expectRefusal(401, "invalid_credentials")
        }
    }

    private func session(_ office: BoxOffice, capacity: Int = 50) async throws -> String {
        let place = try await office.place(capacity: capacity)
        return try await office.session(try await office.movie(), #""place_id":"\#(place)""#)
    }

    @Test("002: book a session: it is open for a minute")
    func book() async throws {
        try await BoxOffice.run { office async throws in
            let session = try await session(office)
            let opened = try await office.stack.post("/v1/sessions/\(session)/book", token: office.customer)
                .expect(201, .booking([:]))
            let moments = ["created_at", "closes_at"].compactMap { name in
                opened["booking"]?[name]?.stringValue.flatMap(Timestamp.init(rfc3339:))?.rawValue
            }
            #expect(moments.count == 2 && moments[1] - moments[0] == 60_000)
            try await office.stack.post("/v1/sessions/\(session)/book").expectRefusal(401, "token_missing")
        }
    }

    @Test("002: reserve seats from a booking: more, fewer, never more than there are")
    func reserve() async throws {
        try await BoxOffice.run { office async throws in
            let session = try await session(office, capacity: 10)
            let booking = try await office.book(session)
            for seats in [6, 10, 4] as [Int64] {
                let answer = try await office.stack.post(
                    "\(booking)/reserve", #"{"seats":\#(seats)}"#, token: office.customer
                ).expect(200, .booking(["reserved_seats": .integer]))
                #expect(answer["booking"]?["reserved_seats"] == .integer(seats))
                #expect(try await office.counts(of: session)["free"] == 10 - seats)
            }
            try await office.stack.post("\(booking)/reserve", #"{"seats":11}"#, token: office.customer)
                .expectRefusal(409, "not_enough_seats")
            #expect(try await office.counts(of: session)["held"] == 4)
        }
    }

    @Test("002: confirm a booking: never without seats, and then it can not be touched")
    func confirm() async throws {
        try await BoxOffice.run { office async throws in
            let booking = try await office.book(try await session(office))
            try await office.stack.post("\(booking)/confirm", token: office.customer)
                .expectRefusal(409, "no_seats_reserved")
            _ = try await office.stack.post("\(booking)/reserve", #"{"seats":2}"#, token: office.customer)
            try await office.stack.post("\(booking)/confirm", token: office.customer)
                .expect(200, .booking(["reserved_seats": .integer, "confirmed_at": .moment]))
            for (verb, body) in [("reserve", #"{"seats":1}"#), ("confirm", "{}"), ("cancel", "{}")] {
                try await office.stack.post("\(booking)/\(verb)", body, token: office.customer)
                    .expectRefusal(409, "booking_confirmed")
            }
        }
    }

    @Test("002: once a booking is expired, it can not be touched any more, and its seats are free")
    func expire() async throws {
        try await BoxOffice.run(holdSeconds: 1) { office async throws in
            let session = try await session(office)
            let booking = try await office.book(session)
            _ = try await office.stack.post("\(booking)/reserve", #"{"seats":2}"#, token: office.customer)
            try await office.eventually { try await office.counts(of: session)["free"] == 50 }
            for (verb, body) in [("reserve", #"{"seats":1}"#), ("confirm", "{}"), ("cancel", "{}")] {
                try await office.stack.post("\(booking)/\(verb)", body, token: office.customer)
                    .expectRefusal(409, "booking_expired")
            }
        }
    }

    @Test("002: list my bookings, each with its movie and its place")
    func list() async throws {
        try await BoxOffice.run { office async throws in
            _ = try await office.sell(2, try await session(office))
            let list = try await office.stack.get("/v1/bookings", token: office.customer)
                .expect(200, .page("bookings", of: .listedBooking))
            #expect(list["bookings"]?.arrayValue?.count == 1)
        }
    }

    @Test("002: cancel a booking, unless it is confirmed or expired")
    func cancel() async throws {
        try await BoxOffice.run { office async throws in
            let session = try await session(office)
            let booking = try await office.book(session)
            _ = try await office.stack.post("\(booking)/reserve", #"{"seats":2}"#, token: office.customer)
            try await office.stack.post("\(booking)/cancel", token: office.customer).expect(
                200, .booking(["reserved_seats": .integer, "confirmed_at": .orNull(.moment), "cancelled_at": .moment]))
            #expect(try await office.counts(of: session)["free"] == 50)
            let sold = try await office.sell(1, session)
            try await office.stack.post("\(sold)/cancel", token: office.customer)
                .expectRefusal(409, "booking_confirmed")
        }
    }
}
