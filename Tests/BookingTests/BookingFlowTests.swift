import Auth
import BookingService
import JSON
import Lifecycle
import SQLite
import Telemetry
import TestSupport
import Testing
import TypedID

@Suite struct BookingFlowTests {
    @Test("a booking opens, holds, is confirmed and is listed, each answer with exactly its fields")
    func flow() async throws {
        try await BoxOffice.run { box async throws in
            let opened = try await box.book()
            #expect(opened.status == 201)
            #expect(Answer.names(opened.json["booking"]) == ["id", "session_id", "created_at", "closes_at"])
            #expect(opened.json["booking"]?["session_id"] == .string(BoxOffice.session))
            #expect(opened.json["booking"]?["created_at"] == "2026-11-20T18:30:00.000Z")
            #expect(opened.json["booking"]?["closes_at"] == "2026-11-20T18:31:00.000Z")
            let id = try #require(opened.json["booking"]?["id"]?.stringValue)
            #expect(BookingID(id) != nil)

            let reserved = try await box.reserve(id, 3)
            #expect(reserved.status == 200)
            let fields = ["id", "session_id", "reserved_seats", "created_at", "closes_at"]
            #expect(Answer.names(reserved.json["booking"]) == fields)
            #expect(reserved.json["booking"]?["reserved_seats"] == 3)

            box.service.clock.advance(byMilliseconds: 5_000)
            let confirmed = try await box.confirm(id)
            #expect(confirmed.status == 200)
            #expect(Answer.names(confirmed.json["booking"]) == fields + ["confirmed_at"])
            #expect(confirmed.json["booking"]?["confirmed_at"] == "2026-11-20T18:30:05.000Z")

            let listed = try await box.list().json["bookings"]?.arrayValue?.first
            #expect(
                Answer.names(listed) == fields + ["confirmed_at", "cancelled_at", "status", "movie", "place"])
            #expect(listed?["status"] == "confirmed" && listed?["cancelled_at"] == .null)
            #expect(listed?["movie"] == ["id": "mov_1", "title": "Nosferatu"])
            #expect(listed?["place"] == ["id": "plc_1", "name": "Le Rex"])
        }
    }

    @Test("a cancelled booking keeps its number, and its seats are free at once")
    func cancelled() async throws {
        try await BoxOffice.run(allocation: 4) { box async throws in
            let first = try await box.open()
            _ = try await box.reserve(first, 4)
            let second = try await box.open("usr_2")
            #expect(try await box.reserve(second, 1, "usr_2").codes == ["not_enough_seats"])
            let cancelled = try await box.cancel(first)
            #expect(cancelled.status == 200)
            #expect(
                Answer.names(cancelled.json["booking"]) == [
                    "id", "session_id", "reserved_seats", "created_at", "closes_at", "confirmed_at", "cancelled_at",
                ])
            #expect(cancelled.json["booking"]?["reserved_seats"] == 4)
            #expect(cancelled.json["booking"]?["confirmed_at"] == .null)
            #expect(try await box.reserve(second, 4, "usr_2").status == 200)
        }
    }

    @Test("fewer seats free the difference, more than there are leave the booking as it was")
    func changing() async throws {
        try await BoxOffice.run(allocation: 5) { box async throws in
            let first = try await box.open()
            let second = try await box.open("usr_2")
            #expect(try await box.reserve(first, 4).status == 200)
            #expect(try await box.reserve(second, 2, "usr_2").status == 409)
            #expect(try await box.reserve(first, 6).codes == ["not_enough_seats"])
            #expect(try await box.reserve(first, 5).status == 200)
            #expect(try await box.reserve(first, 3).json["booking"]?["reserved_seats"] == 3)
            #expect(try await box.reserve(second, 2, "usr_2").status == 200)
            #expect(try await box.reserve(first, 4).status == 409)
            #expect(try await box.confirm(first).json["booking"]?["reserved_seats"] == 3)
        }
    }

    @Test("an expired booking is untouchable from its last millisecond on, and its seats are free in that one")
    func expiry() async throws {
        try await BoxOffice.run(allocation: 5) { box async throws in
            let first = try await box.open()
            _ = try await box.reserve(first, 5)
            let second = try await box.open("usr_2")
            box.service.clock.advance(byMilliseconds: 1)
            let late = try await box.open("usr_3")
            box.service.clock.advance(byMilliseconds: 59_998)
            #expect(try await box.reserve(second, 1, "usr_2").codes == ["not_enough_seats"], "one millisecond early")
            box.service.clock.advance(byMilliseconds: 1)
            #expect(try await box.reserve(late, 5, "usr_3").status == 200, "in the very millisecond")
            for answer in [try await box.reserve(first, 1), try await box.confirm(first), try await box.cancel(first)] {
                #expect(answer.status == 409 && answer.codes == ["booking_expired"])
            }
            #expect(try await box.confirm(second, "usr_2").codes == ["booking_expired"])
            let listed = try await box.list().json["bookings"]?.arrayValue?.first
            #expect(listed?["status"] == "expired" && listed?["reserved_seats"] == 5)
            box.service.clock.advance(byMilliseconds: -30_000)
            #expect(
                try await box.confirm(first).codes == ["booking_expired"], "a clock that steps back revives nothing")
        }
    }

    @Test(
        "nobody is told that a booking has expired before that is written, so it stays so when the clock steps back",
        arguments: ["/{id}", "", "?scope=all", "?scope=all&status=expired&user_id=usr_1"])
    func toldOnceWritten(target: String) async throws {
        let log = Logger(service: "booking", write: { _ in })
        try await BoxOffice.run(log: log) { box async throws in
            let id = try await box.open()
            _ = try await box.reserve(id, 2)
            let (service, before) = (box.service, box.service.clock.now)
            func ask(_ target: String) async throws -> Answer {
                try await service.get(
                    "/v1/bookings" + target.replacing("{id}", with: id),
                    token: service.token("usr_1", target.hasPrefix("?") ? .admin : .customer))
            }
            let database = service.running.context.database
            try await database.write { transaction in
                try transaction.execute(
                    """
                    CREATE TRIGGER nothing_is_noted BEFORE UPDATE OF expired_at ON bookings
                    BEGIN SELECT RAISE(ABORT, 'not now'); END
                    """)
            }
            service.clock.advance(byMilliseconds: 60_000)
            #expect(try await ask(target).status == 500)
            service.clock.now = before
            #expect(try await ask("/{id}").json["booking"]?["status"] == "open", "nobody was told otherwise")

            try await database.write { try $0.execute("DROP TRIGGER nothing_is_noted") }
            service.clock.advance(byMilliseconds: 60_000)
            let shown = try await ask(target)
            let booking = shown.json["booking"] ?? shown.json["bookings"]?.arrayValue?.first
            #expect(shown.status == 200 && booking?["id"] == .string(id) && booking?["status"] == "expired")
            service.clock.now = before
            #expect(try await ask("/{id}").json["booking"]?["status"] == "expired")
            #expect(try await box.confirm(id).codes == ["booking_expired"])
        }
    }

    @Test("the hold time is a setting")
    func holdSeconds() async throws {
        try await BoxOffice.run(settings: ["HOLD_SECONDS": "7"]) { box async throws in
            #expect(try await box.book().json["booking"]?["closes_at"] == "2026-11-20T18:30:07.000Z")
        }
    }

    @Test("what is confirmed or cancelled stays so, and nothing is confirmed without seats")
    func settled() async throws {
        try await BoxOffice.run { box async throws in
            let confirmed = try await box.open()
            #expect(try await box.confirm(confirmed).codes == ["no_seats_reserved"])
            _ = try await box.reserve(confirmed, 1)
            _ = try await box.confirm(confirmed)
            let cancelled = try await box.open()
            _ = try await box.cancel(cancelled)
            for (id, code) in [(confirmed, "booking_confirmed"), (cancelled, "booking_cancelled")] {
                for answer in [try await box.reserve(id, 2), try await box.confirm(id), try await box.cancel(id)] {
                    #expect(answer.status == 409 && answer.codes == [code])
                }
            }
        }
    }

    @Test("no session is booked from the moment it begins; what was opened before may be finished")
    func started() async throws {
        try await BoxOffice.run(startsInMilliseconds: 10_000) { box async throws in
            let id = try await box.open()
            box.service.clock.advance(byMilliseconds: 10_000)
            #expect(try await box.book().codes == ["session_started"])
            #expect(try await box.reserve(id, 1).status == 200)
            #expect(try await box.confirm(id).status == 200)
        }
    }

    @Test("another's booking and an unknown one are the same 404; staff may look, not touch")
    func ownership() async throws {
        try await BoxOffice.run { box async throws in
            let id = try await box.open("usr_1")
            for target in [id, "bkg_123", "bkg_0", "ses_1", "x", "bkg_99999999999999999999"] {
                let answers = [
                    try await box.reserve(target, 1, "usr_2"), try await box.confirm(target, "usr_2"),
                    try await box.cancel(target, "usr_2"),
                    try await box.service.get("/v1/bookings/\(target)", token: box.service.token("usr_2")),
                ]
                for answer in answers { #expect(answer.status == 404 && answer.codes == ["booking_not_found"]) }
            }
            #expect(try await box.service.get("/v1/bookings/\(id)", token: box.service.token("usr_1")).status == 200)
            let staff = box.service.token("usr_9", .staff)
            #expect(try await box.service.get("/v1/bookings/\(id)", token: staff).json["booking"]?["id"] == .string(id))
            #expect(try await box.service.post("/v1/bookings/\(id)/cancel", token: staff).status == 404)
        }
    }

    @Test(
        "a count of seats must be a whole number of one or more; one that no room has is not left",
        arguments: [
            ("{}", 422, "seats_missing"), (#"{"seats":null}"#, 422, "seats_missing"),
            (#"{"seats":0}"#, 422, "seats_out_of_range"), (#"{"seats":-1}"#, 422, "seats_out_of_range"),
            (#"{"seats":2.5}"#, 422, "seats_invalid"), (#"{"seats":"2"}"#, 422, "seats_invalid"),
            (#"{"seats":true}"#, 422, "seats_invalid"), (#"{"seats":[2]}"#, 422, "seats_invalid"),
            (#"{"seats":1e400}"#, 422, "seats_out_of_range"),
            (#"{"seats":9223372036854775808}"#, 422, "seats_out_of_range"),
            (#"{"seats":9007199254740991}"#, 409, "not_enough_seats"), (#"{"seats":11}"#, 409, "not_enough_seats"),
            (#"{"seats":2.0}"#, 200, nil), (#"{"seats":1,"seats":2}"#, 200, nil), (#"{"seats":2,"more":[]}"#, 200, nil),
        ] as [(String, Int, String?)])
    func counts(body: String, status: Int, code: String?) async throws {
        try await BoxOffice.run { box async throws in
            let id = try await box.open()
            let answer = try await box.service.post(
                "/v1/bookings/\(id)/reserve", body, token: box.service.token())
            #expect(answer.status == status && answer.codes == (code.map { [$0] } ?? []))
            if status == 200 { #expect(answer.json["booking"]?["reserved_seats"] == 2) }
            if code == "seats_out_of_range" {
                let message = answer.json["errors"]?.arrayValue?[0]["message"]?.stringValue ?? ""
                let isMany = body.contains("e400") || body.contains("922337")
                let rule = isMany ? "from 1 to 9007199254740991" : "1 or more"
                #expect(message == "The seats must be \(rule).")
            }
        }
    }
}
