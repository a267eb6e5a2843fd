import EventLoop
import HTTPClient
import JSON
import Telemetry
import Time

/// Stripe's API as far as booking needs it: PaymentIntents that are authorised first and captured later
/// (docs.stripe.com, "Place a hold on a payment method", "The Payment Intents API", "API errors"). Every POST has a key:
/// Stripe keeps the first answer to it, a 500 too, for a day at least ("Idempotent requests").
package struct Stripe: PaymentProvider {
    /// What the answers are read as ("API versioning").
    package static let version = "2024-06-20"
    /// Below the gateway's patience, who answers the customer for us otherwise.
    private static let timeout: Int64 = 4_000
    private static let refundsLooked = "100"

    package let name = "stripe"
    package let webhookSecret: [UInt8]
    private let client: HTTPClient

    package init(_ client: HTTPClient, webhookSecret: String) {
        self.client = client
        self.webhookSecret = Array(webhookSecret.utf8)
    }

    package static func configuration(url: String, secretKey: String) -> HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration(neighbour: "stripe", baseURL: url, credential: secretKey)
        configuration.callTimeout = timeout
        configuration.attemptTimeout = timeout
        configuration.connectTimeout = 2_000
        return configuration
    }

    package func authorize(_ payment: Payment, _ trace: TraceContext) async -> ProviderAnswer {
        let fields = [
            ("amount", "\(payment.amount)"), ("currency", payment.currency.lowercased()),
            ("capture_method", "manual"), ("confirm", "true"), ("payment_method", payment.method),
            ("payment_method_types[]", "card"), ("metadata[booking]", "\(payment.bookingID)"),
            ("metadata[payment]", "\(payment.id)"),
        ]
        let answer = await post("/v1/payment_intents", fields, key: "\(payment.id)", trace)
        return StripeAnswer.ofIntent(answer, payment)
    }

    package func look(at intent: String, _ trace: TraceContext) async -> ProviderAnswer {
        StripeAnswer.ofIntent(await get("/v1/payment_intents/\(intent)", [], trace))
    }

    /// Among those that were made since just before the payment was.
    package func find(_ payment: Payment, _ trace: TraceContext) async -> ProviderAnswer {
        var after: [(String, String)] = []
        // A booking's payment is resolved within minutes; a thousand intents each second would be made meanwhile.
        for _ in 0..<50 {
            let since = "\(payment.createdAt.rawValue / 1000 - 60)"
            let query = [("created[gte]", since), ("limit", "100")] + after
            let answer = await get("/v1/payment_intents", query, trace)
            guard case .success(let response) = answer, response.status == 200,
                let page = try? JSONValue(parsing: response.body), let intents = page["data"]?.arrayValue
            else { return StripeAnswer.ofIntent(answer) }
            if let found = intents.first(where: { $0["metadata"]?["payment"]?.stringValue == "\(payment.id)" }) {
                return StripeAnswer.ofIntent(found, payment)
            }
            guard page["has_more"] == true, let last = intents.last?["id"]?.stringValue else {
                return .news(.absent, intent: nil)
            }
            after = [("starting_after", last)]
        }
        return .transient
    }

    package func capture(_ intent: String, key: String, _ trace: TraceContext) async -> ProviderAnswer {
        StripeAnswer.ofIntent(await post("/v1/payment_intents/\(intent)/capture", [], key: key, trace))
    }

    package func void(_ intent: String, key: String, _ trace: TraceContext) async -> ProviderAnswer {
        StripeAnswer.ofIntent(await post("/v1/payment_intents/\(intent)/cancel", [], key: key, trace))
    }

    package func refund(
        _ amount: Int64, of intent: String, job: Int64, key: String, _ trace: TraceContext
    ) async -> RefundAnswer {
        let fields = [("payment_intent", intent), ("amount", "\(amount)"), ("metadata[job]", "\(job)")]
        return StripeAnswer.ofRefund(await post("/v1/refunds", fields, key: key, trace))
    }

    package func findRefund(of intent: String, job: Int64, _ trace: TraceContext) async -> RefundAnswer {
        let answer = await get("/v1/refunds", [("payment_intent", intent), ("limit", Self.refundsLooked)], trace)
        guard case .success(let response) = answer, response.status == 200,
            let refunds = (try? JSONValue(parsing: response.body))?["data"]?.arrayValue
        else { return StripeAnswer.ofRefund(answer) }
        let found = refunds.first { $0["metadata"]?["job"]?.stringValue == "\(job)" }
        return found.map(StripeAnswer.ofRefund) ?? .absent
    }

    private func post(
        _ path: String, _ fields: [(String, String)], key: String, _ trace: TraceContext
    ) async -> StripeAnswer.Raw {
        await ask(.post, path, [], [("Idempotency-Key", key)], FormBody.bytes(fields), trace)
    }

    func get(_ path: String, _ query: [(String, String)], _ trace: TraceContext) async -> StripeAnswer.Raw {
        await ask(.get, path, query, [], nil, trace)
    }

    private func ask(
        _ method: HTTPClient.Method, _ path: String, _ query: [(String, String)], _ headers: [(String, String)],
        _ body: [UInt8]?, _ trace: TraceContext
    ) async -> StripeAnswer.Raw {
        do throws(HTTPClientError) {
            return .success(
                try await client.send(
                    method, path, query: query, headers: headers + [("Stripe-Version", Self.version)], body: body,
                    contentType: FormBody.contentType, trace: trace, retryable: true))
        } catch {
            return .failure(error)
        }
    }
}
