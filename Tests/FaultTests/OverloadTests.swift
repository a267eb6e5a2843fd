import Auth
import Glibc
import JSON
import TestSupport
import Testing

/// Open loop: requests come when they come, many times as many as are answered, from the program that `make bench`
/// measures with. `OVERLOAD_SECONDS=60` for long floods.
@Suite struct OverloadTests {
    private static let seconds = environment("OVERLOAD_SECONDS").flatMap { Int($0) } ?? 1
    private static let times = 10
    private static let clients = 256

    @Test("many times what can be done is refused with a time to come back, and leaves nothing behind")
    func floods() async throws {
        try await Stack.run(
            settings: ["MAX_REQUESTS": "32", "HASH_QUEUE": "4", "HOLD_SECONDS": "3600"],
            fixtures: ["catalog": StackSession.rows(allocations: Array(repeating: 10_000, count: 200))]
        ) { stack in
            for flood in Flood.all {
                let service = stack[flood.service]
                // What a flood makes the service keep for good, it has after the first one.
                let capacity = try await flood.run(on: stack, clients: 8, rate: nil, seconds: Self.seconds)
                _ = try await run(flood, on: stack, capacity)
                let (memory, descriptors) = (try service.child().memory, try service.child().descriptors)
                let result = try await run(flood, on: stack, capacity)
                #expect(result.refused > 0, "\(flood.name) was no flood")
                await eventually { (try? service.child().descriptors) ?? .max <= descriptors }
                #expect(try service.child().descriptors <= descriptors, "\(flood.name)")
                let after = try service.child().memory
                #expect(after < memory + 32 << 20, "\(flood.name): \(memory >> 20) MB before, \(after >> 20) MB after")
                let again = try await flood.run(on: stack, clients: 4, rate: nil, seconds: 1)
                #expect(again.answered > 0 && again.refused == 0, "\(flood.name) afterwards")
            }
            #expect(try await stack.bookDifferences() == [])
        }
    }

    private func run(_ flood: Flood, on stack: Stack, _ capacity: Flood.Result) async throws -> Flood.Result {
        let rate = max(200, capacity.perSecond * Self.times)
        let result = try await flood.run(on: stack, clients: Self.clients, rate: rate, seconds: Self.seconds)
        print(
            """
            overload, \(flood.name) at \(rate)/s for \(Self.seconds) s: \(result.perSecond)/s answered of \
            \(capacity.perSecond)/s, statuses \(result.statuses), \(result.unanswered) without an answer
            """)
        #expect(result.answered > 0, "\(flood.name)")
        #expect(Set(result.statuses.keys).subtracting(flood.good + [503]) == [], "\(flood.name)")
        #expect(result.silentRefusals == 0 && result.unanswered == 0, "\(flood.name)")
        return result
    }
}

/// What is asked over and over.
private struct Flood: Sendable {
    let name: String
    let service: String
    let arguments: [String]
    /// Statuses of answers that are none of a flood.
    let good: [Int]

    static let all = [
        Flood(
            name: "bookings", service: "booking",
            arguments: ["flow", "--sessions", "200", "--first-session", "900000000000001", "--first-user", "500000"],
            good: [200, 201]),
        Flood(
            name: "movies", service: "catalog", arguments: ["get", "--path", "/v1/movies", "--fresh", "1"], good: [200]),
        Flood(
            name: "sign-ins", service: "identity",
            arguments: ["signin", "--email", "customer@marquee.example", "--password", "let-me-in-please"], good: [200]),
    ]

    struct Result {
        let perSecond: Int
        let answered: Int
        let refused: Int
        let silentRefusals: Int
        let unanswered: Int
        let statuses: [Int: Int]

        init(_ json: JSONValue) throws {
            guard json["error"] == .null, let completed = json["completed"]?.integerValue else {
                throw Stack.Failure(reason: "load: \(json)")
            }
            let steps = json["steps"]?.objectValue?.members.map(\.value) ?? []
            var statuses: [Int: Int] = [:]
            for step in steps {
                for status in step["statuses"]?.objectValue?.members ?? [] {
                    statuses[Int(status.name) ?? -1, default: 0] += Int(status.value.integerValue ?? 0)
                }
            }
            self.statuses = statuses
            answered = Int(completed)
            perSecond = Int(json["per_second"]?.doubleValue ?? 0)
            refused = statuses[503, default: 0]
            silentRefusals = steps.reduce(0) { $0 + Int($1["silent_refusals"]?.integerValue ?? 0) }
            unanswered = Int(json["unanswered"]?.integerValue ?? -1)
        }
    }

    /// Asks the service itself. The program ends by itself, at the latest 20 seconds late.
    func run(on stack: Stack, clients: Int, rate: Int?, seconds: Int) async throws -> Result {
        let output = temporaryPath("load.json")
        let pace = rate.map { ["--rate", "\($0)", "--give-up", "1"] } ?? []
        let load = try ChildProcess(
            "\(executables)/load",
            arguments + pace + [
                "--address", "\(stack[service].publicAddress)", "--clients", "\(clients)",
                "--milliseconds", "\(seconds * 1_000)",
            ],
            environment: ["SIGNING_SEED": stack.key.bytes.map(twoDigits).joined()], output: output)
        guard try await load.end(withinSeconds: seconds + 60) == .exited(0) else {
            throw Stack.Failure(reason: "load: \(try readFile(output))")
        }
        return try Result(JSONValue(parsing: Array(readFile(output).utf8)))
    }
}

private func twoDigits(_ byte: UInt8) -> String {
    let digits = String(byte, radix: 16)
    return digits.count == 1 ? "0" + digits : digits
}
