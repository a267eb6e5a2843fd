import API
import Lifecycle
import Synchronization
import Telemetry
import TestSupport
import Testing
import Time

@Suite struct OverloadTests {
    @Test("while the server is crowded what begins something is refused, and what goes on is answered")
    func crowd() async throws {
        try await ServiceUnderTest.run(ThingService.self, settings: ["MAX_REQUESTS": "4"]) { service async throws in
            #expect(try await service.get("/v1/new").status == 204)
            let slow = (1...2).map { _ in Task { try await admitted(service) } }
            try await becomes(503) { try await service.get("/v1/new") }
            let refused = try await service.get("/v1/new")
            #expect(refused.codes == ["service_unavailable"] && refused.header("retry-after") == "1")
            #expect(try await service.get("/v1/things/7").status == 200)
            await service.running.service.gate.open()
            for slow in slow { #expect(try await slow.value.status == 201) }
            try await becomes(204) { try await service.get("/v1/new") }
        }
    }

    @Test("a service takes on so many requests, refuses the next ones at once, and counts them")
    func tooMany() async throws {
        try await ServiceUnderTest.run(ThingService.self, settings: ["MAX_REQUESTS": "2"]) { service async throws in
            let slow = (1...2).map { _ in Task { try await admitted(service) } }
            try await becomes(503) { try await service.get("/v1/things/7") }
            let refused = try await service.get("/v1/things/7")
            #expect(refused.codes == ["service_unavailable"] && refused.header("retry-after") == "1")
            await service.running.service.gate.open()
            for slow in slow { #expect(try await slow.value.status == 201) }
            try await becomes(200) { try await service.get("/v1/things/7") }
            let metrics = try await service.sendInternal("GET", "/metrics", credential: nil)
            let count = String(decoding: metrics.body, as: UTF8.self).split(separator: "\n")
                .first { $0.hasPrefix(#"http_refused_requests_total{listener="public",status="503"} "#) }
            #expect(count.flatMap { Int($0.split(separator: " ").last ?? "") } ?? 0 >= 2)
        }
    }

    @Test("a flood of refusals is not a flood of log lines, and those that are not written are counted")
    func logLines() async throws {
        let lines = Mutex<[String]>([])
        let log = Logger(service: "thing") { line in
            lines.withLock { $0.append(String(decoding: line, as: UTF8.self)) }
        }
        let service = try await ServiceUnderTest(ThingService.self, log: log)
        let (start, count) = (monotonicNanoseconds(), 200)
        for _ in 0..<count { #expect(try await service.get("/v1/full-disk").status == 503) }
        let seconds = Int((monotonicNanoseconds() - start) / 1_000_000_000)
        let written = lines.withLock { $0.count { $0.contains(#""event":"request_refused""#) } }
        #expect(written >= 10 && written <= 10 * (seconds + 1))
        let withheld = service.running.context.metrics.render().split(separator: "\n")
            .first { $0.hasPrefix("unlogged_refusals_total ") }
        #expect(withheld == "unlogged_refusals_total \(count - written)")
        await service.stop()
    }

    /// Who looks whether the place is taken may be in it.
    private func admitted(_ service: ServiceUnderTest<ThingService>) async throws -> Answer {
        while true {
            let answer = try await service.post("/v1/slow", token: service.token())
            if answer.status != 503 { return answer }
        }
    }

    /// A request takes a moment to reach its handler, and to leave it.
    private func becomes(_ status: Int, _ ask: () async throws -> Answer) async throws {
        for _ in 0..<3_000 where try await ask().status != status { try await Task.sleep(for: .milliseconds(2)) }
        #expect(try await ask().status == status)
    }
}
