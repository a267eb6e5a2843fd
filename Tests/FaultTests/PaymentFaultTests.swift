import Auth
import JSON
import TestSupport
import Testing
import Time

/// Whatever fails on the way of a payment, it ends paid with seats or not charged without.
@Suite struct PaymentFaultTests {
    @Test("each step of a payment, each fault: paid with seats, or not charged without")
    func table() async throws {
        let provider = StripeServer()
        defer { provider.stop() }
        let settings = provider.settings.merging(["HOLD_SECONDS": "1800"]) { _, own in own }
        let sessions = StackSession.rows(allocations: [1_000])
        try await Stack.run(settings: settings, fixtures: ["catalog": sessions]) { stack in
            let till = Till(stack: stack, provider: provider)
            try await till.open()
            var rows: [String] = []
            for (number, fault) in PaymentFault.all.enumerated() {
                let user = 810_000 + Int64(number)
                let (booking, end) = try await till.run(fault, user: user)
                #expect(fault.needsPerson ? end == Till.owed : Till.goodEnds.contains(end), "\(fault): \(end)")
                rows.append(fault.row(end))
                if fault.needsPerson {
                    #expect(try await till.tryAgain(booking, user) == Till.goodEnds[1])
                }
            }
            rows += try await webhooks(till)
            try await stack["booking"].run("audit", "payments")
            #expect(try await stack.bookDifferences(besides: "created_at", "closes_at") == [])
            for secret in [StripeServer.secretKey, StripeServer.webhookSecret, "_secret_1"] {
                #expect(!stack["booking"].log.contains(secret))
            }
            // Both of the two whose money was not to be had, and why answers were none.
            let log = stack["booking"].log
            #expect(log.split(separator: #""event":"payment_taken_back""#, omittingEmptySubsequences: false).count == 3)
            for trouble in [#""status":500"#, #""reason":"timed_out""#, #""code":"charge_expired_for_capture""#] {
                #expect(log.contains(trouble))
            }
            #expect(provider.wrong == [])
            print("payments, \(rows.count) faults, each with the end that the table has")
            let document = PaymentFaultTable.document(rows)
            if let path = environment("PAYMENT_TABLE") { try writeFile(path, Array(document.utf8)) }
            #expect(try readFile(checkoutPath + "/Docs/payment-faults.md") == document)
        }
    }

    private func webhooks(_ till: Till) async throws -> [String] {
        let ends = [("what was paid", 820_001), ("what was given back", 820_002), ("what ran out", 820_003)]
        var rows: [String] = []
        for webhook in LateWebhook.allCases {
            for (what, user) in ends {
                let customer = Int64(user + 10 * (LateWebhook.allCases.firstIndex(of: webhook) ?? 0))
                let booking = try await till.reserved(customer)
                if what == "what ran out" {
                    till.provider.fail(.create, of: booking, .failAfter)
                    #expect(try await till.confirm(booking, customer) == 503)
                    try await till.expire(booking)
                } else {
                    #expect(try await till.confirm(booking, customer) == 200)
                    try await till.untilNothingWaits()
                    if what == "what was given back" { try await till.refund(booking) }
                }
                try await till.untilNothingWaits()
                for event in webhook.order(till.provider.events.filter { $0.booking == booking }) {
                    try await till.tell(event)
                }
                try await till.untilNothingWaits()
                let end = try await till.end(booking, customer)
                #expect(Till.goodEnds.contains(end), "\(webhook), \(what): \(end)")
                rows.append(webhook.row(what, end))
            }
        }
        return rows
    }
}

/// Customers who pay, at the real executables, beside a provider of ours.
struct Till {
    static let goodEnds = ["paid, with seats", "not charged, without seats"]
    static let owed = "without seats, and the money is still to go back: it needs a person"
    private static let total: Int64 = 2_400

    let stack: Stack
    let provider: StripeServer

