import Glibc
import JSON
import Lifecycle
import Synchronization
import TestSupport
import Testing

/// Requests that a service is at work on when it is told to end, sent past the gateway, which would answer in its place.
@Suite struct InFlightTests {
    /// `DRAIN_ROUNDS=50` for many.
    private static let rounds = environment("DRAIN_ROUNDS").flatMap { Int($0) } ?? 1
    private static let customers = 4

    /// Somebody who pays, and waits for the answer: nil where there is none.
    private struct Payer {
        let booking: String
        let user: Int64
        let answer: Task<Answer?, Never>
    }

    @Test("who waits for an answer at SIGTERM gets it before the service ends; at SIGKILL, as a control, nobody does")
    func ends() async throws {
        let provider = StripeServer()
        defer { provider.stop() }
        let settings = provider.settings.merging(["HOLD_SECONDS": "3600"]) { _, own in own }
        let sessions = StackSession.rows(allocations: [10_000])
        try await Stack.run(settings: settings, fixtures: ["catalog": sessions]) { stack in
            let till = Till(stack: stack, provider: provider)
            try await till.open()
            for round in 0..<Int64(Self.rounds) {
                try await terminated(till, first: 830_000 + round * 100)
                try await killed(till, first: 830_050 + round * 100)
            }
        }
    }

    private func terminated(_ till: Till, first: Int64) async throws {
        let booking = till.stack["booking"]
        let payers = try await payers(till, first: first)
        func stops() -> Int {
            booking.log.split(separator: #""event":"stopping""#, omittingEmptySubsequences: false).count
        }
        let (child, before) = (try booking.child(), stops())
        child.signal(SIGTERM)
        await eventually { stops() > before }
        till.provider.recover()
        #expect(try await child.end() == .exited(0))
        var statuses: [Int?] = []
        for payer in payers { statuses.append(await payer.answer.value?.status) }
        // 503 where the provider took too long.
        #expect(statuses.allSatisfy { $0 == 200 || $0 == 503 }, "\(statuses)")
        try await booking.start()
        for (payer, status) in zip(payers, statuses) where status == 200 {
            let shown = try await till.stack.get(
                "/v1/bookings/\(payer.booking)", token: till.stack.token(user: payer.user))
            #expect(shown.json["booking"]?["status"] == "confirmed")
        }
    }

    /// The same, but that nothing is finished: the test above would notice.
    private func killed(_ till: Till, first: Int64) async throws {
        let payers = try await payers(till, first: first)
        try await till.stack["booking"].kill()
        till.provider.recover()
        var statuses: [Int?] = []
        for payer in payers { statuses.append(await payer.answer.value?.status) }
        #expect(statuses.allSatisfy { $0 == nil }, "\(statuses)")
        try await till.stack["booking"].start()
    }

    /// Some who pay, all of them under way: the provider has been asked for each, and has answered none.
    private func payers(_ till: Till, first: Int64) async throws -> [Payer] {
        // The service waits a few seconds for the provider, which may be too few for all of them on a busy machine.
        for attempt in 0..<20 as Range<Int64> {
            func asked() -> Int { till.provider.asked.count { $0 == .create } }
            let (before, answered) = (asked(), Answered())
            for _ in 0..<Self.customers { till.provider.fail(.create, .holdBefore) }
            var payers: [Payer] = []
            for number in 0..<Int64(Self.customers) {
                let user = first + attempt * 1_000 + number
                let booking = try await till.reserved(user)
                payers.append(Payer(booking: booking, user: user, answer: pay(booking, user, till, answered)))
            }
            await eventually { asked() - before == Self.customers || answered.count.load(ordering: .relaxed) > 0 }
            if answered.count.load(ordering: .relaxed) == 0, asked() - before == Self.customers { return payers }
            till.provider.recover()
            for payer in payers { _ = await payer.answer.value }
        }
        throw Stack.Failure(reason: "never did all payments wait for the provider at once")
    }

    private func pay(_ booking: String, _ user: Int64, _ till: Till, _ answered: Answered) -> Task<Answer?, Never> {
        let address = till.stack["booking"].publicAddress
        let headers = [
            ("Authorization", "Bearer \(till.stack.token(user: user))"), ("Content-Type", "application/json"),
        ]
        return Task {
            let answer = try? await RawHTTP.send(
                "POST", "/v1/bookings/\(booking)/confirm", host: address.host, port: address.port, headers: headers,
                body: Array(#"{"payment_method":"pm_card_visa"}"#.utf8))
            answered.count.add(1, ordering: .relaxed)
            return answer
        }
    }
}

private final class Answered: Sendable {
    let count = Atomic(0)
}
