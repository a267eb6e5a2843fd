import Auth
import BookingService
import HTTPServer
import JSON
import Telemetry
import TestSupport
import Testing
import Time

/// Booking beside a catalog that knows one session, and the ways a customer talks to it.
struct BoxOffice {
    static let session = "ses_300000000000001"

    let service: ServiceUnderTest<BookingService>
    let catalog: Neighbour
    /// Catalog, as it is told what happens.
    let follower: Listener
    /// What the service was started with.
    let settings: [String: String]

    /// - Parameter balances: whether the journal tells all that was done: not what a test does past the service.
    static func run(
        allocation: Int = 10, seats: [String]? = nil, startsInMilliseconds: Int64 = 3_600_000,
        tariffs: String? = nil, settings: [String: String] = [:], at now: String? = nil,
        timeZone: String = "America/Montreal", balances: Bool = true, log: Logger? = nil,
        _ body: (BoxOffice) async throws -> Void
    ) async throws {
        let clock = now.flatMap(Timestamp.init(rfc3339:)).map(ManualClock.init) ?? ManualClock()
        let starts = clock.now.advanced(byMilliseconds: startsInMilliseconds).rfc3339
        let follower = Listener()
        let catalog = try Neighbour(reading: { target, body in
            target == eventsTarget
                ? follower.answer(body) : catalogAnswer(to: target, allocation, seats, tariffs, starts, timeZone)
        })
        let settings = ["CATALOG_URL": catalog.url].merging(settings) { _, own in own }
        let service = try await ServiceUnderTest(
            BookingService.self, clock: clock, settings: settings, log: log)
        do {
            let box = BoxOffice(service: service, catalog: catalog, follower: follower, settings: settings)
            try await body(box)
            let differences = balances ? try box.books().differences : []
            #expect(differences == [])
        } catch {
            await service.stop()
            await catalog.stop()
            throw error
        }
        await service.stop()
        await catalog.stop()
    }

    private static let eventsTarget = "/internal/v1/events"

    /// What catalog was asked, besides what it was told.
    var asked: [String] { catalog.targets.filter { $0 != Self.eventsTarget } }

    /// - Parameter seats: the room's rows as drawn: `.` a standard seat, `w` a wheelchair bay, a space an aisle. The
    ///   seat in column 2 of row B has the id `sea_1003`.
    private static func catalogAnswer(
        to target: String, _ allocation: Int, _ seats: [String]?, _ tariffs: String?, _ starts: String,
        _ timeZone: String
    ) -> HTTPResponse {
        let names = """
            "movie":{"id":"mov_1","title":"Nosferatu","duration":94},
            "place":{"id":"plc_1","name":"Le Rex","address":"1 rue Sainte-Catherine","city":"Montréal",
            "time_zone":"\(timeZone)"}
            """
        if target.hasPrefix("/internal/v1/sessions?ids=") {
            return .json(200, #"{"sessions":[{"id":"\#(session)",\#(names),"room":{"id":"rom_1","name":"1"}}]}"#)
        }
        guard target == "/internal/v1/sessions/\(session)" else {
            return .json(404, #"{"errors":[{"code":"session_not_found","message":"There is no such session."}]}"#)
        }
        let plan = seats.map { rows in
            let drawn = rows.enumerated().flatMap { y, row in
                row.enumerated().filter { $1 != " " }.map { x, mark in
                    """
                    {"id":"sea_\(y * 1000 + x + 1)","row":"\(UnicodeScalar(UInt8(65 + y)))","number":\(x + 1),
                    "kind":"\(mark == "w" ? "wheelchair" : "standard")","x":\(x),"y":\(y)}
                    """
                }
            }
            return #","seats":[\#(drawn.joined(separator: ","))]"#
        }
        return .json(
            200,
            """
            {"session":{"id":"\(session)","starts_at":"\(starts)","allocation":\(allocation),\(names),
            "room":{"id":"rom_1","name":"1","capacity":100,"seated":\(plan != nil)\(plan ?? "")}
            \(tariffs.map { #","tariffs":\#($0)"# } ?? "")}}
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

    func pick(_ booking: String, _ seats: [String], _ user: String = "usr_1") async throws -> Answer {
        let ids = seats.map { "\"\($0)\"" }.joined(separator: ",")
        return try await service.post(
            "/v1/bookings/\(booking)/reserve", #"{"seat_ids":[\#(ids)]}"#, token: service.token(user))
    }

    /// The seats that an answer names, in its order.
    static func seats(_ answer: Answer) -> [String] {
        (answer.json["booking"]?["seats"]?.arrayValue ?? []).compactMap { $0["id"]?.stringValue }
    }

    /// - Parameter order: the members of the body.
    func reserve(_ booking: String, order: String, _ user: String = "usr_1") async throws -> Answer {
        try await service.post("/v1/bookings/\(booking)/reserve", "{\(order)}", token: service.token(user))
    }

    func confirm(_ booking: String, _ user: String = "usr_1") async throws -> Answer {
        try await service.post("/v1/bookings/\(booking)/confirm", token: service.token(user))
    }

    func cancel(_ booking: String, _ user: String = "usr_1") async throws -> Answer {
        try await service.post("/v1/bookings/\(booking)/cancel", token: service.token(user))
    }

    /// Sells `seats` seats, counted or named, and gives the booking's id.
    func sell(_ seats: Int = 1, named: [String] = [], to user: String = "usr_1") async throws -> String {
        let booking = try await open(user)
        _ = try await named.isEmpty ? reserve(booking, seats, user) : pick(booking, named, user)
        _ = try await confirm(booking, user)
        return booking
    }

    func refund(_ booking: String) async throws -> Answer {
        try await service.post(
            "/v1/bookings/\(booking)/refund", #"{"reason":"The projector broke."}"#,
            token: service.token("usr_9", .admin))
    }

    func tickets(of booking: String, _ user: String = "usr_1", _ role: Role = .customer) async throws -> Answer {
        try await service.get("/v1/bookings/\(booking)/tickets", token: service.token(user, role))
    }

    /// The codes of a booking's tickets.
    func codes(of booking: String) async throws -> [String] {
        try await tickets(of: booking, "usr_9", .staff).json["tickets"]?.arrayValue?
            .compactMap { $0["token"]?.stringValue } ?? []
    }

    /// A scan, as staff at a door of the session make it.
    /// - Parameter door: members of the body that say which one it is, if any do.
    func checkIn(
        _ code: String, _ door: String = #""session_id":"\#(session)","door":"North""#, key: String? = nil
    ) async throws -> Answer {
        try await service.post(
            "/v1/check-ins", #"{"token":"\#(code)"\#(door.isEmpty ? "" : ",\(door)")}"#,
            token: service.token("usr_8", .staff), headers: key.map { [("Idempotency-Key", $0)] } ?? [])
    }

    func door() async throws -> JSONValue {
        let answer = try await service.get("/v1/sessions/\(Self.session)/door", token: service.token("usr_8", .staff))
        return answer.json["door"] ?? .null
    }

    /// Scans made offline; each is written as its members without the braces.
    func upload(_ scans: [String]) async throws -> Answer {
        let list = scans.map { "{\($0)}" }.joined(separator: ",")
        return try await service.post(
            "/v1/check-ins/offline", #"{"scans":[\#(list)]}"#, token: service.token("usr_8", .staff))
    }

    func list(_ user: String = "usr_1", _ query: String = "") async throws -> Answer {
        try await service.get("/v1/bookings\(query)", token: service.token(user))
    }
}
