import Synchronization
import TestSupport
import Testing
import Time

/// Who can do what while a service is gone, or keeps its sockets and answers nothing.
@Suite struct DegradedTests {
    /// How much later than promised an answer may come on a busy machine: with it, only what waits for the gateway's own
    /// five seconds may take as long as these.
    private static let margin = 4.0
    private static let attempts = 3

    @Test("every operation of the public API has a row, and every row its operation")
    func completeness() throws {
        let operations = Self.operations(in: try readFile(checkoutPath + "/Docs/openapi.v1.yaml"))
        let rows = Set(Endpoint.all.map(\.operation))
        #expect(operations.subtracting(rows) == [], "operations without a row")
        #expect(rows.subtracting(operations) == [], "rows without an operation")
        #expect(Set(Endpoint.all.map(\.title)).count == Endpoint.all.count, "rows that nothing tells apart")
    }

    @Test("a service that is dead or frozen costs a bounded time, and only where it is needed")
    func degradedModes() async throws {
        var table = DegradedTable()
        let provider = StripeServer()
        defer { provider.stop() }
        // A day before: the doors of tomorrow's session are open.
        let own = ["DOOR_OPENS_MINUTES": "1440", "HASH_WAIT_MILLISECONDS": "4000"]
        let settings = provider.settings.merging(own) { $1 }
        try await Stack.run(settings: settings, fixtures: ["catalog": Preparation.rows]) { stack in
            let rounds = Rounds(stack, provider)
            for service in stack.services {
                let dead = try await observe(service, .dead, rounds, { try await service.kill() }) {
                    try await service.start()
                }
                let frozen = try await observe(service, .frozen, rounds, { try await service.freeze() }) {
                    try service.thaw()
                }
                table.add(service.name, dead: dead, frozen: frozen)
            }
        }
        try compare(table.document)
    }

    /// What is seen without a service. A machine that stood still may have cost an answer its time: what is seen once
    /// and is not what was promised is looked at again.
    private func observe(
        _ service: StackService, _ absence: Endpoint.Absence, _ rounds: Rounds, _ fault: () async throws -> Void,
        end: () async throws -> Void
    ) async throws -> [Endpoint.Outcome] {
        for attempt in 1...Self.attempts {
            try await rounds.untilAllIsWell()
            let results = try await rounds.ask(fault)
            try await end()
            let promised = Endpoint.all.map { $0.outcome(without: service.name, absence) }
            let seen = zip(results, promised).map { $0.outcome(promised: $1, margin: Self.margin) }
            let isKept = seen == promised && results.allSatisfy(\.saysWhenIfNeeded)
            guard isKept || attempt == Self.attempts else { continue }
            for (index, endpoint) in Endpoint.all.enumerated() {
                let what: Comment = "\(endpoint.title) without \(service.name), \(absence): \(results[index])"
                #expect(seen[index] == promised[index] && results[index].saysWhenIfNeeded, what)
            }
            return seen
        }
        return []
    }

    /// The published table says what was seen. `DEGRADED_TABLE=path` writes it anew.
    private func compare(_ document: String) throws {
        if let path = environment("DEGRADED_TABLE") { try writeFile(path, Array(document.utf8)) }
        #expect(try readFile(checkoutPath + "/Docs/degraded-modes.md") == document)
    }

    /// `GET /v1/movies` and so on, by the indentation of the joined description.
    private static func operations(in description: String) -> Set<String> {
        var operations: Set<String> = []
        var path = ""
        for line in description.split(separator: "\n") {
            guard line.hasSuffix(":") else { continue }
            let name = line.dropFirst(line.hasPrefix("  /") ? 2 : 4).dropLast()
            if line.hasPrefix("  /") { path = String(name) }
            if ["    get:", "    put:", "    post:", "    patch:", "    delete:"].contains(line) {
                operations.insert("\(name.uppercased()) \(path)")
            }
        }
        return operations
    }
}

struct DegradedResult: Sendable {
    let status: Int
    let code: String
    /// With a 503 or 504: when to come back.
    let saysWhen: Bool
    let seconds: Double

    var saysWhenIfNeeded: Bool { saysWhen || status != 503 && status != 504 }

    /// - Parameter promised: whose time it is given where that was kept.
    func outcome(promised: Endpoint.Outcome, margin: Double) -> Endpoint.Outcome {
        let isInTime = seconds < Double(promised.milliseconds) / 1_000 + margin
        return Endpoint.Outcome(
            status: status, code: code, milliseconds: isInTime ? promised.milliseconds : Int(seconds * 1_000))
    }
}

/// Asks everything at once, round after round.
final class Rounds {
    private let stack: Stack
    private let provider: StripeServer
    private var number = 0

    init(_ stack: Stack, _ provider: StripeServer) {
        self.stack = stack
        self.provider = provider
    }

    /// - Parameter fault: what happens once everything is prepared.
    func ask(_ fault: () async throws -> Void = {}) async throws -> [DegradedResult] {
        number += 1
        let preparation = try await Preparation(stack, provider, number: number)
        try await fault()
        let requests = Endpoint.all.map { $0.request(preparation) }
        let results = Mutex([DegradedResult?](repeating: nil, count: requests.count))
        await Threads.run(requests.count) { [stack] index in
            let result = Self.ask(stack.connection(), requests[index])
            results.withLock { $0[index] = result }
        }
        return results.withLock { $0.compactMap(\.self) }
    }

    private static func ask(_ connection: HTTPConnection, _ request: Endpoint.Request) -> DegradedResult {
        let start = monotonicNanoseconds()
        let answer = try? connection.send(
            request.method, request.target, token: request.token, headers: request.headers, body: request.body)
        return DegradedResult(
            status: answer?.status ?? 0, code: answer?.codes.joined(separator: ", ") ?? "no answer",
            saysWhen: answer?.codes.count == 1 && answer?.header("retry-after") != nil,
            seconds: Double(monotonicNanoseconds() - start) / 1e9)
    }

    /// After a fault a circuit may stay open for a while.
    func untilAllIsWell() async throws {
        var wrong: [String] = []
        for _ in 0..<60 {
            do {
                let results = try await ask()
                wrong = zip(Endpoint.all, results).filter { $0.status != $1.status }.map { "\($0.title): \($1)" }
                if wrong.isEmpty { return }
            } catch {
                wrong = ["\(error)"]
            }
            try await Task.sleep(for: .milliseconds(300))
        }
        throw Stack.Failure(reason: "the services do not recover: \(wrong)")
    }
}