    private var session: String { StackSession.id(1) }

    /// The session has a price once booking has met it.
    func open() async throws {
        _ = try await stack.post("/v1/sessions/\(session)/book", token: stack.token(user: 800_000))
        _ = try await stack["booking"].sql(
            """
            INSERT INTO session_tariffs (session_id, position, name, amount, currency, condition)
            VALUES (\(session.dropFirst(4)), 0, 'full', 1200, 'EUR', '')
            """)
    }

    func reserved(_ user: Int64) async throws -> String {
        let token = stack.token(user: user)
        let answer = try await stack.post("/v1/sessions/\(session)/book", token: token)
        let booking = answer.json["booking"]?["id"]?.stringValue ?? "none"
        let reserved = try await stack.post("/v1/bookings/\(booking)/reserve", #"{"seats":2}"#, token: token)
        try #require(reserved.json["booking"]?["total"]?["amount"]?.integerValue == Self.total)
        return booking
    }

    /// - Returns: the status, or 0 where there was no answer.
    func confirm(_ booking: String, _ user: Int64, _ method: String = "pm_card_visa") async throws -> Int {
        let answer = try? await stack.post(
            "/v1/bookings/\(booking)/confirm", #"{"payment_method":"\#(method)"}"#, token: stack.token(user: user))
        return answer?.status ?? 0
    }

    func refund(_ booking: String) async throws {
        let answer = try await stack.post(
            "/v1/bookings/\(booking)/refund", #"{"reason":"rain"}"#, token: stack.token(user: 1, role: .admin))
        #expect(answer.status == 200)
    }

    /// As if its time had passed, and some minutes more, in which what was asked for was listed.
    func expire(_ booking: String) async throws {
        let id = booking.dropFirst(4)
        _ = try await stack["booking"].sql(
            """
            UPDATE bookings SET created_at = created_at - 200001, closes_at = created_at - 200000 WHERE id = \(id);
            UPDATE payment_jobs SET next_at = 0
            WHERE kind = 'settle' AND payment_id IN (SELECT id FROM payments WHERE booking_id = \(id));
            """)
    }

    func tell(_ event: StripeEvent) async throws {
        let signature = StripeServer.signature(of: event.body, at: WallClock.system.now().rawValue)
        let answer = try await stack.post(
            "/v1/payments/stripe/webhook", event.body, headers: [("Stripe-Signature", signature)])
        #expect(answer.status == 200)
    }

    /// Until nothing is to be done at the provider but for bookings that are open still.
    func untilNothingWaits() async throws {
        for _ in 0..<600 {
            let rows = try await stack["booking"].sql(
                """
                SELECT count(*) AS count FROM payment_jobs j JOIN payments p ON p.id = j.payment_id
                JOIN bookings b ON b.id = p.booking_id
                WHERE j.state = 'waiting' AND (j.kind <> 'settle' OR b.closes_at < (unixepoch() + 60) * 1000)
                """)
            if rows.first?["count"] == 0 { return }
            try await Task.sleep(for: .milliseconds(50))
        }
        let left = try await stack["booking"].sql("SELECT * FROM payment_jobs WHERE state = 'waiting'")
        let asked = provider.asked.suffix(30)
        throw Stack.Failure(reason: "still to be done at the provider, which was asked \(asked): \(left)")
    }

    func end(_ booking: String, _ user: Int64) async throws -> String {
        let shown = try await stack.get("/v1/bookings/\(booking)", token: stack.token(user: user))
        let intents = provider.intents.filter { $0.booking == booking }
        let (charged, held) = (intents.map(\.charged).reduce(0, +), intents.map(\.held).reduce(0, +))
        let status = shown.json["booking"]?["status"]?.stringValue ?? "\(shown.status)"
        if status == "confirmed", charged == Self.total, held == 0 { return Self.goodEnds[0] }
        if status == "expired" || status == "cancelled", charged == 0, held == 0 { return Self.goodEnds[1] }
        if status == "cancelled", charged == Self.total, held == 0 { return Self.owed }
        return "WRONG: \(status), charged \(charged), held \(held)"
    }

    func run(_ fault: PaymentFault, user: Int64) async throws -> (booking: String, end: String) {
        let booking = try await reserved(user)
        // What leads to the step.
        if fault.step == .cancel { provider.fail(.create, of: booking, .failAfter) }
        if fault.step == .refund {
            #expect(try await confirm(booking, user) == 200)
            try await untilNothingWaits()
        }
        fault.faults.forEach { provider.fail(fault.step.operation, of: booking, $0) }
        async let told = begin(fault, booking, user)
        if fault.kind == .crash || fault.kind == .doubledWebhook {
            for _ in 0..<5_000 where !provider.isHolding { try await Task.sleep(for: .milliseconds(2)) }
            try #require(provider.isHolding)
        }
        if fault.kind == .crash {
            try await stack["booking"].kill()
            provider.recover()
            try await stack["booking"].start()
        }
        if fault.kind == .doubledWebhook {
            for event in provider.events where event.booking == booking { for _ in 0..<2 { try await tell(event) } }
            provider.recover()
        }
        _ = try await told
        if fault.step == .create, fault.kind != .doubledWebhook { try await finish(fault, booking, user) }
        if fault.step == .refund { try await hearOfRefund(fault, booking) }
        try await untilNothingWaits()
        return (booking, try await end(booking, user))
    }

    /// The bank does after a while what it does with a refund, and the provider tells.
    private func hearOfRefund(_ fault: PaymentFault, _ booking: String) async throws {
        guard fault.kind == .slowness || fault.kind == .lateRefusal else { return }
        let pending = """
            SELECT count(*) AS count FROM payment_jobs j JOIN payments p ON p.id = j.payment_id
            WHERE p.booking_id = \(booking.dropFirst(4)) AND j.state = 'waiting' AND j.refund IS NOT NULL
            """
        for _ in 0..<600 where try await stack["booking"].sql(pending).first?["count"] != 1 {
            try await Task.sleep(for: .milliseconds(50))
        }
        let refund = try #require(provider.refunds.last)
        provider.settle(refund: refund.id, as: fault.kind == .slowness ? .succeeded : .failed)
        for event in provider.events where event.booking == booking { for _ in 0..<2 { try await tell(event) } }
    }

    /// A person has seen to it.
    func tryAgain(_ booking: String, _ user: Int64) async throws -> String {
        try await stack["booking"].run("retry-payments")
        try await untilNothingWaits()
        return try await end(booking, user)
    }

    /// The request that comes to the step, or leads to the job that does.
    private func begin(_ fault: PaymentFault, _ booking: String, _ user: Int64) async throws {
        switch fault.step {
        case .create, .capture: _ = try await confirm(booking, user, fault.method)
        case .cancel:
            _ = try await confirm(booking, user)
            try await expire(booking)
        case .refund: try await refund(booking)
        }
    }

    /// What the customer does after the money was to be held.
    private func finish(_ fault: PaymentFault, _ booking: String, _ user: Int64) async throws {
        if fault.kind == .failure {
            // What came of it is kept under its key: only a webhook says more.
            for event in provider.events where event.booking == booking { try await tell(event) }
        }
        guard fault.isBack else { return try await expire(booking) }
        if fault.kind == .action, let intent = provider.intents.last(where: { $0.booking == booking }) {
            provider.settle(intent.payment, as: .requiresCapture)
        }
        for _ in 0..<40 {
            let status = try await confirm(
                booking, user, fault.kind == .refusal ? "pm_card_mastercard" : fault.method)
            if status == 200 { return }
            if fault.kind == .failure, !fault.isDone { return try await expire(booking) }
            try await Task.sleep(for: .milliseconds(250))
        }
    }
}
