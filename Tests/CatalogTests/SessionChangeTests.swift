import CatalogService
import HTTPServer
import JSON
import SQLite
import TestSupport
import Testing

/// What booking decides: a session's terms and its end, over a neighbour that answers by script.
@Suite struct SessionChangeTests {
    private static let agreed = HTTPResponse.json(200, #"{"session":{"id":"ses_1","allocation":50,"free":50}}"#)

    private static func agreed(_ allocation: Int, free: Int, upTo sequence: Int) -> HTTPResponse {
        .json(
            200,
            """
            {"session":{"id":"ses_1","allocation":\(allocation),"free":\(free),"as_of":"2026-11-20T18:30:00.000Z",
            "sequence":\(sequence)}}
            """)
    }

    private static let away = HTTPResponse.json(503, #"{"errors":[{"code":"service_unavailable","message":"No."}]}"#)

    private static func refusal(_ code: String) -> HTTPResponse {
        .json(409, #"{"errors":[{"code":"\#(code)","message":"60 seats are reserved or sold already."}]}"#)
    }

    /// A cinema with the session 1, and booking as it answers.
    private func run(
        _ answer: HTTPResponse, path: String? = nil, _ body: (Cinema, Neighbour) async throws -> Void
    ) async throws {
        let booking = try Neighbour { _ in answer }
        let service = try await ServiceUnderTest(
            CatalogService.self, databasePath: path, settings: ["BOOKING_URL": booking.url])
        let cinema = Cinema(service: service)
        do {
            if path == nil {
                try await cinema.add(movies: 1...1)
                try await cinema.add(place: 1)
                try await cinema.add(session: 1, at: "2026-12-01T20:00:00Z")
            }
            try await body(cinema, booking)
        } catch {
            await service.stop()
            await booking.stop()
            throw error
        }
        await service.stop()
        await booking.stop()
    }

    private func pending(_ cinema: Cinema) throws -> Int64? {
        try cinema.read { try $0.first("SELECT count(*) FROM session_changes") { try $0.int(0) } }
    }

    @Test("an allocation and a start change once booking has agreed, and what is not named stays")
    func change() async throws {
        try await run(Self.agreed) { cinema, booking async throws in
            let same = try await cinema.asAdmin("PATCH", "/v1/sessions/ses_1", #"{"allocation":100,"rating":1}"#)
            #expect(same.status == 200 && booking.targets.isEmpty)
            let lower = try await cinema.asAdmin("PATCH", "/v1/sessions/ses_1", #"{"allocation":50}"#)
            #expect(lower.status == 200 && lower.json["session"]?["allocation"] == 50)
            #expect(lower.json["session"]?["starts_at"] == "2026-12-01T20:00:00.000Z")
            #expect(booking.targets == ["/internal/v1/sessions/ses_1"])
            let both = try await cinema.asAdmin(
                "PATCH", "/v1/sessions/ses_1", #"{"allocation":null,"starts_at":"2026-12-01T20:30:00Z"}"#)
            #expect(both.json["session"]?["allocation"] == 120)
            #expect(both.json["session"]?["starts_at"] == "2026-12-01T20:30:00.000Z")
            #expect(try await cinema.get("/v1/sessions/ses_1").json == both.json)
            #expect(try pending(cinema) == 0)
        }
    }

    @Test("what is left follows a change at once, and news that are older than booking's answer do not undo it")
    func seatsLeft() async throws {
        try await run(Self.agreed(50, free: 40, upTo: 7)) { cinema, booking async throws in
            func left() async throws -> JSONValue? {
                try await cinema.get("/v1/sessions/ses_1").json["session"]?["seats_left"]
            }
            _ = try await cinema.tell([(5, 1, 91)])
            let lower = try await cinema.asAdmin("PATCH", "/v1/sessions/ses_1", #"{"allocation":50}"#)
            #expect(lower.json["session"]?["seats_left"] == 40)
            #expect(lower.json["session"]?["seats_left_as_of"] == "2026-11-20T18:30:00.000Z")
            #expect(try await cinema.tell(after: 5, [(6, 1, 90), (7, 1, 40)]).json == ["sequence": 7])
            #expect(try await left() == 40)
            #expect(try await cinema.tell(after: 7, [(9, 1, 38)]).json == ["sequence": 9])
            #expect(try await left() == 38)
            // Told in the meantime what came after the answer.
            booking.answer { _ in Self.agreed(60, free: 50, upTo: 8) }
            _ = try await cinema.asAdmin("PATCH", "/v1/sessions/ses_1", #"{"allocation":60}"#)
            #expect(try await left() == 38)
            // A booking that is a release behind does not say: never more than are on sale.
            booking.answer { _ in Self.agreed }
            _ = try await cinema.asAdmin("PATCH", "/v1/sessions/ses_1", #"{"allocation":20}"#)
            #expect(try await left() == 20)
        }
    }

    @Test(
        "what cannot be is refused before booking is asked",
        arguments: [
            (#"{"allocation":121}"#, 422, "allocation_above_capacity"),
            (#"{"allocation":0}"#, 422, "allocation_out_of_range"),
            (#"{"starts_at":null}"#, 422, "starts_at_missing"),
            (#"{"starts_at":"2026-11-20T18:30:00Z"}"#, 422, "starts_at_past"),
            (#"{"starts_at":"2026-12-02T20:00:00Z"}"#, 409, "session_overlaps"),
        ])
    func faults(body: String, status: Int, code: String) async throws {
        try await run(Self.agreed) { cinema, booking async throws in
            try await cinema.add(session: 2, at: "2026-12-02T21:00:00Z")
            let before = try await cinema.get("/v1/sessions/ses_1").json
            let answer = try await cinema.asAdmin("PATCH", "/v1/sessions/ses_1", body)
            #expect(answer.status == status && answer.codes == [code])
            #expect(try await cinema.get("/v1/sessions/ses_1").json == before && booking.targets.isEmpty)
        }
    }

    @Test("what booking refuses is refused in its words, and nothing is left of it")
    func refused() async throws {
        try await run(Self.refusal("allocation_below_reserved")) { cinema, booking async throws in
            let lower = try await cinema.asAdmin("PATCH", "/v1/sessions/ses_1", #"{"allocation":50}"#)
            #expect(lower.status == 409 && lower.codes == ["allocation_below_reserved"])
            let message = lower.json["errors"]?.arrayValue?.first?["message"]
            #expect(message == "60 seats are reserved or sold already.")
            booking.answer { _ in Self.refusal("session_has_bookings") }
            let gone = try await cinema.asAdmin("DELETE", "/v1/sessions/ses_1")
            #expect(gone.status == 409 && gone.codes == ["session_has_bookings"])
            #expect(try await cinema.get("/v1/sessions/ses_1").json["session"]?["allocation"] == 100)
            #expect(try pending(cinema) == 0)
        }
    }

    @Test("an empty session is closed, then gone")
    func delete() async throws {
        try await run(HTTPResponse(status: 204)) { cinema, booking async throws in
            let gone = try await cinema.asAdmin("DELETE", "/v1/sessions/ses_1")
            #expect(gone.status == 204 && booking.targets == ["/internal/v1/sessions/ses_1"])
            #expect(try await cinema.get("/v1/sessions/ses_1").status == 404)
            #expect(try await cinema.get("/v1/movies/mov_1").json["movie"]?["airing_dates"]?["from"] == .null)
            #expect(try pending(cinema) == 0)
            #expect(try await cinema.asAdmin("DELETE", "/v1/sessions/ses_1").status == 404)
        }
    }

    @Test("a session that booking has closed cannot be changed any more: it goes")
    func closed() async throws {
        let closed = HTTPResponse.json(404, #"{"errors":[{"code":"session_not_found","message":"No."}]}"#)
        try await run(closed) { cinema, _ async throws in
            let answer = try await cinema.asAdmin("PATCH", "/v1/sessions/ses_1", #"{"allocation":50}"#)
            #expect(answer.status == 404 && answer.codes == ["session_not_found"])
            #expect(try await cinema.get("/v1/sessions/ses_1").status == 404)
        }
    }

    @Test("without an answer of booking's nothing is known, and the next attempt finishes what was begun")
    func away() async throws {
        try await run(Self.away) { cinema, booking async throws in
            let answer = try await cinema.asAdmin("PATCH", "/v1/sessions/ses_1", #"{"allocation":50}"#)
            #expect(answer.status == 503 && answer.codes == ["service_unavailable"])
            #expect(answer.header("retry-after") != nil)
            #expect(try pending(cinema) == 1)
            booking.answer { _ in Self.agreed }
            await eventually { (try? self.pending(cinema)) == 0 }
            #expect(try await cinema.get("/v1/sessions/ses_1").json["session"]?["allocation"] == 50)
        }
    }

    @Test("a time that a session is about to be moved to is taken")
    func reserved() async throws {
        try await run(Self.away) { cinema, _ async throws in
            let move = #"{"starts_at":"2026-12-03T20:00:00Z"}"#
            #expect(try await cinema.asAdmin("PATCH", "/v1/sessions/ses_1", move).status == 503)
            let other = #"{"movie_id":"mov_1","room_id":"rom_1","starts_at":"2026-12-03T21:00:00Z"}"#
            #expect(try await cinema.asAdmin("POST", "/v1/sessions", other).codes == ["session_overlaps"])
        }
    }

    @Test(
        "what a crash left between asking booking and writing is finished at the next start", arguments: [true, false])
    func crash(deleting: Bool) async throws {
        var path = ""
        try await run(Self.away) { cinema, _ async throws in
            let (method, body) = deleting ? ("DELETE", nil) : ("PATCH", #"{"starts_at":"2026-12-03T20:00:00Z"}"#)
            #expect(try await cinema.asAdmin(method, "/v1/sessions/ses_1", body).status == 503)
            path = cinema.service.databasePath
        }
        try await run(deleting ? HTTPResponse(status: 204) : Self.agreed, path: path) { cinema, _ async throws in
            await eventually { (try? self.pending(cinema)) == 0 }
            let session = try await cinema.get("/v1/sessions/ses_1")
            #expect(session.status == (deleting ? 404 : 200))
            #expect(deleting || session.json["session"]?["starts_at"] == "2026-12-03T20:00:00.000Z")
        }
    }
}
