import JSON
import Synchronization
import TestSupport
import Testing

/// `RIVALS=10000` for as many, and one seat.
@Suite struct RaceTests {
    private static let asked = environment("RIVALS").flatMap { Int($0) }
    private static let rivals = asked ?? 1_000
    private static let seats = asked == nil ? 10 : 1

    @Test("a thousand clients race for the last ten seats: exactly ten win, everybody else is told so")
    func lastSeats() async throws {
        try await Stack.run(
            settings: ["HOLD_SECONDS": "600"], fixtures: ["catalog": StackSession.rows(allocations: [30 + Self.seats])]
        ) { stack in
            try await sellThirty(stack)
            let outcomes = await race(stack)
            #expect(outcomes.filter { $0 == .won }.count == Self.seats)
            #expect(outcomes.filter { $0 == .toldSo }.count == Self.rivals - Self.seats)
            #expect(outcomes.filter { if case .other = $0 { true } else { false } } == [])
            try await balance(stack)
        }
    }

    enum Outcome: Sendable, Equatable {
        case won
        case toldSo
        case other(String)
    }

    private func sellThirty(_ stack: Stack) async throws {
        let token = stack.token(user: 1)
        let opened = try await stack.post("/v1/sessions/\(StackSession.id(1))/book", token: token)
        let booking = "/v1/bookings/\(opened.json["booking"]?["id"]?.stringValue ?? "")"
        try #require(try await stack.post("\(booking)/reserve", #"{"seats":30}"#, token: token).status == 200)
        try #require(try await stack.post("\(booking)/confirm", token: token).status == 200)
    }

    private func race(_ stack: Stack) async -> [Outcome] {
        let tokens = (0..<Self.rivals).map { stack.token(user: 1_000 + Int64($0)) }
        let start = Barrier(Self.rivals)
        let (outcomes, interruptions) = (Gathered<Outcome>(), Gathered<String>())
        await Threads.run(Self.rivals) { index in
            let rival = Rival(stack.connection(), tokens[index])
            let booking = rival.open()
            start.wait()
            outcomes.append(rival.buy(booking))
            for interruption in rival.interruptions { interruptions.append(interruption) }
        }
        // No 500 and no silence: whoever could not be served yet was told so. Ten thousand of them on a small machine
        // keep the gateway itself from the processor for so long that it gives up on a request: 504.
        #expect(Set(interruptions.all).subtracting(["503, come back", "504, come back"]) == [])
        let counts = Dictionary(grouping: interruptions.all, by: \.self).mapValues(\.count)
        print("the race of \(Self.rivals) for \(Self.seats), answers that were not the last word: \(counts)")
        return outcomes.all
    }

    /// The books, from the file itself: no seat more than there are, and every count the sum of its reservations.
    private func balance(_ stack: Stack) async throws {
        let session = try await stack["booking"].sql(
            """
            SELECT s.allocation, s.held, s.sold,
                (SELECT sum(seats) FROM reservations WHERE session_id = s.id AND state = 'held') AS held_summed,
                (SELECT sum(seats) FROM reservations WHERE session_id = s.id AND state = 'sold') AS sold_summed,
                (SELECT count(*) FROM bookings WHERE session_id = s.id AND confirmed_at IS NOT NULL) AS confirmed,
                (SELECT count(*) FROM bookings WHERE session_id = s.id) AS opened
            FROM sessions s WHERE 'ses_' || s.id = '\(StackSession.id(1))'
            """)
        #expect(session.count == 1)
        let all = JSONValue.integer(Int64(30 + Self.seats))
        let expected: [(String, JSONValue)] = [
            ("allocation", all), ("held", 0), ("sold", all), ("held_summed", .null), ("sold_summed", all),
            ("confirmed", .integer(Int64(Self.seats) + 1)), ("opened", .integer(Int64(Self.rivals) + 1)),
        ]
        for (name, value) in expected { #expect(session.first?[name] == value, "\(name)") }
    }
}

/// One of them, with a user of its own.
private final class Rival {
    private let connection: HTTPConnection
    private let token: String
    /// What was answered that was not the last word.
    private(set) var interruptions: [String] = []

    init(_ connection: HTTPConnection, _ token: String) {
        self.connection = connection
        self.token = token
    }

    private func decide(_ target: String, _ key: String, _ body: String? = nil) throws -> Answer {
        // About when it was asked to.
        try connection.decide(target, token: token, key: key, body: body, waiting: 500...1_500) { answer in
            let status = answer.map { "\($0.status)" } ?? "no answer"
            interruptions.append(status + (answer?.header("retry-after") == nil ? "" : ", come back"))
        }
    }

    func open() -> String? {
        try? decide("/v1/sessions/\(StackSession.id(1))/book", "open").json["booking"]?["id"]?.stringValue
    }

    func buy(_ booking: String?) -> RaceTests.Outcome {
        guard let booking else { return .other("no booking") }
        do {
            let reserved = try decide("/v1/bookings/\(booking)/reserve", "reserve", #"{"seats":1}"#)
            if reserved.status == 409, reserved.codes == ["not_enough_seats"] { return .toldSo }
            guard reserved.status == 200 else { return .other("reserve: \(reserved.status) \(reserved.codes)") }
            let confirmed = try decide("/v1/bookings/\(booking)/confirm", "confirm")
            return confirmed.status == 200 ? .won : .other("confirm: \(confirmed.status) \(confirmed.codes)")
        } catch {
            return .other("\(error)")
        }
    }
}

/// What many threads have found.
private final class Gathered<Element: Sendable>: Sendable {
    private let elements = Mutex<[Element]>([])
    var all: [Element] { elements.withLock { $0 } }
    func append(_ element: Element) { elements.withLock { $0.append(element) } }
}
