import Auth
import JSON
import Synchronization
import TestSupport
import Testing

/// The wall clock of every service steps while customers are at work; their own, and the one that durations are
/// measured by, do not.
@Suite struct ClockTests {
    /// `CLOCK_STEPS=500` for many, `FAULT_SEED` for the choices of a run that failed.
    private static let steps = environment("CLOCK_STEPS").flatMap { Int($0) } ?? 6
    private static let hour: Int64 = 3_600
    private static let hold: Int64 = 2

    @Test("a wall clock that steps makes no id twice, revives no booking and ends none by more than the step")
    func steps() async throws {
        let seed = environment("FAULT_SEED").flatMap { UInt64($0) } ?? .random(in: 0...9_999_999)
        let trouble = try await Trouble()
        let settings = trouble.settings.merging(["HOLD_SECONDS": "\(Self.hold)"]) { own, _ in own }
        try await Stack.run(settings: settings, fixtures: Self.fixtures) { stack in
            var random = SeededGenerator(seed: seed)
            let clock = SteppedClock()
            let isOver = Atomic(false)
            let left = Mutex<[ClockWitness]>([])
            async let work: Void = Threads.run(6) { index in
                var visitor = ClockVisitor(index, of: stack, clock, hold: Self.hold * 1_000, seed: seed)
                while !isOver.load(ordering: .relaxed) { visitor.act() }
                left.withLock { $0.append(visitor.witness) }
            }
            for step in 0..<Self.steps {
                try await Task.sleep(for: .milliseconds(Int.random(in: 100...700, using: &random)))
                let off = [-2, 0, 2].map { $0 * Self.hour }.filter { $0 != clock.seconds }.randomElement(using: &random)
                clock.step(to: off ?? 0) { trouble.clock(offBySeconds: $0) }
                // Whatever a process remembers of the clock, it forgets.
                if step % 2 == 1 {
                    let service = stack.services.randomElement(using: &random) ?? stack.services[0]
                    try await service.kill()
                    try await service.start()
                }
            }
            try await Task.sleep(for: .seconds(Self.hold + 1))
            isOver.store(true, ordering: .relaxed)
            await work
            let witnesses = left.withLock { $0 }
            let ids = witnesses.flatMap(\.ids)
            print(
                "steps of the clock, FAULT_SEED=\(seed), \(Self.steps) × 2 h or 4 h: \(ids.count) ids,",
                "\(witnesses.map(\.ends).reduce(0, +)) bookings seen to expire")
            #expect(witnesses.flatMap(\.wrong) == [])
            #expect(Set(ids).count == ids.count)
            #expect(witnesses.map(\.ends).reduce(0, +) > 0)
        }
    }

    @Test("a booking that was said to have expired stays so when the clock steps back at once")
    func revival() async throws {
        let trouble = try await Trouble()
        let settings = trouble.settings.merging(["HOLD_SECONDS": "3600"]) { own, _ in own }
        try await Stack.run(settings: settings, fixtures: Self.fixtures) { stack in
            let token = stack.token(user: 1, issuedSecondsAgo: 4 * Self.hour, lifetimeSeconds: 10 * Self.hour)
            for telling in Telling.allCases {
                let opened = try await stack.post("/v1/sessions/\(StackSession.id(1))/book", token: token)
                let id = try #require(opened.json["booking"]?["id"]?.stringValue)
                let reserved = try await stack.post("/v1/bookings/\(id)/reserve", #"{"seats":2}"#, token: token)
                #expect(reserved.status == 200)
                trouble.clock(offBySeconds: 2 * Self.hour)
                let told = try await telling.ask(stack, id, token)
                trouble.clock(offBySeconds: 0)
                #expect(String(decoding: told.body, as: UTF8.self).contains("expired"), "\(telling)")
                let again = try await stack.post("/v1/bookings/\(id)/confirm", token: token)
                #expect(again.codes == ["booking_expired"], "after \(telling): \(again.status)")
            }
        }
    }

    @Test("identifiers go on growing after a restart with the clock two hours back")
    func restarts() async throws {
        let trouble = try await Trouble()
        try await Stack.run(settings: trouble.settings, fixtures: Self.fixtures) { stack in
            let before = try await makeOneOfEach(stack, 1)
            trouble.clock(offBySeconds: -2 * Self.hour)
            for service in stack.services {
                try await service.kill()
                try await service.start()
            }
            let after = try await makeOneOfEach(stack, 2)
            #expect(before.count == 4)
            #expect(zip(before, after).allSatisfy { $0 < $1 }, "\(before), \(after)")
        }
    }

    private func makeOneOfEach(_ stack: Stack, _ number: Int) async throws -> [Int64] {
        func token(_ role: Role) -> String {
            stack.token(user: 1, role: role, issuedSecondsAgo: 4 * Self.hour, lifetimeSeconds: 10 * Self.hour)
        }
        let user = try await stack.post(
            "/v1/auth/signup", #"{"email":"\#(number)@clock.example","password":"correct horse battery"}"#)
        let person = try await stack.post("/v1/people", #"{"name":"Number \#(number)"}"#, token: token(.admin))
        let booking = try await stack.post("/v1/sessions/\(StackSession.id(1))/book", token: token(.customer))
        let event = #"{"tracking_id":"c","type":"page_enter","page":{"scheme":"https","path":"/","query":{}}}"#
        #expect(try await stack.post("/v1/analytics/track", event).status == 204)
        let events = try await stack["analytics"].sql("SELECT max(id) AS id FROM events")
        let made = [user.json["user"], person.json["person"], booking.json["booking"]].compactMap { made in
            made?["id"]?.stringValue?.split(separator: "_").last.flatMap { Int64($0) }
        }
        return made + events.compactMap { $0["id"]?.integerValue }
    }

    private static let fixtures = ["catalog": StackSession.rows(allocations: [10_000, 10_000, 10_000])]

    /// How somebody learns that a booking has expired.
    private enum Telling: CaseIterable {
        case confirm, cancel, reserve, show, list

        func ask(_ stack: Stack, _ id: String, _ token: String) async throws -> Answer {
            switch self {
            case .confirm, .cancel: try await stack.post("/v1/bookings/\(id)/\(self)", token: token)
            case .reserve: try await stack.post("/v1/bookings/\(id)/reserve", #"{"seats":1}"#, token: token)
            case .show: try await stack.get("/v1/bookings/\(id)", token: token)
            case .list: try await stack.get("/v1/bookings?limit=1", token: token)
            }
        }
    }
}
