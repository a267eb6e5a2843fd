import API
import AnalyticsService
import Auth
import BookingService
import CatalogService
import IdentityService
import JSON
import Lifecycle
import TestSupport
import Testing

/// The tables of `AccessTable.swift` against the services as they are shipped.
@Suite struct AccessTests {
    private let people = Access.lines(of: publicAccess, callers: 5)
    private let services = Access.lines(of: internalAccess, callers: 3)

    @Test("every route of the four services has its line in the table, and every line its route")
    func completeness() async throws {
        let all = [
            try await routes(IdentityService.self), try await routes(CatalogService.self),
            try await routes(BookingService.self), try await routes(AnalyticsService.self),
        ].flatMap { $0 }
        let lines = (people + services).map(\.title)
        #expect(Set(all).subtracting(lines) == [], "routes without a line")
        #expect(Set(lines).subtracting(all) == [], "lines without a route")
    }

    private func routes<S: Service>(_: S.Type) async throws -> [String] {
        var titles: [String] = []
        try await ServiceUnderTest.run(S.self) { service async throws in
            let service = service.running.service
            titles = (service.routes + service.internalRoutes).map { "\(S.name) \($0.method) \($0.pattern)" }
        }
        return titles
    }

    @Test("nobody may do more than the table says, or less")
    func matrix() async throws {
        let fixtures = ["catalog": StackSession.rows(allocations: [10_000]) + Self.person]
        try await Stack.run(settings: ["HOLD_SECONDS": "3600"], fixtures: fixtures) { stack in
            // Whoever has seats keeps the session, its film and its place from being deleted.
            _ = try await Caller.booking(stack)
            var wrong: [String] = []
            for line in people { wrong += try await differences(line, stack) }
            #expect(wrong == [])
        }
    }

    /// Without it, a comparison that finds nothing proves nothing.
    @Test("a line of the table that lets one caller do more than the service does, or less, is found")
    func wrongLine() async throws {
        let fixtures = ["catalog": StackSession.rows(allocations: [10_000])]
        try await Stack.run(settings: ["HOLD_SECONDS": "3600"], fixtures: fixtures) { stack in
            let lines = people.filter { $0.method == "GET" && $0.route.hasPrefix("/v1/bookings") }
            #expect(lines.count >= 5)
            for line in lines {
                for (index, caller) in Caller.all.enumerated() {
                    let found = try await differences(line.mistaken(at: index), stack)
                    let expected = "by \(caller.name): \(line.statuses[index]) instead of"
                    #expect(found.count == 1 && found[0].contains(expected), "\(line.title): \(found)")
                }
            }
        }
    }

    private func differences(_ line: Access, _ stack: Stack) async throws -> [String] {
        var wrong: [String] = []
        for (caller, status) in zip(Caller.all, line.statuses) {
            let answer = try await ask(line, caller.token(stack), stack)
            let what = "\(line.title)\(line.query) by \(caller.name): \(answer) instead of \(status)"
            if answer != status { wrong.append(what) }
        }
        // What is open to nobody is open to no bad token either.
        for token in Caller.badTokens(stack) where line.statuses[0] == 401 {
            let answer = try await ask(line, token, stack)
            if answer != 401 { wrong.append("\(line.title) with a bad token: \(answer)") }
        }
        return wrong
    }

    @Test("internal routes are for services with their credential, and not behind the gateway")
    func internalMatrix() async throws {
        try await Stack.run(fixtures: ["catalog": StackSession.rows(allocations: [10_000])]) { stack in
            var wrong: [String] = []
            _ = try await Caller.booking(stack)
            for line in services {
                let address = stack[line.service].internalAddress
                let tokens = [nil, Caller.admin.token(stack), Stack.credential]
                for (token, status) in zip(tokens, line.statuses) {
                    let answer = try await line.send(to: address, token, booking: "")
                    if answer != status { wrong.append("\(line.title): \(answer) instead of \(status)") }
                }
                let outside = try await line.send(to: stack.gateway, Stack.credential, booking: "")
                if outside != 404 { wrong.append("\(line.title) through the gateway: \(outside)") }
            }
            #expect(wrong == [])
        }
    }

    private func ask(_ line: Access, _ token: String?, _ stack: Stack) async throws -> Int {
        let booking = line.route.contains("{booking_id}") ? try await Caller.booking(stack) : ""
        return try await line.send(to: stack.gateway, token, booking: booking)
    }

    /// Somebody with a part in the film.
    private static let person = """
        INSERT INTO people (id, name) VALUES (900000000000001, 'Camille Durand');
        INSERT INTO credits (movie_id, role, position, person_id) VALUES (900000000000001, 'star', 0, 900000000000001);
        """
}

extension Access {
    fileprivate func send(to address: Address, _ token: String?, booking: String) async throws -> Int {
        let parameters = [
            "{user_id}": "usr_100000000000001", "{movie_id}": StackSession.movie, "{place_id}": StackSession.place,
            "{room_id}": "rom_900000000000001", "{session_id}": StackSession.id(1),
            "{person_id}": "psn_900000000000001", "{booking_id}": booking,
            "{ticket_id}": "tkt_900000000000001", "{kid}": "900000000000001",
        ]
        let target = parameters.reduce(route) { $0.replacing($1.key, with: $1.value) } + query
        var headers = token.map { [("Authorization", "Bearer \($0)")] } ?? []
        if body != nil { headers.append(("Content-Type", "application/json")) }
        return try await RawHTTP.send(
            method, target, host: address.host, port: address.port, headers: headers, body: body.map { Array($0.utf8) }
        ).status
    }
}

/// Those who ask, by accounts of the sample data.
private struct Caller {
    let name: String
    let user: Int64?
    let role: Role

    static let owner = Caller(name: "its owner", user: 100_000_000_000_001, role: .customer)
    static let admin = Caller(name: "an admin", user: 100_000_000_000_003, role: .admin)
    static let all = [
        Caller(name: "nobody", user: nil, role: .customer), owner,
        Caller(name: "another customer", user: 100_000_000_000_101, role: .customer),
        Caller(name: "staff", user: 100_000_000_000_002, role: .staff), admin,
    ]

    func token(_ stack: Stack) -> String? { user.map { stack.token(user: $0, role: role) } }

    /// An admin's of yesterday, one that somebody else has signed, and what services know one another by.
    static func badTokens(_ stack: Stack) -> [String] {
        let token = AccessToken(subject: "usr_100000000000003", role: .admin, issuedAt: 0, expiresAt: 4_000_000_000)
        let forged = Ed25519.PrivateKey.generate().flatMap { token.signed(with: $0) } ?? ""
        return [
            stack.token(user: 100_000_000_000_003, role: .admin, lifetimeSeconds: -86_400), forged, Stack.credential,
        ]
    }

    /// The owner's, open and with a seat.
    static func booking(_ stack: Stack) async throws -> String {
        let token = owner.token(stack)
        let opened = try await stack.post("/v1/sessions/\(StackSession.id(1))/book", token: token)
        let booking = opened.json["booking"]?["id"]?.stringValue ?? ""
        let reserved = try await stack.post("/v1/bookings/\(booking)/reserve", #"{"seats":1}"#, token: token)
        try #require(reserved.status == 200)
        return booking
    }
}
