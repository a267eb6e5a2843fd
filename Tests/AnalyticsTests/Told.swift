import AnalyticsService
import Auth
import JSON
import TestSupport
import Testing

/// What booking would tell, and what an admin is then shown.
struct Told {
    let service: ServiceUnderTest<AnalyticsService>

    static func run(_ body: (Told) async throws -> Void) async throws {
        try await ServiceUnderTest.run(AnalyticsService.self) { service async throws in
            try await body(Told(service: service))
        }
    }

    /// A session of movie 1 and place 1 on Tuesday, 1 December 2026, at eight in the evening, unless it is said otherwise.
    struct Session {
        var id = 1
        var startsAt = "2026-12-01T19:00:00.000Z"
        var allocation = 10
        var movie = 1
        var place = 1
        var zone = "Europe/Paris"
    }

    static func event(
        _ sequence: Int, _ type: String, booking: Int? = nil, seats: Int = 0, _ session: Session = Session()
    ) -> String {
        let booking = booking.map { #"{"id":"bkg_\#($0)","seats":\#(seats)}"# } ?? "null"
        return """
            {"sequence":\(sequence),"type":"\(type)","occurred_at":"2026-11-20T18:30:00.000Z","booking":\(booking),
            "session":{"id":"ses_\(session.id)","starts_at":"\(session.startsAt)","allocation":\(session.allocation),
            "free":0,"movie_id":"mov_\(session.movie)","place_id":"plc_\(session.place)","time_zone":"\(session.zone)"}}
            """
    }

    @discardableResult
    func tell(after: Int = 0, _ events: String...) async throws -> Answer {
        try await service.sendInternal(
            "POST", "/internal/v1/events", body: #"{"after":\#(after),"events":[\#(events.joined(separator: ","))]}"#)
    }

    /// Events of a booking that was restored: numbers from the first to the last never happened.
    @discardableResult
    func tell(after: Int, lost: ClosedRange<Int>, _ events: String...) async throws -> Answer {
        try await service.sendInternal(
            "POST", "/internal/v1/events",
            body: """
                {"after":\(after),"lost":[{"first":\(lost.lowerBound),"last":\(lost.upperBound)}],
                "events":[\(events.joined(separator: ","))]}
                """)
    }

    func ask(_ query: String) async throws -> Answer {
        try await service.get("/v1/analytics/reservations?\(query)", token: service.token("usr_9", .admin))
    }

    func groups(_ query: String) async throws -> JSONValue {
        let answer = try await ask(query)
        #expect(answer.status == 200)
        return answer.json["groups"] ?? .null
    }

    func keys(_ query: String) async throws -> [String] {
        (try await groups(query).arrayValue ?? []).compactMap { $0["key"]?.stringValue }
    }

    /// A group as it is shown.
    static func group(
        _ key: String, opened: Int64 = 0, confirmed: Int64 = 0, expired: Int64 = 0, cancelled: Int64 = 0,
        seats: Int64 = 0, fillRate: JSONValue = 0
    ) -> JSONValue {
        [
            "key": .string(key), "opened": .integer(opened), "confirmed": .integer(confirmed),
            "expired": .integer(expired), "cancelled": .integer(cancelled), "seats": .integer(seats),
            "fill_rate": fillRate,
        ]
    }
}
