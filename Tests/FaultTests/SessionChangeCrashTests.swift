import Auth
import JSON
import TestSupport
import Testing

/// A session is changed and removed in steps: catalog notes what it is going to ask, booking decides, catalog writes it
/// down. Whoever dies, and at whichever step, it finishes by itself, and both say the same afterwards.
@Suite struct SessionChangeCrashTests {
    @Test("kill -9 of either service at any step of a change: it finishes, and both agree", arguments: Step.allCases)
    func crashes(step: Step) async throws {
        let wire = Wire()
        defer { wire.stop() }
        let sessions = StackSession.rows(allocations: Array(repeating: Interrupted.allocation, count: 6))
        let settings = ["BOOKING_URL": wire.url, "HOLD_SECONDS": "3600"]
        try await Stack.run(settings: settings, fixtures: ["catalog": sessions]) { stack in
            wire.connect(to: stack["booking"].internalAddress)
            var number = 0
            for change in Interrupted.Change.allCases {
                for wanted in Interrupted.wanted {
                    number += 1
                    let interrupted = Interrupted(stack, wire, step, change, wanted: wanted, session: number)
                    try await interrupted.run()
                }
            }
            #expect(try await stack.bookDifferences() == [])
        }
    }

    enum Step: String, CaseIterable, Sendable {
        case catalogHasNoted, bookingHasDecided, catalogHasWritten, bookingHasNotReadIt, bookingHasNotAnswered

        /// Whether booking has decided before anybody buys.
        var isDecided: Bool { self != .catalogHasNoted && self != .bookingHasNotReadIt }
    }
}

/// One change of one session that is interrupted, while somebody buys.
struct Interrupted {
    enum Change: CaseIterable, Sendable { case fewerSeats, removal }

    static let allocation = 10
    /// What one customer wants meanwhile: nothing, what is left in any case, more than is left after the change.
    static let wanted = [0, 3, 6]
    private static let fewer = 4

    private let stack: Stack
    private let wire: Wire
    private let step: SessionChangeCrashTests.Step
    private let change: Change
    private let wanted: Int
    private let session: String
    private let row: String
    private let buyer: String
    private let admin: String
    private let what: Comment

    init(
        _ stack: Stack, _ wire: Wire, _ step: SessionChangeCrashTests.Step, _ change: Change, wanted: Int, session: Int
    ) {
        (self.stack, self.wire, self.step, self.change, self.wanted) = (stack, wire, step, change, wanted)
        self.session = StackSession.id(session)
        row = "\(900_000_000_000_000 + session)"
        buyer = stack.token(user: 800_000 + Int64(session))
        admin = stack.token(user: 1, role: .admin)
        what = "\(step), \(change), somebody wants \(wanted)"
    }

