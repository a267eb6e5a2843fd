import CatalogService
import HTTPServer
import JSON
import Lifecycle
import SQLite
import Synchronization
import TestSupport
import Testing

/// Prices of a session that is on sale, which booking knows.
@Suite struct SessionPriceTests {
    private func list(_ name: String, _ amount: Int = 1250) -> String {
        #"[{"name":"\#(name)","price":{"amount":\#(amount),"currency":"EUR"}}]"#
    }

    private func names(_ value: JSONValue?) -> [String]? {
        value?["tariffs"]?.arrayValue?.compactMap { $0["name"]?.stringValue }
    }

    /// A session at one tariff, and booking, which keeps what it was asked for.
    private func runBesideBooking(
        _ body: (Cinema, Neighbour, _ asked: () -> [JSONValue]) async throws -> Void
    ) async throws {
        let asked = Mutex<[JSONValue]>([])
        let booking = try Neighbour(reading: { _, body in
            asked.withLock { $0.append((try? JSONValue(parsing: body))?["session"] ?? .null) }
            return .json(200, #"{"session":{"id":"ses_1","allocation":100,"free":100}}"#)
        })
        let service = try await ServiceUnderTest(CatalogService.self, settings: ["BOOKING_URL": booking.url])
        let cinema = Cinema(service: service)
        do {
            try await cinema.add(movies: 1...1)
            try await cinema.add(place: 1)
            try await cinema.add(session: 1, at: "2026-12-01T20:00:00Z")
            try await body(cinema, booking) { asked.withLock { $0 } }
        } catch {
            await service.stop()
            await booking.stop()
            throw error
        }
        await service.stop()
        await booking.stop()
    }

    @Test("a session's prices change once booking has agreed; the same ones are no change, and other terms keep them")
    func change() async throws {
        try await runBesideBooking { cinema, _, asked async throws in
            let path = "/v1/sessions/ses_1"
            for _ in 0..<2 {
                let answer = try await cinema.asAdmin("PATCH", path, #"{"tariffs":\#(list("late"))}"#)
                #expect(answer.status == 200 && names(answer.json["session"]) == ["late"])
            }
            #expect(asked().map(names) == [["late"]])
            let other = try await cinema.asAdmin("PATCH", path, #"{"allocation":50}"#)
            #expect(names(other.json["session"]) == ["late"])
            let none = try await cinema.asAdmin("PATCH", path, #"{"tariffs":null}"#)
            #expect(names(none.json["session"]) == [] && none.json["session"]?["allocation"] == 50)
            #expect(asked().map(names) == [["late"], ["late"], []])
        }
    }

    @Test(
        "a session's price is that of its only tariff, and changes with it; null takes it away"
    )
    func price() async throws {
        try await runBesideBooking { cinema, booking, asked async throws in
            let path = "/v1/sessions/ses_1"
            func change(_ body: String, to price: JSONValue, _ tariffs: [String]) async throws {
                let session = try await cinema.asAdmin("PATCH", path, body).json["session"]
                #expect(session?["price"] == price && names(session) == tariffs, "\(body)")
            }
            let nine: JSONValue = ["amount": 900, "currency": "EUR"]
            try await change(#"{"price":{"amount":900,"currency":"EUR"}}"#, to: nine, ["full"])
            #expect(asked().last?["tariffs"] == [["name": "full", "price": nine, "condition": ""]])
            try await change(#"{"allocation":50}"#, to: nine, ["full"])
            try await change(#"{"price":null}"#, to: .null, [])
            try await change(#"{"tariffs":\#(list("late"))}"#, to: ["amount": 1250, "currency": "EUR"], ["late"])
            try await change(#"{"price":{"amount":900,"currency":"EUR"}}"#, to: nine, ["late"])
            try await change(#"{"price":null}"#, to: .null, [])
            let both = #"{"price":{"amount":900,"currency":"EUR"},"tariffs":\#(list("late", 900))}"#
            try await change(both, to: nine, ["late"])
            try await change(#"{"price":null}"#, to: .null, [])
            let wrong = try await cinema.asAdmin("PATCH", path, #"{"price":{"amount":-1,"currency":"EUR"}}"#)
            #expect(wrong.status == 422 && wrong.codes == ["price_amount_out_of_range"])
            // Noted while booking is away, and done when it is back.
            booking.answer { _ in .json(503, #"{"errors":[{"code":"service_unavailable","message":"No."}]}"#) }
            #expect(
                try await cinema.asAdmin("PATCH", path, #"{"price":{"amount":900,"currency":"EUR"}}"#).status == 503)
            #expect(try await cinema.get(path).json["session"]?["price"] == .null)
            booking.answer { _ in .json(200, #"{"session":{"id":"ses_1","allocation":100,"free":100}}"#) }
            await eventually {
                (try? cinema.read { try $0.first("SELECT count(*) FROM session_changes") { try $0.int(0) } }) == 0
            }
            #expect(try await cinema.get(path).json["session"]?["price"] == nine)
        }
    }

    @Test("a price alone does not change one of several tariffs, and one beside tariffs is that of the first")
    func contradiction() async throws {
        try await runBesideBooking { cinema, _, asked async throws in
            let path = "/v1/sessions/ses_1"
            let two = list("late", 1250).dropLast() + "," + list("child", 600).dropFirst()
            #expect(try await cinema.asAdmin("PATCH", path, #"{"tariffs":\#(two)}"#).status == 200)
            for body in [
                #"{"price":{"amount":777,"currency":"EUR"}}"#, #"{"price":null}"#,
                #"{"price":{"amount":777,"currency":"EUR"},"tariffs":\#(two)}"#, #"{"price":null,"tariffs":\#(two)}"#,
                #"{"price":{"amount":1250,"currency":"EUR"},"tariffs":null}"#,
            ] {
                let answer = try await cinema.asAdmin("PATCH", path, body)
                #expect(answer.status == 422 && answer.codes == ["price_invalid"], "\(body)")
            }
            let same = try await cinema.asAdmin("PATCH", path, #"{"price":{"amount":1250,"currency":"EUR"}}"#)
            #expect(same.status == 200 && names(same.json["session"]) == ["late", "child"])
            #expect(asked().count == 1)
        }
    }

    @Test("while booking is away the old prices stay, and the new ones come once it is back, whoever asks then")
    func away() async throws {
        try await runBesideBooking { cinema, booking, _ async throws in
            booking.answer { _ in .json(503, #"{"errors":[{"code":"service_unavailable","message":"No."}]}"#) }
            let answer = try await cinema.asAdmin("PATCH", "/v1/sessions/ses_1", #"{"tariffs":\#(list("late"))}"#)
            #expect(answer.status == 503)
            #expect(names(try await cinema.get("/v1/sessions/ses_1").json["session"]) == [])
            booking.answer { _ in .json(200, #"{"session":{"id":"ses_1","allocation":100,"free":100}}"#) }
            await eventually {
                (try? cinema.read { try $0.first("SELECT count(*) FROM session_changes") { try $0.int(0) } }) == 0
            }
            #expect(names(try await cinema.get("/v1/sessions/ses_1").json["session"]) == ["late"])
            let left = try cinema.read {
                try $0.first("SELECT count(*) FROM tariffs WHERE change_id IS NOT NULL") { try $0.int(0) }
            }
            #expect(left == 0)
        }
    }

    @Test("what is gone leaves no tariffs behind")
    func gone() async throws {
        try await runBesideBooking { cinema, _, _ async throws in
            let tariffs = #"{"tariffs":\#(list("a"))}"#
            for path in ["/v1/places/plc_1", "/v1/places/plc_1/rooms/rom_1", "/v1/sessions/ses_1"] {
                #expect(try await cinema.asAdmin("PATCH", path, tariffs).status == 200)
            }
            #expect(try await cinema.asAdmin("DELETE", "/v1/sessions/ses_1").status == 204)
            #expect(try await cinema.asAdmin("DELETE", "/v1/places/plc_1").status == 204)
            #expect(try cinema.read { try $0.first("SELECT count(*) FROM tariffs") { try $0.int(0) } } == 0)
        }
    }
}
