import Auth
import CatalogService
import HTTPServer
import JSON
import Lifecycle
import SQLite
import TestSupport
import Testing

@Suite struct TariffTests {
    private static let euro = Session.Price(amount: 1250, currency: "EUR")

    private func list(_ name: String, _ amount: Int = 1250) -> String {
        #"[{"name":"\#(name)","price":{"amount":\#(amount),"currency":"EUR"}}]"#
    }

    private func names(_ value: JSONValue?) -> [String]? {
        value?["tariffs"]?.arrayValue?.compactMap { $0["name"]?.stringValue }
    }

    /// A place with the room 1, and one movie.
    private func run(_ body: (Cinema) async throws -> Void) async throws {
        try await Cinema.run { cinema async throws in
            try await cinema.add(movies: 1...1)
            try await cinema.add(place: 1)
            try await body(cinema)
        }
    }

    private func show(_ cinema: Cinema, _ day: Int, _ more: String = "") async throws -> Answer {
        try await cinema.asAdmin(
            "POST", "/v1/sessions",
            #"{"movie_id":"mov_1","room_id":"rom_1","starts_at":"2027-01-\#(day)T20:00:00Z"\#(more)}"#)
    }

    @Test("a new session's prices are its own, or its price, or the room's, or the place's, or none")
    func precedence() throws {
        let (own, room, place) = (
            [Tariff(name: "own", price: Self.euro)], [Tariff(name: "room", price: Self.euro)],
            [Tariff(name: "place", price: Self.euro)]
        )
        #expect(try Tariff.ofNewSession(tariffs: own, price: Self.euro, room: room, place: place) == own)
        #expect(try Tariff.ofNewSession(tariffs: [], price: nil, room: room, place: place) == [])
        let plain = try Tariff.ofNewSession(tariffs: nil, price: Self.euro, room: room, place: place)
        #expect(plain == [Tariff(name: "full", price: Self.euro)])
        #expect(try Tariff.ofNewSession(tariffs: nil, price: nil, room: room, place: place) == room)
        #expect(try Tariff.ofNewSession(tariffs: nil, price: nil, room: [], place: place) == place)
        #expect(try Tariff.ofNewSession(tariffs: nil, price: nil, room: [], place: []) == [])
        let other = [Tariff(name: "own", price: Session.Price(amount: 1, currency: "EUR"))]
        for tariffs in [[], other] {
            #expect(throws: CatalogRefusal.priceIsNotOfTariffs) {
                try Tariff.ofNewSession(tariffs: tariffs, price: Self.euro, room: room, place: place)
            }
        }
    }

