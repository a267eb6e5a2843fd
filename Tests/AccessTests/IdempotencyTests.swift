import API
import AnalyticsService
import Auth
import BookingService
import CatalogService
import IdentityService
import JSON
import Lifecycle
import TestSupport
import Testing

/// Every POST of somebody who is signed in, sent again under its `Idempotency-Key`.
@Suite struct IdempotencyTests {
    @Test("every POST of the four services is repeated safely, or has its reason why it need not be")
    func completeness() async throws {
        let all = [
            try await posts(IdentityService.self), try await posts(CatalogService.self),
            try await posts(BookingService.self), try await posts(AnalyticsService.self),
        ].flatMap { $0 }
        let known = KeyedRequest.all.map(\.title) + KeyedRequest.exempt.keys
        #expect(Set(known).count == known.count)
        #expect(Set(all).symmetricDifference(known) == [])
    }

    private func posts<S: Service>(_: S.Type) async throws -> [String] {
        var titles: [String] = []
        try await ServiceUnderTest.run(S.self) { service async throws in
            let service = service.running.service
            titles = (service.routes + service.internalRoutes).filter { $0.method == "POST" }
                .map { "\(S.name) POST \($0.pattern)" }
        }
        return titles
    }

    @Test(
        "what is sent again under its key is done once and answered the same; under another's, or for another body, not"
    )
    func repetitions() async throws {
        // The doors of tomorrow's session are open.
        try await Stack.run(
            settings: ["DOOR_OPENS_MINUTES": "1440", "HOLD_SECONDS": "3600", "HASH_WAIT_MILLISECONDS": "60000"],
            fixtures: ["catalog": StackSession.rows(allocations: [10_000])]
        ) { stack in
            for request in KeyedRequest.all {
                try await Repetition(stack, request, number: 1).oneAfterTheOther()
                try await Repetition(stack, request, number: 2).allAtOnce()
            }
        }
    }
}

/// One request, and what becomes of it when it comes again.
private struct Repetition {
    let stack: Stack
    let request: KeyedRequest
    let attempt: KeyedRequest.Attempt
    let key: String
    var service: StackService { stack[request.service] }
    var comment: Comment { "\(request.title)" }

    init(_ stack: Stack, _ request: KeyedRequest, number: Int) async throws {
        self.stack = stack
        self.request = request
        attempt = try await request.prepare(stack, number)
        key = "key-\(number)"
    }

    func oneAfterTheOther() async throws {
        let before = try await count()
        let first = try await send()
        #expect(200..<300 ~= first.status && !first.isReplayed, "\(request.title): \(first.status) \(first.codes)")
        #expect(try await count() == before + 1, comment)

        for spelling in [key, "\"\(key)\""] { expectSame(try await send(key: spelling), as: first) }
        let another = try await send(body: attempt.other)
        #expect(another.status == 422 && another.codes == ["idempotency_key_reused"], comment)
        for bad in ["", "\"\"", String(repeating: "k", count: 256), "clé"] {
            let refused = try await send(key: bad)
            #expect(refused.status == 400 && refused.codes == ["idempotency_key_invalid"], comment)
        }
        #expect(try await count() == before + 1, comment)

        let stranger = try await send(token: stack.token(user: 100_000_000_000_002, role: .admin))
        #expect(!stranger.isReplayed && stranger.codes != ["idempotency_key_reused"], comment)

        // A day later.
        let day = 86_400_001
        _ = try await service.sql("UPDATE idempotency_records SET created_at = created_at - \(day)")
        #expect(try await send().isReplayed == false, comment)
    }

    func allAtOnce() async throws {
        let before = try await count()
        let answers = try await withThrowingTaskGroup(of: Answer.self) { group in
            for _ in 0..<8 { group.addTask { try await send() } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        let first = try await send()
        #expect(200..<300 ~= first.status && first.isReplayed, "\(request.title): \(first.status) \(first.codes)")
        for answer in answers where answer.codes != ["idempotency_in_flight"] {
            #expect(answer.status == first.status && answer.body == first.body, comment)
        }
        #expect(answers.count { 200..<300 ~= $0.status && !$0.isReplayed } <= 1, comment)
        #expect(try await count() == before + 1, comment)
    }

    private func expectSame(_ answer: Answer, as first: Answer) {
        #expect(answer.isReplayed && answer.status == first.status && answer.body == first.body, comment)
        #expect(answer.header("content-type") == first.header("content-type"), comment)
    }

    private func send(key: String? = nil, token: String? = nil, body: String? = nil) async throws -> Answer {
        try await stack.post(
            attempt.target, body ?? attempt.body, token: token ?? attempt.token,
            headers: [("Idempotency-Key", key ?? self.key)])
    }

    private func count() async throws -> Int64 {
        try await service.sql(request.counter).first?["n"]?.integerValue ?? 0
    }
}

extension Answer {
    fileprivate var isReplayed: Bool { header("idempotent-replayed") == "true" }
}
