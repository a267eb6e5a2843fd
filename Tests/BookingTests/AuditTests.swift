import Auth
import BookingService
import JSON
import Lifecycle
import SQLite
import TestSupport
import Testing

/// What admins do to customers' bookings, and the trail that it leaves.
@Suite struct AuditTests {
    private func asAdmin(_ box: BoxOffice, _ booking: String, _ verb: String, _ body: String?) async throws -> Answer {
        try await box.service.post(
            "/v1/bookings/\(booking)/\(verb)", body, token: box.service.token("usr_9", .admin))
    }

    private func trail(_ box: BoxOffice, _ booking: String, _ query: String = "") async throws -> Answer {
        try await box.service.get(
            "/v1/bookings/\(booking)/audit\(query)", token: box.service.token("usr_9", .admin))
    }

    @Test("the trail says who did what, when and why, and what the booking was before and after")
    func trail() async throws {
        try await BoxOffice.run { box async throws in
            let sold = try await box.open()
            _ = try await box.reserve(sold, 3)
            _ = try await box.confirm(sold)
            let empty = try await trail(box, sold)
            #expect(empty.json == ["entries": [], "metadata": ["has_more": false, "end_cursor": .null]])
            #expect(try await asAdmin(box, sold, "refund", #"{"reason":" Ill "}"#).status == 200)
            let tickets = try await box.tickets(of: sold).json["tickets"]?.arrayValue?.compactMap { $0["id"] } ?? []
            #expect(tickets.count == 3)
            let refund: JSONValue = [
                "actor_id": "usr_9", "action": "refund", "reason": "Ill", "status_before": "confirmed",
                "status_after": "cancelled", "seats_before": 3, "seats_after": 0, "used_tickets": 0,
                "amount": .null, "currency": .null, "ticket_ids": .array(tickets),
                "occurred_at": "2026-11-20T18:30:00.000Z",
            ]
            let entries = try await trail(box, sold).json["entries"]?.arrayValue
            #expect(entries == [refund])
            #expect(
                Answer.names(entries?.first) == [
                    "actor_id", "action", "reason", "status_before", "status_after", "seats_before", "seats_after",
                    "used_tickets", "amount", "currency", "ticket_ids", "occurred_at",
                ])
            let held = try await box.open("usr_2")
            _ = try await box.reserve(held, 2, "usr_2")
            #expect(try await asAdmin(box, held, "cancel", #"{"reason":"Asked by phone"}"#).status == 200)
            let cancelled = try await trail(box, held).json["entries"]?.arrayValue?.first
            #expect(cancelled?["action"] == "cancel" && cancelled?["status_before"] == "open")
            #expect(cancelled?["ticket_ids"] == [] && cancelled?["amount"] == .null)
            #expect(cancelled?["seats_before"] == 2 && cancelled?["seats_after"] == 0)
        }
    }

    @Test("all of a booking is given back whatever was used at the door, and the trail says how many were")
    func used() async throws {
        try await BoxOffice.run { box async throws in
            let sold = try await box.sell(3)
            let code = try #require(try await box.codes(of: sold).first)
            #expect(try await box.checkIn(code).status == 201)
            #expect(try await asAdmin(box, sold, "refund", #"{"reason":"The projector broke"}"#).status == 200)
            let entry = try await trail(box, sold).json["entries"]?.arrayValue?.first
            #expect(entry?["used_tickets"] == 1 && entry?["seats_before"] == 3 && entry?["seats_after"] == 0)
            let tickets = try await box.tickets(of: sold).json["tickets"]?.arrayValue ?? []
            #expect(tickets.map { $0["status"] } == ["refunded", "refunded", "refunded"])
            #expect(tickets.first?["admitted_at"] != .null, "who was let in was let in")
            #expect(try await box.door()["counts"]?["admitted"] == 1)
        }
    }

    @Test("one's own cancellation leaves no trail, and the trail is for admins")
    func access() async throws {
        try await BoxOffice.run { box async throws in
            let own = try await box.open("usr_9")
            #expect(try await asAdmin(box, own, "cancel", nil).status == 200)
            #expect(try await trail(box, own).json["entries"] == [])
            for role in [Role.customer, .staff] {
                let token = box.service.token("usr_9", role)
                #expect(try await box.service.get("/v1/bookings/\(own)/audit", token: token).codes == ["forbidden"])
            }
            for id in ["bkg_77", "nonsense"] { #expect(try await trail(box, id).codes == ["booking_not_found"]) }
            #expect(try await trail(box, own, "?limit=0").codes == ["limit_out_of_range"])
        }
    }

    @Test("the reason is looked at before the booking's state, and a decision needs one")
    func order() async throws {
        try await BoxOffice.run { box async throws in
            let booking = try await box.open()
            _ = try await box.cancel(booking)
            for verb in ["cancel", "refund"] {
                #expect(try await asAdmin(box, booking, verb, "{}").codes == ["reason_missing"])
                #expect(try await asAdmin(box, booking, verb, #"{"reason":""}"#).codes == ["reason_too_short"])
                #expect(try await asAdmin(box, "bkg_77", verb, #"{"reason":7}"#).codes == ["reason_invalid"])
                #expect(try await asAdmin(box, "bkg_77", verb, #"{"reason":"Ill"}"#).codes == ["booking_not_found"])
            }
            #expect(try await asAdmin(box, booking, "cancel", #"{"reason":"Ill"}"#).codes == ["booking_cancelled"])
            #expect(try await asAdmin(box, booking, "refund", #"{"reason":"Ill"}"#).codes == ["booking_not_confirmed"])
            #expect(try await trail(box, booking).json["entries"] == [], "what was refused is no entry")
        }
    }

    @Test("a long trail comes in pages, in its order")
    func pages() async throws {
        try await BoxOffice.run { box async throws in
            let booking = try await box.open()
            let id = try #require(Int64(booking.dropFirst(4)))
            try await box.service.running.context.database.write { transaction in
                for number in 1...7 as ClosedRange<Int64> {
                    try transaction.execute(
                        """
                        INSERT INTO audit (actor_id, action, booking_id, reason, status_before, status_after, occurred_at)
                        VALUES (9, 'cancel', \(id), \("\(number)"), 'open', 'cancelled', 0)
                        """)
                }
            }
            var reasons: [String] = []
            var cursor = ""
            while true {
                let page = try await trail(box, booking, "?limit=3\(cursor)")
                reasons += (page.json["entries"]?.arrayValue ?? []).compactMap { $0["reason"]?.stringValue }
                guard page.json["metadata"]?["has_more"] == true else { break }
                cursor = "&cursor=\(try #require(page.json["metadata"]?["end_cursor"]?.stringValue))"
            }
            #expect(reasons == (1...7).map(String.init))
        }
    }
}
