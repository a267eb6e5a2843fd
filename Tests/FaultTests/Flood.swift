import Auth
import JSON
import TestSupport

/// What is asked over and over.
struct Flood: Sendable {
    let name: String
    let service: String
    let arguments: [String]
    /// Statuses of answers that are none of a flood.
    let good: [Int]
    /// As many as a service has something to do with, and as many as it cannot answer in time, all at once.
    let fewClients: Int
    let manyClients: Int

    static let all = [
        Flood(
            name: "bookings", service: "booking",
            arguments: ["flow", "--sessions", "200", "--first-session", "900000000000001", "--first-user", "500000"],
            good: [200, 201], fewClients: 8, manyClients: 2_000),
        Flood(
            name: "sessions", service: "catalog",
            arguments: ["get", "--path", "/v1/sessions?limit=100", "--fresh", "1"],
            good: [200], fewClients: 8, manyClients: 2_000),
        Flood(
            name: "sign-ins", service: "identity",
            arguments: ["signin", "--email", "customer@marquee.example", "--password", "let-me-in-please"], good: [200],
            fewClients: 4, manyClients: 512),
    ]

    struct Result {
        /// Whole rounds, in time.
        let perSecond: Int
        let tooLate: Int
        /// Of whole rounds, from when they were to begin.
        let p99Milliseconds: Int
        let refused: Int
        let silentRefusals: Int
        let unanswered: Int
        let statuses: [Int: Int]

        init(_ json: JSONValue) throws {
            guard json["error"] == .null, let rate = json["per_second"]?.doubleValue else {
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
            perSecond = Int(rate)
            tooLate = Int(json["too_late"]?.integerValue ?? -1)
            p99Milliseconds = Int(json["rounds"]?["p99"]?.integerValue ?? .max) / 1_000
            refused = statuses[503, default: 0]
            silentRefusals = steps.reduce(0) { $0 + Int($1["silent_refusals"]?.integerValue ?? 0) }
            unanswered = Int(json["unanswered"]?.integerValue ?? -1)
        }
    }

    /// Asks the service itself. The program ends by itself, at the latest 20 seconds late.
    /// - Parameter patience: in milliseconds: a round that takes longer is too late. What is answered before that time has
    ///   passed is not counted.
    func run(on stack: Stack, clients: Int, rate: Int?, seconds: Int, patience: Int? = nil) async throws -> Result {
        let output = temporaryPath("load.json")
        var pace = rate.map { ["--rate", "\($0)", "--give-up", "1"] } ?? []
        if let patience {
            pace += ["--patience-milliseconds", "\(patience)", "--warm-up-milliseconds", "\(patience + 500)"]
        }
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
