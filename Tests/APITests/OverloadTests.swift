import API
import Lifecycle
import Telemetry
import TestSupport
import Testing

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

    @Test("a flood of refusals is not a flood of log lines")
    func logLines() {
        let withheld = Metrics().counter("withheld", "")
        let allowance = LogAllowance(withheld)
        let most = LogAllowance.linesPerSecond
        for second: UInt64 in 5...7 {
            let start = second * 1_000_000_000
            let allowed = (0..<1_000).count { allowance.take(at: start + $0 * 1_000_000) }
            #expect(allowed == most)
        }
        #expect(withheld.value == UInt64(3 * (1_000 - most)))
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
