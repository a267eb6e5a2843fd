import CatalogService
import JSON
import Lifecycle
import SQLite
import TestSupport
import Testing

@Suite struct PlaceTests {
    private static let rex = #""name":"Rex","address":"1 bd Poissonnière","city":"Paris","time_zone":"Europe/Paris""#

    @Test("a place is made with its one room, and read back")
    func create() async throws {
        try await Cinema.run { cinema async throws in
            let made = try await cinema.asAdmin("POST", "/v1/places", "{\(Self.rex),\"capacity\":1}", key: "k")
            #expect(made.status == 201)
            let place = made.json["place"]
            #expect(
                Answer.names(place) == [
                    "id", "name", "address", "city", "time_zone", "turnaround_minutes", "tariffs", "rooms",
                ])
            let room = try #require(place?["rooms"]?.arrayValue?.first)
            #expect(room["capacity"] == 1 && room["seated"] == false && room["name"] == "Rex")
            let id = try #require(place?["id"]?.stringValue)
            let read = try await cinema.get("/v1/places/\(id)")
            #expect(read.json == made.json && read.header("etag") != nil)
            #expect(try await cinema.get("/v1/places").json["places"] == [try #require(place)])
            #expect(
                try await cinema.asAdmin("POST", "/v1/places", "{\(Self.rex),\"capacity\":1}", key: "k").json
                    == made.json)
            let usual = try await cinema.asAdmin("POST", "/v1/places", "{\(Self.rex)}")
            #expect(usual.json["place"]?["rooms"]?.arrayValue?.first?["capacity"] == 100)
        }
    }

    @Test(
        "every fault of a place has its code",
        arguments: [
            ("{}", ["name_missing", "address_missing", "city_missing", "time_zone_missing"]),
            (
                #"{"name":"","address":" ","city":1,"time_zone":"Mars/Olympus"}"#,
                ["name_too_short", "address_too_short", "city_invalid", "time_zone_unknown"]
            ),
            (#"{\#(rex),"capacity":0}"#, ["capacity_out_of_range"]),
            (#"{\#(rex),"capacity":10001}"#, ["capacity_out_of_range"]),
            (#"{\#(rex),"capacity":"9"}"#, ["capacity_invalid"]),
            (#"{\#(rex),"time_zone":"../etc/passwd"}"#, ["time_zone_unknown"]),
            (#"{\#(rex),"time_zone":"UTC+3"}"#, ["time_zone_unknown"]),
            (#"{\#(rex),"time_zone":null}"#, ["time_zone_missing"]),
        ])
    func faults(body: String, codes: [String]) async throws {
        try await Cinema.run { cinema async throws in
            let answer = try await cinema.asAdmin("POST", "/v1/places", body)
            #expect(answer.status == 422 && answer.codes == codes)
            #expect(try await cinema.ids("places", "/v1/places").isEmpty)
        }
    }

    @Test("a change leaves what it does not name, and null is no value")
    func change() async throws {
        try await Cinema.run { cinema async throws in
            try await cinema.add(place: 1)
            let before = try await cinema.get("/v1/places/plc_1").json
            #expect(try await cinema.asAdmin("PATCH", "/v1/places/plc_1", #"{"rooms":[]}"#).json == before)
            let refused = try await cinema.asAdmin(
                "PATCH", "/v1/places/plc_1", #"{"name":null,"address":null,"city":"","time_zone":"x"}"#)
            #expect(refused.codes == ["name_missing", "address_missing", "city_too_short", "time_zone_unknown"])
            #expect(try await cinema.get("/v1/places/plc_1").json == before)
            let changed = try await cinema.asAdmin(
                "PATCH", "/v1/places/plc_1", #"{"name":"B","time_zone":"Asia/Tokyo"}"#)
            #expect(changed.status == 200 && changed.json["place"]?["name"] == "B")
            #expect(changed.json["place"]?["time_zone"] == "Asia/Tokyo" && changed.json["place"]?["city"] == "Paris")
            #expect(try await cinema.get("/v1/places/plc_1").json == changed.json)
        }
    }

    @Test("a place goes with its rooms and seats, but not while it has a session")
    func delete() async throws {
        try await Cinema.run { cinema async throws in
            try await cinema.add(movies: 1...1)
            for place in [1, 2] as [Int64] { try await cinema.add(place: place) }
            try await cinema.add(session: 7, at: "2026-12-01T20:00:00Z")
            let refused = try await cinema.asAdmin("DELETE", "/v1/places/plc_1")
            #expect(refused.status == 409 && refused.codes == ["place_has_sessions"])
            let plan = #"{"name":"S","seats":[{"row":"A","number":1,"x":0,"y":0}]}"#
            #expect(try await cinema.asAdmin("POST", "/v1/places/plc_2/rooms", plan).status == 201)
            #expect(try await cinema.asAdmin("DELETE", "/v1/places/plc_2").status == 204)
            #expect(try await cinema.asAdmin("DELETE", "/v1/places/plc_2").codes == ["place_not_found"])
            #expect(try await cinema.ids("places", "/v1/places") == ["plc_1"])
        }
    }

    @Test("a city is found without its accents and its case, however its place came")
    func foldedCities() async throws {
        try await Cinema.run { cinema async throws in
            let place = #"{\#(Self.rex)}"#.replacing(#""city":"Paris""#, with: #""city":"Sète""#)
            let made = try await cinema.asAdmin("POST", "/v1/places", place).json["place"]?["id"]?.stringValue
            let id = try #require(made)
            for city in ["sete", "S%C3%A8te", "SE%CC%80TE", "S%C3%88TE"] {
                #expect(try await cinema.ids("places", "/v1/places?city=\(city)") == [id], "\(city)")
            }
            // To a name that is folded to the same, and to others.
            for (city, query) in [("Sete", "s%C3%A8te"), ("Évry", "EVRY"), ("Œting", "oeting"), ("Ay", "a%C3%BF")] {
                _ = try await cinema.asAdmin("PATCH", "/v1/places/\(id)", #"{"city":"\#(city)"}"#)
                #expect(try await cinema.ids("places", "/v1/places?city=\(query)") == [id], "\(city)")
                #expect(try await cinema.ids("places", "/v1/places?city=sete") == (city == "Sete" ? [id] : []))
            }
            try await cinema.write("UPDATE places SET city = 'Orléans'")
            // The service folds it soon.
            var found: [String] = []
            for _ in 0..<1_000 where found.isEmpty {
                try await Task.sleep(for: .milliseconds(10))
                found = try await cinema.ids("places", "/v1/places?city=orleans")
            }
            #expect(found == [id])
        }
    }

    @Test("a city that came before names were folded is found at the next start")
    func upgradedCities() async throws {
        let path = temporaryPath("catalog.db")
        let before = try #require(CatalogService.migrations.firstIndex { $0.name == "v0012_folded_cities" })
        try Database(.init(path: path), migrations: Array(CatalogService.migrations.prefix(before))).close()
        _ = try SchemaDump.sqlite(
            path,
            """
            INSERT INTO places (id, name, address, city, time_zone) VALUES
                (1, 'Rex', '1 quai', 'Sète', 'Europe/Paris'), (2, 'Roxy', '2 quai', 'SETE', 'Europe/Paris'),
                (3, 'Lux', '3 quai', 'Sètes', 'Europe/Paris');
            """)
        let service = try await ServiceUnderTest(CatalogService.self, databasePath: path)
        #expect(try await Cinema(service: service).ids("places", "/v1/places?city=sete") == ["plc_1", "plc_2"])
        await service.stop()
    }

    @Test("places are listed page by page, those of a city whatever its case")
    func list() async throws {
        try await Cinema.run { cinema async throws in
            for place in 1...5 as ClosedRange<Int64> { try await cinema.add(place: place) }
            try await cinema.write("UPDATE places SET city = 'Lyon' WHERE id IN (2, 4)")
            let all = (1...5).map { "plc_\($0)" }
            #expect(try await cinema.pages("places", "/v1/places?limit=2").flatMap(\.self) == all)
            #expect(try await cinema.pages("places", "/v1/places?city=LYON&limit=1") == [["plc_2"], ["plc_4"]])
            #expect(try await cinema.ids("places", "/v1/places?city=") == all)
            #expect(try await cinema.ids("places", "/v1/places?city=Lyo").isEmpty)
            let end = try await cinema.get("/v1/places?limit=1").json["metadata"]?["end_cursor"]?.stringValue
            #expect(
                try await cinema.get("/v1/places?city=Lyon&cursor=\(try #require(end))").codes == ["invalid_cursor"])
        }
    }
}