    @Test(
        "a session takes over the defaults of its room or place when it is made, and later ones are for later sessions")
    func defaults() async throws {
        try await run { cinema async throws in
            func made(_ day: Int, _ more: String = "") async throws -> [String]? {
                let answer = try await show(cinema, day, more)
                #expect(answer.status == 201)
                return names(answer.json["session"])
            }
            #expect(try await made(10) == [])
            let place = try await cinema.asAdmin("PATCH", "/v1/places/plc_1", #"{"tariffs":\#(list("place"))}"#)
            #expect(place.status == 200 && names(place.json["place"]) == ["place"])
            #expect(try await made(11) == ["place"])
            let room = try await cinema.asAdmin(
                "PATCH", "/v1/places/plc_1/rooms/rom_1", #"{"tariffs":\#(list("room"))}"#)
            #expect(room.status == 200 && names(room.json["room"]) == ["room"])
            #expect(try await made(12) == ["room"])
            #expect(try await made(13, #","price":{"amount":900,"currency":"EUR"}"#) == ["full"])
            #expect(try await made(14, #","tariffs":\#(list("gala"))"#) == ["gala"])
            #expect(try await made(15, #","tariffs":[]"#) == [])
            _ = try await cinema.asAdmin("PATCH", "/v1/places/plc_1/rooms/rom_1", #"{"tariffs":null}"#)
            #expect(try await made(16) == ["place"])
            let sessions = try await cinema.get("/v1/sessions").json["sessions"]?.arrayValue ?? []
            #expect(sessions.map(names) == [[], ["place"], ["room"], ["full"], ["gala"], [], ["place"]])
            let shown = try await cinema.get("/v1/places/plc_1").json["place"]
            #expect(names(shown) == ["place"] && names(shown?["rooms"]?.arrayValue?.first) == [])
            #expect(names(try await cinema.get("/v1/places").json["places"]?.arrayValue?.first) == ["place"])
            #expect(names(try await cinema.get("/v1/places/plc_1/rooms/rom_1").json["room"]) == [])
        }
    }

    @Test("places and rooms are made with tariffs, and booking is told a session's, in order and whole")
    func told() async throws {
        try await run { cinema async throws in
            let tariffs = """
                [{"name":" Plein tarif ","price":{"amount":1250,"currency":"EUR"}},
                {"name":"E\u{301}tudiant","price":{"amount":0,"currency":"EUR"},"condition":"Sur présentation."}]
                """
            let place = try await cinema.asAdmin(
                "POST", "/v1/places",
                #"{"name":"P","address":"A","city":"C","time_zone":"Europe/Paris","tariffs":\#(tariffs)}"#)
            #expect(place.status == 201 && names(place.json["place"]) == ["Plein tarif", "\u{C9}tudiant"])
            let id = place.json["place"]?["id"]?.stringValue ?? ""
            let room = try await cinema.asAdmin(
                "POST", "/v1/places/\(id)/rooms", #"{"name":"R","capacity":5,"tariffs":\#(list("room"))}"#)
            #expect(room.status == 201 && names(room.json["room"]) == ["room"])
            let session = try await show(cinema, 10, #","tariffs":\#(tariffs)"#).json["session"]
            let path = "/internal/v1/sessions/\(session?["id"]?.stringValue ?? "")"
            let described = try await cinema.service.sendInternal("GET", path).json["session"]
            #expect(
                described?["tariffs"] == [
                    ["name": "Plein tarif", "price": ["amount": 1250, "currency": "EUR"], "condition": ""],
                    [
                        "name": "\u{C9}tudiant", "price": ["amount": 0, "currency": "EUR"],
                        "condition": "Sur présentation.",
                    ],
                ])
            #expect(described?["tariffs"] == session?["tariffs"])
        }
    }

    @Test(
        "tariffs that will not do are refused",
        arguments: [
            ("7", "tariffs_invalid"), ("[7]", "tariffs_invalid"),
            (#"[{"price":{"amount":1,"currency":"EUR"}}]"#, "tariffs_name_missing"),
            (#"[{"name":"a"}]"#, "tariffs_price_missing"),
            (#"[{"name":"a","price":{"amount":-1,"currency":"EUR"}}]"#, "tariffs_price_amount_out_of_range"),
            (#"[{"name":"a","price":{"amount":1000000001,"currency":"EUR"}}]"#, "tariffs_price_amount_out_of_range"),
            (#"[{"name":"a","price":{"amount":1.5,"currency":"EUR"}}]"#, "tariffs_price_amount_invalid"),
            (#"[{"name":"a","price":{"amount":1,"currency":"eur"}}]"#, "tariffs_price_currency_invalid"),
            (#"[{"name":"a","price":{"amount":1,"currency":"ZZZ"}}]"#, "tariffs_price_currency_invalid"),
            (
                #"[{"name":"É","price":{"amount":1,"currency":"EUR"}},{"name":"é","price":{"amount":2,"currency":"EUR"}}]"#,
                "tariffs_invalid"
            ),
            (
                #"[{"name":"a","price":{"amount":1,"currency":"EUR"}},{"name":"b","price":{"amount":2,"currency":"USD"}}]"#,
                "tariffs_invalid"
            ),
        ])
    func refused(tariffs: String, code: String) async throws {
        try await run { cinema async throws in
            for (method, path) in [
                ("PATCH", "/v1/places/plc_1"), ("PATCH", "/v1/places/plc_1/rooms/rom_1"),
                ("PATCH", "/v1/sessions/ses_1"),
            ] {
                let answer = try await cinema.asAdmin(method, path, #"{"tariffs":\#(tariffs)}"#)
                #expect(answer.status == 422 && answer.codes == [code], "\(path)")
            }
            #expect(try await show(cinema, 10, #","tariffs":\#(tariffs)"#).codes == [code])
            let count = try cinema.read { try $0.first("SELECT count(*) FROM tariffs") { try $0.int(0) } }
            #expect(count == 0)
        }
    }

    @Test("a currency that there is not is told with its place")
    func currency() async throws {
        try await run { cinema async throws in
            let answer = try await cinema.asAdmin(
                "PATCH", "/v1/places/plc_1",
                #"{"tariffs":[{"name":"a","price":{"amount":1,"currency":"ZZZ"}}]}"#)
            let message = answer.json["errors"]?.arrayValue?.first?["message"]
            #expect(message == "The tariffs[0].price.currency must be a currency of ISO 4217, such as EUR.")
        }
    }

    @Test("what a session shows for its price is what a seat costs, whoever set it")
    func shownPrice() async throws {
        try await run { cinema async throws in
            _ = try await cinema.asAdmin("PATCH", "/v1/places/plc_1", #"{"tariffs":\#(list("place", 700))}"#)
            func price(_ day: Int, _ more: String = "") async throws -> JSONValue? {
                try await show(cinema, day, more).json["session"]?["price"]?["amount"]
            }
            #expect(try await price(10) == 700)
            #expect(try await price(11, #","tariffs":\#(list("gala"))"#) == 1250)
            let both = #","price":{"amount":900,"currency":"EUR"},"tariffs":"#
            #expect(try await price(12, both + list("gala", 900)) == 900)
            for tariffs in [list("gala"), "[]"] {
                let answer = try await show(cinema, 13, both + tariffs)
                #expect(answer.status == 422 && answer.codes == ["price_invalid"])
            }
            let sessions = try await cinema.get("/v1/sessions").json["sessions"]?.arrayValue ?? []
            #expect(sessions.map { $0["price"]?["amount"] } == [700, 1250, 900])
        }
    }

    @Test("twenty-one are too many")
    func tooMany() async throws {
        try await run { cinema async throws in
            let many = (0...20).map { #"{"name":"\#($0)","price":{"amount":1,"currency":"EUR"}}"# }
            let answer = try await cinema.asAdmin(
                "PATCH", "/v1/places/plc_1", #"{"tariffs":[\#(many.joined(separator: ","))]}"#)
            #expect(answer.codes == ["tariffs_too_long"])
        }
    }

    @Test("a programme that is read in takes over the defaults, or its price")
    func programme() async throws {
        try await run { cinema async throws in
            _ = try await cinema.asAdmin("PATCH", "/v1/places/plc_1", #"{"tariffs":\#(list("place"))}"#)
            let path = temporaryPath("programme")
            let file = """
                movie,place,starts_at,price_amount,price_currency
                mov_1,plc_1,2027-01-10T20:00Z,,
                mov_1,plc_1,2027-01-11T20:00Z,900,EUR
                """
            try writeFile(path, Array(file.utf8))
            let command = try #require(CatalogService.commands.first { $0.name == "import" })
            _ = try await command.run([path], cinema.service.running.context)
            let sessions = try await cinema.get("/v1/sessions").json["sessions"]?.arrayValue ?? []
            #expect(sessions.map(names) == [["place"], ["full"]])
        }
    }
}
