import BookingService
import JSON
import TestSupport
import Testing
import Time

@Suite struct TermsTests {
    private func terms(_ box: BoxOffice, _ allocation: Int, startsAt: String? = nil) async throws -> Answer {
        let starts = startsAt ?? box.service.clock.now.advanced(byMilliseconds: 3_600_000).rfc3339
        return try await box.service.sendInternal(
            "PUT", "/internal/v1/sessions/\(BoxOffice.session)",
            body: """
                {"session":{"id":"\(BoxOffice.session)","starts_at":"\(starts)","allocation":\(allocation),
                "movie":{"id":"mov_1","title":"Nosferatu"},"place":{"id":"plc_1","name":"Le Rex"},
                "room":{"id":"rom_1","name":"1","capacity":100,"seated":false}}}
                """)
    }

    private func close(_ box: BoxOffice) async throws -> Answer {
        try await box.service.sendInternal("DELETE", "/internal/v1/sessions/\(BoxOffice.session)")
    }

    @Test("an allocation goes up, and down to what is taken, never below")
    func allocation() async throws {
        try await BoxOffice.run(allocation: 10) { box async throws in
            let sold = try await box.open()
            _ = try await box.reserve(sold, 3)
            _ = try await box.confirm(sold)
            _ = try await box.reserve(try await box.open("usr_2"), 2, "usr_2")
            let below = try await terms(box, 4)
            #expect(below.status == 409 && below.codes == ["allocation_below_reserved"])
            #expect(String(decoding: below.body, as: UTF8.self).contains("5 seats"))
            #expect(try await terms(box, 5).json["session"]?["free"] == 0)
            #expect(try await box.reserve(try await box.open("usr_3"), 1, "usr_3").codes == ["not_enough_seats"])
            box.service.clock.advance(byMilliseconds: 60_000)
            let starts = box.service.clock.now.advanced(byMilliseconds: 3_540_000).rfc3339
            #expect(try await terms(box, 3, startsAt: starts).status == 200, "the hold has lapsed")
            #expect(try await terms(box, 20, startsAt: starts).json["session"]?["free"] == 17)
        }
    }

    @Test("the answer to other terms counts up to an event, and says since when")
    func order() async throws {
        try await BoxOffice.run(allocation: 10) { box async throws in
            #expect(try await terms(box, 10).json["session"]?["sequence"] == 0, "nothing has happened")
            let id = try await box.open()
            _ = try await box.reserve(id, 3)
            let now = JSONValue.string(box.service.clock.now.rfc3339)
            for _ in 0..<2 {
                #expect(
                    try await terms(box, 8).json["session"] == [
                        "id": .string(BoxOffice.session), "allocation": 8, "free": 5, "as_of": now, "sequence": 3,
                    ])
            }
            await eventually { box.follower.taken.count >= 3 }
            #expect(box.follower.taken.last?["sequence"] == 3 && box.follower.types.last == "session.changed")
        }
    }

    @Test("a session that was never met is taken over at the terms it comes with")
    func unmet() async throws {
        try await BoxOffice.run(allocation: 10) { box async throws in
            #expect(try await terms(box, 2).status == 200)
            let id = try await box.open()
            #expect(try await box.reserve(id, 3).codes == ["not_enough_seats"], "not the ten that catalog still says")
            #expect(box.asked.isEmpty)
        }
    }

    @Test("a session moves while nobody has a booking, and not after")
    func moving() async throws {
        try await BoxOffice.run(allocation: 10) { box async throws in
            #expect(try await terms(box, 10).status == 200)
            let later = box.service.clock.now.advanced(byMilliseconds: 9_000_000).rfc3339
            #expect(try await terms(box, 10, startsAt: later).status == 200)
            let id = try await box.open()
            #expect(try await terms(box, 10).codes == ["session_has_bookings"])
            _ = try await box.cancel(id)
            #expect(try await terms(box, 10).status == 200)
        }
    }

    @Test("a session closes only while nobody has seats, and then takes no booking, whether it was met before or not")
    func closing() async throws {
        try await BoxOffice.run(allocation: 10) { box async throws in
            let id = try await box.open()
            _ = try await box.reserve(id, 1)
            #expect(try await close(box).codes == ["session_has_bookings"])
            _ = try await box.cancel(id)
            let waiting = try await box.open()
            for _ in 0..<2 { #expect(try await close(box).status == 204) }
            #expect(try await box.book().codes == ["session_not_found"])
            #expect(try await terms(box, 10).status == 404)
            #expect(try await box.reserve(waiting, 1).codes == ["booking_expired"])
        }
        try await BoxOffice.run(allocation: 10) { box async throws in
            #expect(try await close(box).status == 204)
            #expect(try await box.book().codes == ["session_not_found"], "catalog still knows it")
            #expect(try await seats(box).codes == ["session_not_found"])
        }
    }

    @Test("when a session closes its open bookings expire, nothing of it is on sale, and those who follow hear of both")
    func closed() async throws {
        try await BoxOffice.run(allocation: 10, seats: ["....."]) { box async throws in
            let (open, cancelled) = (try await box.open(), try await box.open("usr_2"))
            _ = try await box.cancel(cancelled, "usr_2")
            #expect(try await seats(box).status == 200)
            for _ in 0..<2 { #expect(try await close(box).status == 204) }
            #expect(try await seats(box).codes == ["session_not_found"])
            #expect(try await box.reserve(open, 1).codes == ["booking_expired"])
            #expect(try await box.confirm(open).codes == ["booking_expired"])
            #expect(try await box.cancel(open).codes == ["booking_expired"])
            #expect(try await box.reserve(cancelled, 1, "usr_2").codes == ["booking_cancelled"])
            let shown = try await box.service.get("/v1/bookings/\(open)", token: box.service.token())
            #expect(shown.json["booking"]?["status"] == "expired" && shown.json["booking"]?["seats"] == [])
            #expect(try await box.list().json["bookings"]?.arrayValue?.first?["status"] == "expired")
            let types = ["booking.opened", "booking.opened", "booking.cancelled", "booking.expired", "session.changed"]
            await eventually { box.follower.taken.count >= 5 }
            #expect(box.follower.types == types)
            let told = box.follower.taken.last?["session"]
            #expect(told?["allocation"] == 0 && told?["free"] == 0)
        }
    }

    private func seats(_ box: BoxOffice) async throws -> Answer {
        try await box.service.get("/v1/sessions/\(BoxOffice.session)/seats")
    }

    @Test("what is not a session is refused, and so is who is no service")
    func nonsense() async throws {
        try await BoxOffice.run { box async throws in
            let target = "/internal/v1/sessions/\(BoxOffice.session)"
            for body in ["{}", #"{"session":{}}"#, #"{"session":{"id":"ses_1"}}"#] {
                #expect(try await box.service.sendInternal("PUT", target, body: body).codes == ["session_invalid"])
            }
            #expect(try await box.service.sendInternal("PUT", target, credential: nil, body: "{}").status == 401)
            #expect(try await box.service.sendInternal("DELETE", "/internal/v1/sessions/x").status == 404)
        }
    }
}