    func run() async throws {
        // One that is never met by booking before the change is part of it.
        let booking = wanted == 0 ? nil : try await open(buyer)
        let stack = stack, (method, target, body) = request
        let token = admin
        wire.letGo()
        if step == .catalogHasNoted || step == .bookingHasNotReadIt { wire.hold(.requests) }
        if step == .bookingHasDecided || step == .bookingHasNotAnswered { wire.hold(.answers) }
        async let told = try? stack.send(method, target, token: token, body: body)
        let bought = try await interrupt(booking)
        wire.letGo()
        for name in ["catalog", "booking"] where (try? stack[name].child()) == nil { try await stack[name].start() }
        let answer = await told
        try await settled()
        let allocation = left(after: bought)
        if let answer, answer.status < 300 { #expect(allocation != Self.allocation, what) }
        try await compare(allocation: allocation, bought: bought)
    }

    private var request: (method: String, target: String, body: [UInt8]?) {
        switch change {
        case .fewerSeats: ("PATCH", "/v1/sessions/\(session)", Array(#"{"allocation":\#(Self.fewer)}"#.utf8))
        case .removal: ("DELETE", "/v1/sessions/\(session)", nil)
        }
    }

    /// What is on sale in the end; nil where the session is gone. What was sold first decides.
    private func left(after bought: Int) -> Int? {
        switch change {
        case .fewerSeats: bought > Self.fewer ? Self.allocation : Self.fewer
        case .removal: bought > 0 ? Self.allocation : nil
        }
    }

    // MARK: The interruption

    /// - Returns: how many seats were bought meanwhile.
    private func interrupt(_ booking: String?) async throws -> Int {
        if step == .catalogHasWritten {
            try await eventually("catalog has written") { try await writtenDown() }
            try await stack["catalog"].kill()
            return try await buy(booking)
        }
        try await eventually("the wire holds it") { wire.isHolding }
        #expect(try await noted() == 1, what)
        try await refusedMeanwhile()
        if step == .catalogHasNoted || step == .bookingHasDecided {
            try await stack["catalog"].kill()
            wire.cut()
            return try await buy(booking)
        }
        let bought = try await buy(booking)
        if step == .bookingHasNotReadIt {
            try await stack["booking"].freeze()
            let passed = wire.passed
            wire.letGo()
            try await eventually("booking has it in its socket") { wire.passed > passed }
        }
        try await stack["booking"].kill()
        wire.cut()
        return bought
    }

    /// One change at a time.
    private func refusedMeanwhile() async throws {
        for (method, body) in [("PATCH", #"{"allocation":9}"#), ("DELETE", nil)] as [(String, String?)] {
            let answer = try await stack.send(
                method, "/v1/sessions/\(session)", token: admin, body: body.map { Array($0.utf8) })
            #expect(answer.status == 409 && answer.codes == ["session_changing"], what)
        }
    }

    private func buy(_ booking: String?) async throws -> Int {
        guard let booking else { return 0 }
        let isSold = try await reserve(booking, wanted, buyer)
        let fits = !step.isDecided || (change == .fewerSeats && wanted <= Self.fewer)
        #expect(isSold == fits, what)
        return isSold ? wanted : 0
    }

    // MARK: Afterwards

    private func noted() async throws -> JSONValue? {
        try await stack["catalog"].sql("SELECT count(*) AS count FROM session_changes").first?["count"]
    }

    private func writtenDown() async throws -> Bool {
        let rows = try await stack["catalog"].sql("SELECT allocation FROM sessions WHERE id = \(row)")
        return change == .removal ? rows.isEmpty : rows.first?["allocation"] == .integer(Int64(Self.fewer))
    }

    /// Nobody asks for it again.
    private func settled() async throws {
        try await eventually("the change is finished") { try await noted() == 0 }
        try await eventually("catalog is told all") {
            try await stack["booking"].sql(
                """
                SELECT 1 FROM (SELECT max(sequence) AS newest FROM events)
                WHERE newest > coalesce((SELECT sequence FROM followers WHERE name = 'catalog'), 0)
                """
            ).isEmpty
        }
    }

    private func compare(allocation: Int?, bought: Int) async throws {
        let shown = try await stack.get("/v1/sessions/\(session)")
        guard let allocation else {
            #expect(shown.status == 404, what)
            let refused = try await stack.post("/v1/sessions/\(session)/book", token: stack.token(user: 9))
            #expect(refused.codes == ["session_not_found"], what)
            #expect(try await taken() == 0, what)
            return
        }
        #expect(shown.json["session"]?["allocation"] == .integer(Int64(allocation)), what)
        #expect(shown.json["session"]?["seats_left"] == .integer(Int64(allocation - bought)), what)
        // It sells what is left, to the last seat.
        let other = stack.token(user: 9)
        let booking = try await open(other)
        #expect(try await taken() == bought, what)
        #expect(try await reserve(booking, allocation - bought + 1, other) == false, what)
        #expect(try await reserve(booking, allocation - bought, other), what)
        #expect(try await reserve(try await open(other), 1, other) == false, what)
        #expect(try await taken() == allocation, what)
        let own = try await stack["booking"].sql("SELECT allocation FROM sessions WHERE id = \(row)")
        #expect(own.first?["allocation"] == .integer(Int64(allocation)), what)
        try await eventually("catalog shows that it is sold out") {
            let session = try await stack.get("/v1/sessions/\(session)").json["session"]
            return session?["seats_left"] == 0 && session?["bookable"] == false
        }
    }

    /// Counted from the reservations, not from what booking keeps beside them.
    private func taken() async throws -> Int {
        let rows = try await stack["booking"].sql(
            """
            SELECT coalesce(sum(seats), 0) AS seats FROM reservations
            WHERE session_id = \(row) AND state <> 'released'
            """)
        return Int(rows.first?["seats"]?.integerValue ?? -1)
    }

    // MARK: Customers

    private func open(_ token: String) async throws -> String {
        let answer = try await stack.post("/v1/sessions/\(session)/book", token: token)
        return try #require(answer.json["booking"]?["id"]?.stringValue, what)
    }

    /// Reserves and confirms.
    /// - Returns: false when it was refused, because there is not that much left, or the session is gone.
    private func reserve(_ booking: String, _ seats: Int, _ token: String) async throws -> Bool {
        let answer = try await stack.post("/v1/bookings/\(booking)/reserve", #"{"seats":\#(seats)}"#, token: token)
        guard answer.status == 200 else {
            #expect([["not_enough_seats"], ["booking_expired"]].contains(answer.codes), what)
            return false
        }
        #expect(try await stack.post("/v1/bookings/\(booking)/confirm", token: token).status == 200, what)
        return true
    }

    /// Within a minute.
    private func eventually(_ condition: String, _ holds: () async throws -> Bool) async throws {
        for _ in 0..<1_200 {
            if try await holds() { return }
            try await Task.sleep(for: .milliseconds(50))
        }
        throw Stack.Failure(reason: "it does not come about that \(condition): \(what)")
    }
}
