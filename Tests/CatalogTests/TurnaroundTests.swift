import JSON
import TestSupport
import Testing

@Suite struct TurnaroundTests {
    /// Place 1 has a movie of 90 minutes at eight, place 2 another one at the same time; the service is set to 15 minutes.
    private func run(_ body: (Cinema) async throws -> Void) async throws {
        try await Cinema.run { cinema async throws in
            try await cinema.add(movies: 1...1)
            for place in [1, 2] as [Int64] {
                try await cinema.add(place: place)
                try await cinema.add(session: place, place: place, at: "2027-01-01T20:00:00Z")
            }
            try await body(cinema)
        }
    }

    private func add(_ cinema: Cinema, in place: Int, at time: String) async throws -> Answer {
        try await cinema.asAdmin(
            "POST", "/v1/sessions",
            #"{"movie_id":"mov_1","place_id":"plc_\#(place)","starts_at":"2027-01-01T\#(time):00Z"}"#)
    }

    private func set(_ cinema: Cinema, _ value: String) async throws -> Answer {
        try await cinema.asAdmin("PATCH", "/v1/places/plc_1", #"{"turnaround_minutes":\#(value)}"#)
    }

    @Test("a place has the turnaround of the service until it has its own, and again when that is null")
    func ofPlace() async throws {
        try await run { cinema async throws in
            #expect(try await cinema.get("/v1/places/plc_1").json["place"]?["turnaround_minutes"] == .null)
            #expect(try await add(cinema, in: 1, at: "21:44").codes == ["session_overlaps"])
            let changed = try await set(cinema, "0")
            #expect(changed.status == 200 && changed.json["place"]?["turnaround_minutes"] == 0)
            #expect(try await cinema.get("/v1/places/plc_1").json == changed.json)
            #expect(try await add(cinema, in: 1, at: "21:29").codes == ["session_overlaps"])
            #expect(try await add(cinema, in: 1, at: "21:30").status == 201)
            #expect(try await add(cinema, in: 2, at: "21:30").codes == ["session_overlaps"])
            // The sessions that are there stay, closer to one another than what is asked for from now on.
            #expect(try await set(cinema, "240").status == 200)
            #expect(try await cinema.ids("sessions", "/v1/sessions?place_id=plc_1").count == 2)
            #expect(try await add(cinema, in: 1, at: "14:31").codes == ["session_overlaps"])
            #expect(try await add(cinema, in: 1, at: "14:30").status == 201)
            #expect(try await set(cinema, "null").json["place"]?["turnaround_minutes"] == .null)
            #expect(try await add(cinema, in: 1, at: "18:15").status == 201)
        }
    }

    @Test("a place is made with its turnaround", arguments: [0, 240] as [Int64])
    func made(minutes: Int64) async throws {
        try await run { cinema async throws in
            let body =
                #"{"name":"A","address":"B","city":"C","time_zone":"Europe/Paris","turnaround_minutes":\#(minutes)}"#
            let made = try await cinema.asAdmin("POST", "/v1/places", body)
            #expect(made.status == 201 && made.json["place"]?["turnaround_minutes"] == .integer(minutes))
        }
    }

    @Test(
        "only minutes from 0 to 240 are a turnaround",
        arguments: [("-1", "out_of_range"), ("241", "out_of_range"), ("1.5", "invalid"), ("true", "invalid")])
    func faults(value: String, reason: String) async throws {
        try await run { cinema async throws in
            #expect(try await set(cinema, value).codes == ["turnaround_minutes_\(reason)"])
        }
    }
}
