import BookingService
import JSON
import Lifecycle
import SQLite
import Telemetry
import TestSupport
import Time

/// A box office with prices, beside a payment provider.
struct PaymentDesk {
    static let tariffs = """
        [{"name":"full","price":{"amount":1200,"currency":"EUR"},"condition":""},
        {"name":"child","price":{"amount":500,"currency":"EUR"},"condition":"under 12"},
        {"name":"free","price":{"amount":0,"currency":"EUR"},"condition":""}]
        """

    let office: BoxOffice
    let provider: StripeServer

    static func run(
        seats: [String]? = nil, startsInMilliseconds: Int64 = 3_600_000, settings: [String: String] = [:],
        balances: Bool = true, log: Logger? = nil, _ body: (PaymentDesk) async throws -> Void
    ) async throws {
        let provider = StripeServer()
        defer { provider.stop() }
        try await BoxOffice.run(
            seats: seats, startsInMilliseconds: startsInMilliseconds, tariffs: tariffs,
            settings: provider.settings.merging(settings) { _, own in own }, balances: balances, log: log
        ) { office in
            provider.keepTime(by: office.service.clock)
            try await body(PaymentDesk(office: office, provider: provider))
        }
    }

    var clock: ManualClock { office.service.clock }

    /// A booking of two at the full price and one child: 29 €.
    func reserved(_ user: String = "usr_1", order: String? = nil) async throws -> String {
        let booking = try await office.open(user)
        let usual = #""tariffs":[{"name":"full","seats":2},{"name":"child","seats":1}]"#
        _ = try await office.reserve(booking, order: order ?? usual, user)
        return booking
    }

    func pay(
        _ booking: String, _ method: String? = "pm_card_visa", _ user: String = "usr_1", key: String? = nil
    ) async throws -> Answer {
        try await office.service.post(
            "/v1/bookings/\(booking)/confirm", method.map { #"{"payment_method":"\#($0)"}"# },
            token: office.service.token(user), headers: key.map { [("Idempotency-Key", $0)] } ?? [])
    }

    /// Sells and waits until the money is taken.
    func sell(order: String? = nil) async throws -> String {
        let booking = try await reserved(order: order)
        _ = try await pay(booking)
        try await untilNothingWaits()
        return booking
    }

    func payment(_ booking: String, _ user: String = "usr_1") async throws -> Answer {
        try await office.service.get("/v1/bookings/\(booking)/payment", token: office.service.token(user))
    }

    func state(_ booking: String) async throws -> String? {
        try await payment(booking).json["payment"]?["state"]?.stringValue
    }

    /// Time passes for the service until the booking is over, and whatever was asked about it has been listed.
    func expire() { clock.advance(byMilliseconds: 181_000) }

    /// Waits until nothing is left to be done at the provider; the service's time goes on meanwhile, as its back-off
    /// wants it.
    func untilNothingWaits() async throws {
        for _ in 0..<400 {
            if try waiting() == 0 { return }
            try await Task.sleep(for: .milliseconds(25))
            clock.advance(byMilliseconds: 250)
        }
        throw Stack.Failure(reason: "something waits: \(try waiting())")
    }

    func waiting() throws -> Int64 { try count("SELECT count(*) FROM payment_jobs WHERE state = 'waiting'") }

    func count(_ query: SQL) throws -> Int64 {
        try office.service.running.context.database.read { try $0.first(query) { try $0.int(0) } ?? -1 }
    }

    var metrics: String { office.service.running.context.metrics.render() }

    /// What is done past the service.
    func change(_ statement: SQL) async throws {
        try await office.service.running.context.database.write { try $0.execute(statement) }
    }

    /// What the audit command says; throws what it finds.
    func audit(_ options: String...) async throws -> String {
        guard let command = BookingService.commands.first(where: { $0.name == "audit" }) else { return "none" }
        return try await command.run(["payments"] + options, office.service.running.context)
    }

    /// Tells the service an event of the provider's.
    func tell(_ event: StripeEvent, body: String? = nil, signature: String? = nil) async throws -> Answer {
        let signed = StripeServer.signature(of: event.body, at: clock.now.rawValue)
        return try await office.service.send(
            "POST", "/v1/payments/stripe/webhook", headers: [("Stripe-Signature", signature ?? signed)],
            body: body ?? event.body)
    }
}
