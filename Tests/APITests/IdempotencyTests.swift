import JSON
import Lifecycle
import TestSupport
import Testing

@Suite struct IdempotencyTests {
    private func key(_ value: String) -> [(String, String)] { [("Idempotency-Key", value)] }

    private func count(_ service: ServiceUnderTest<ThingService>) async throws -> JSONValue? {
        try await service.sendInternal("GET", "/internal/v1/count").json["count"]
    }

    @Test("a repetition gets the first answer and does nothing, also after a restart, for a day")
    func replay() async throws {
        var service = try await ServiceUnderTest(ThingService.self)
        let first = try await service.post("/v1/things", #"{"name":"a"}"#, token: service.token(), headers: key("k"))
        #expect(first.status == 201 && first.header("idempotent-replayed") == nil)
        _ = try await service.post("/v1/things", #"{"name":"b"}"#, token: service.token())
        let again = try await service.post(
            "/v1/things", #"{"name":"a"}"#, token: service.token(), headers: key("\"k\""))
        #expect(again.status == 201 && again.body == first.body)
        #expect(again.header("idempotent-replayed") == "true" && again.header("content-type") == "application/json")
        await service.stop()

        service = try await ServiceUnderTest(
            ThingService.self, clock: service.clock, databasePath: service.databasePath, key: service.key)
        let token = service.token(lifetimeSeconds: 200_000)
        #expect(
            try await service.post("/v1/things", #"{"name":"a"}"#, token: token, headers: key("k")).body == first.body)
        #expect(try await count(service) == 2)
        service.clock.advance(byMilliseconds: 24 * 3_600_000)
        let tomorrow = try await service.post("/v1/things", #"{"name":"a"}"#, token: token, headers: key("k"))
        #expect(tomorrow.json["count"] == 3 && tomorrow.header("idempotent-replayed") == nil)
        await service.stop()
    }

    @Test("a key belongs to its user, its method and its path, and to one body")
    func scope() async throws {
        let service = try await ServiceUnderTest(ThingService.self)
        let token = service.token("usr_1")
        let body = #"{"name":"a"}"#
        #expect(try await service.post("/v1/things", body, token: token, headers: key("k")).json["count"] == 1)
        let other = try await service.post("/v1/things", body, token: service.token("usr_2"), headers: key("k"))
        #expect(other.json["count"] == 2)
        #expect(try await service.post("/v1/things/1/touch", token: token, headers: key("k")).status == 204)
        let mismatch = try await service.post("/v1/things", #"{"name":"b"}"#, token: token, headers: key("k"))
        #expect(mismatch.status == 422 && mismatch.codes == ["idempotency_key_reused"])
        #expect(try await count(service) == 2)
        await service.stop()
    }

    @Test("a decision to refuse is repeated, and leaves nothing behind; a fault of form is not")
    func refusals() async throws {
        let service = try await ServiceUnderTest(ThingService.self)
        let token = service.token()
        for replayed in [nil, "true"] {
            let full = try await service.post("/v1/things", #"{"name":"last"}"#, token: token, headers: key("full"))
            #expect(
                full.status == 409 && full.codes == ["things_full"] && full.header("idempotent-replayed") == replayed)
            let missing = try await service.post("/v1/found", token: token, headers: key("missing"))
            #expect(missing.status == 404 && missing.header("idempotent-replayed") == replayed)
            let faulty = try await service.post("/v1/things", #"{"name":""}"#, token: token, headers: key("faulty"))
            #expect(faulty.status == 422 && faulty.header("idempotent-replayed") == nil)
        }
        #expect(try await count(service) == 0)
        let mended = try await service.post("/v1/things", #"{"name":"ok"}"#, token: token, headers: key("faulty"))
        #expect(mended.status == 201)
        await service.stop()
    }

    @Test("what is answered and no decision is not repeated: the same request goes on from there")
    func undecided() async throws {
        let service = try await ServiceUnderTest(ThingService.self)
        for (name, status, count) in [("paid", 402, 2), ("soon", 409, 2)] {
            for _ in 0..<2 {
                let answer = try await service.post(
                    "/v1/things", #"{"name":"\#(name)"}"#, token: service.token(), headers: key(name))
                #expect(answer.status == status && answer.header("idempotent-replayed") == nil)
            }
            #expect(try await self.count(service) == .integer(Int64(count)), "its effect is kept where it is answered")
        }
        await service.stop()
    }

    @Test("a key at work is a 409, and free again afterwards")
    func inFlight() async throws {
        let service = try await ServiceUnderTest(ThingService.self)
        let token = service.token()
        async let slow = service.post("/v1/slow", token: token, headers: key("k"))
        await service.running.service.gate.someoneWaits()
        let early = try await service.post("/v1/slow", token: token, headers: key("k"))
        #expect(early.status == 409 && early.codes == ["idempotency_in_flight"])
        await service.running.service.gate.open()
        #expect(try await slow.status == 201)
        let late = try await service.post("/v1/slow", token: token, headers: key("k"))
        #expect(late.status == 201 && late.header("idempotent-replayed") == "true")
        await service.stop()
    }

    @Test("many at once under one key act once")
    func concurrent() async throws {
        let service = try await ServiceUnderTest(ThingService.self, settings: ["LOOPS": "2"])
        let token = service.token()
        let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<40 {
                group.addTask {
                    try await service.post(
                        "/v1/things", #"{"name":"a"}"#, token: token, headers: [("Idempotency-Key", "k")]
                    ).status
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(Set(statuses).isSubset(of: [201, 409]) && statuses.contains(201))
        #expect(try await count(service) == 1)
        await service.stop()
    }

    @Test(
        "a key that cannot be used is refused",
        arguments: ["", "\"\"", String(repeating: "k", count: 256), "é", "a\tb"])
    func unusable(value: String) async throws {
        let service = try await ServiceUnderTest(ThingService.self)
        let answer = try await service.post("/v1/things", #"{"name":"a"}"#, token: service.token(), headers: key(value))
        #expect(answer.status == 400 && answer.codes == ["idempotency_key_invalid"])
        #expect(try await count(service) == 0)
        await service.stop()
    }
}
