import Synchronization
import TestSupport
import Testing
import Time

/// Who can do what while a service is gone, or keeps its sockets and answers nothing.
@Suite struct DegradedTests {
    /// The gateway gives up on a service after five seconds; nobody waits for longer than that and a while.
    private static let bound = 8.0

    @Test("a service that is dead or frozen costs a bounded time, and only where it is needed")
    func degradedModes() async throws {
        var tables: [DegradedTable] = []
        let provider = StripeServer()
        defer { provider.stop() }
        // A day before: the doors of tomorrow's session are open.
        let settings = provider.settings.merging(["DOOR_OPENS_MINUTES": "1440"]) { $1 }
        try await Stack.run(settings: settings, fixtures: ["catalog": Preparation.rows]) { stack in
            let rounds = Rounds(stack)
            for service in stack.services {
                try await rounds.untilAllIsWell()
                let dead = try await rounds.ask { try await service.kill() }
                try await service.start()
                try await rounds.untilAllIsWell()
                let frozen = try await rounds.ask { try await service.freeze() }
                try service.thaw()
                judge(dead, without: service.name, statuses: [503])
                judge(frozen, without: service.name, statuses: [503, 504])
                tables.append(DegradedTable(service: service.name, dead: dead, frozen: frozen))
            }
        }
        try compare(DegradedTable.document(tables))
    }

    private func judge(_ results: [DegradedResult], without service: String, statuses: Set<Int>) {
        for (endpoint, result) in zip(Endpoint.all, results) {
            let what: Comment = "\(endpoint.title) without \(service): \(result.status) \(result.code)"
            if endpoint.needs.contains(service) {
                #expect(statuses.contains(result.status) && result.saysWhen, what)
            } else {
                #expect(result.status == endpoint.status, what)
            }
            #expect(result.seconds < Self.bound, what)
        }
    }

    /// The published table says what was seen, times apart. `DEGRADED_TABLE=path` writes it anew.
    private func compare(_ document: String) throws {
        if let path = environment("DEGRADED_TABLE") { try writeFile(path, Array(document.utf8)) }
        #expect(Self.lines(try readFile(checkoutPath + "/Docs/degraded-modes.md")) == Self.lines(document))
    }

    private static func lines(_ document: String) -> [String] {
        document.replacing(/[0-9]+\.[0-9] s/, with: "").split(separator: "\n").map(String.init)
    }
}

struct DegradedResult: Sendable {
    let status: Int
    let code: String
    /// With a 503 or 504: when to come back.
    let saysWhen: Bool
    let seconds: Double
}

/// Asks everything at once, round after round.
final class Rounds {
    private let stack: Stack
    private var number = 0

    init(_ stack: Stack) { self.stack = stack }

    private func prepare() async throws -> Preparation {
        number += 1
        return try await Preparation(stack, number: number)
    }

    /// - Parameter fault: what happens once everything is prepared.
    func ask(_ fault: () async throws -> Void = {}) async throws -> [DegradedResult] {
        let preparation = try await prepare()
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
        let answer = try? connection.send(request.method, request.target, token: request.token, body: request.body)
        return DegradedResult(
            status: answer?.status ?? 0, code: answer?.codes.joined(separator: ", ") ?? "no answer",
            saysWhen: answer?.codes.count == 1 && answer?.header("retry-after") != nil,
            seconds: Double(monotonicNanoseconds() - start) / 1e9)
    }

    /// After a fault a circuit may stay open for a while.
    func untilAllIsWell() async throws {
        for _ in 0..<100 {
            if let results = try? await ask(), zip(Endpoint.all, results).allSatisfy({ $0.status == $1.status }) {
                return
            }
            try await Task.sleep(for: .milliseconds(300))
        }
        throw Stack.Failure(reason: "the services do not recover: \(try await ask())")
    }
}
