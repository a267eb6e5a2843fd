import BookingService
import HTTPServer
import JSON
import TestSupport
import Time

/// Booking beside a catalog that knows one session, and the ways a customer talks to it.
struct BoxOffice {
    static let session = "ses_300000000000001"

    let service: ServiceUnderTest<BookingService>
    let catalog: Neighbour

    static func run(
        allocation: Int = 10, startsInMilliseconds: Int64 = 3_600_000, settings: [String: String] = [:],
        _ body: (BoxOffice) async throws -> Void
    ) async throws {
        let clock = ManualClock()
        let starts = clock.now.advanced(byMilliseconds: startsInMilliseconds).rfc3339
        let catalog = try Neighbour { target in catalogAnswer(to: target, allocation, starts) }
        let service = try await ServiceUnderTest(
            BookingService.self, clock: clock,
            settings: ["CATALOG_URL": catalog.url].merging(settings) { _, own in own })
        do {
            try await body(BoxOffice(service: service, catalog: catalog))
        } catch {
            await service.stop()
            await catalog.stop()
            throw error
        }
        await service.stop()
        await catalog.stop()
    }

    private static func catalogAnswer(to target: String, _ allocation: Int, _ starts: String) -> HTTPResponse {
        let names = #""movie":{"id":"mov_1","title":"Nosferatu"},"place":{"id":"plc_1","name":"Le Rex"}"#
        if target.hasPrefix("/internal/v1/sessions?ids=") {
            return .json(200, #"{"sessions":[{"id":"\#(session)",\#(names)}]}"#)
        }
        guard target == "/internal/v1/sessions/\(session)" else {
            return .json(404, #"{"errors":[{"code":"session_not_found","message":"There is no such session."}]}"#)
        }
        return .json(
            200,
            """
            {"session":{"id":"\(session)","starts_at":"\(starts)","allocation":\(allocation),\(names),
            "room":{"id":"rom_1","name":"1","capacity":100,"seated":false}}}
            """)
    }

    func book(_ user: String = "usr_1", session: String = session) async throws -> Answer {
        try await service.post("/v1/sessions/\(session)/book", token: service.token(user))
    }

    /// Opens a booking and gives its id.
    func open(_ user: String = "usr_1") async throws -> String {
        try await book(user).json["booking"]?["id"]?.stringValue ?? "none"
    }

    func reserve(_ booking: String, _ seats: Int, _ user: String = "usr_1") async throws -> Answer {
        try await service.post(
            "/v1/bookings/\(booking)/reserve", #"{"seats":\#(seats)}"#, token: service.token(user))
    }

    func confirm(_ booking: String, _ user: String = "usr_1") async throws -> Answer {
        try await service.post("/v1/bookings/\(booking)/confirm", token: service.token(user))
    }

    func cancel(_ booking: String, _ user: String = "usr_1") async throws -> Answer {
        try await service.post("/v1/bookings/\(booking)/cancel", token: service.token(user))
    }

    func list(_ user: String = "usr_1", _ query: String = "") async throws -> Answer {
        try await service.get("/v1/bookings\(query)", token: service.token(user))
    }
}
