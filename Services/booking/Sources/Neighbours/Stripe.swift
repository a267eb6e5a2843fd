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
    /// Seconds, at most, between this clock and Stripe's: what it tells is not taken with more between them.
    private static let clocksDiffer: Int64 = 300
    private static let pageLength = "100"
    /// A payment is looked for among those of its minutes; thousands each minute would be made meanwhile.
    private static let mostPages = 200
    /// It has no number for it.
    private static let amountUnknown = "amount_invalid"

    package let name = "stripe"
    package let webhookSecret: [UInt8]
    private let client: HTTPClient
    private let log: Logger
    private let logThrottle: LogThrottle

    package init(
        _ client: HTTPClient, webhookSecret: String, log: Logger, throttle: LogThrottle = LogThrottle()
    ) {
        self.client = client
        self.webhookSecret = Array(webhookSecret.utf8)
        self.log = log
        logThrottle = throttle
    }

    package static func configuration(url: String, secretKey: String) -> HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration(neighbour: "stripe", baseURL: url, credential: secretKey)
        configuration.callTimeout = timeout
        configuration.attemptTimeout = timeout
        configuration.connectTimeout = 2_000
        return configuration
    }

    package func authorize(_ payment: Payment, _ trace: TraceContext) async -> ProviderAnswer {
        guard let amount = StripeUnits.asked(payment.amount, payment.currency) else {
            return .refused(code: Self.amountUnknown)
        }
        let fields = [
            ("amount", "\(amount)"), ("currency", payment.currency.lowercased()),
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

    /// Among those that were made meanwhile.
    package func find(
        _ payment: Payment, until latest: Timestamp, _ trace: TraceContext
    ) async -> ProviderAnswer {
        let since = "\(payment.createdAt.rawValue / 1000 - Self.clocksDiffer)"
        let until = "\(latest.rawValue / 1000 + Self.clocksDiffer)"
        let range = [("created[gte]", since), ("created[lte]", until)]
        let found = await first(in: "/v1/payment_intents", range, trace) { intent in
            intent["metadata"]?["payment"]?.stringValue == "\(payment.id)"
        }
        return switch found {
        case .found(let intent): StripeAnswer.ofIntent(intent, payment)
        case .none: .news(.absent, intent: nil)
        case .tooMany: .transient
        case .unlisted(let answer): StripeAnswer.ofIntent(answer)
        }
    }

    package func capture(_ intent: String, key: String, _ trace: TraceContext) async -> ProviderAnswer {
        StripeAnswer.ofIntent(await post("/v1/payment_intents/\(intent)/capture", [], key: key, trace))
    }

    package func void(_ intent: String, key: String, _ trace: TraceContext) async -> ProviderAnswer {
        StripeAnswer.ofIntent(await post("/v1/payment_intents/\(intent)/cancel", [], key: key, trace))
    }

    package func refund(_ request: RefundRequest, key: String, _ trace: TraceContext) async -> RefundAnswer {
        guard let amount = StripeUnits.asked(request.amount, request.currency) else {
            return .refused(code: Self.amountUnknown)
        }
        let fields = [
            ("payment_intent", request.intent), ("amount", "\(amount)"), ("metadata[job]", "\(request.job)"),
            ("metadata[payment]", "\(request.payment)"),
        ]
        return StripeAnswer.ofRefund(await post("/v1/refunds", fields, key: key, trace))
    }

    package func look(atRefund refund: String, _ trace: TraceContext) async -> RefundAnswer {
        StripeAnswer.ofRefund(await get("/v1/refunds/\(refund)", [], trace), isLookedAt: true)
    }

    package func findRefund(_ request: RefundRequest, _ trace: TraceContext) async -> RefundAnswer {
        let found = await first(in: "/v1/refunds", [("payment_intent", request.intent)], trace) { refund in
            refund["metadata"]?["job"]?.stringValue == "\(request.job)"
                && refund["amount"]?.integerValue == StripeUnits.asked(request.amount, request.currency)
                && refund["status"] != "failed" && refund["status"] != "canceled"
        }
        return switch found {
        case .found(let refund): StripeAnswer.ofRefund(refund)
        case .none: .absent
        case .tooMany: .transient
        case .unlisted(let answer): StripeAnswer.ofRefund(answer)
        }
    }

    private enum Found {
        case found(JSONValue)
        case none
        case tooMany
        case unlisted(StripeAnswer.Raw)
    }

    /// The first of a list that is meant, page by page ("Pagination").
    private func first(
        in path: String, _ query: [(String, String)], _ trace: TraceContext, where isMeant: (JSONValue) -> Bool
    ) async -> Found {
        var after: [(String, String)] = []
        for _ in 0..<Self.mostPages {
            let answer = await get(path, query + [("limit", Self.pageLength)] + after, trace)
            guard case .success(let response) = answer, response.status == 200,
                let page = try? JSONValue(parsing: response.body), let listed = page["data"]?.arrayValue
            else { return .unlisted(answer) }
            if let found = listed.first(where: isMeant) { return .found(found) }
            guard page["has_more"] == true, let last = listed.last?["id"]?.stringValue else { return .none }
            after = [("starting_after", last)]
        }
        return .tooMany
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
        let answer: StripeAnswer.Raw
        do throws(HTTPClientError) {
            answer = .success(
                try await client.send(
                    method, path, query: query, headers: headers + [("Stripe-Version", Self.version)], body: body,
                    contentType: FormBody.contentType, trace: trace, retryable: true))
        } catch {
            answer = .failure(error)
        }
        if let trouble = StripeAnswer.trouble(answer) {
            let question: Logger.Fields = [
                ("request_id", .string(trace.requestID)), ("method", .string(method.rawValue)), ("path", .string(path)),
            ]
            let kind = trouble.map { "\($0.value)" }.joined(separator: " ")
            log.error("payment_provider_trouble", question + trouble, kind: kind, within: logThrottle)
        }
        return answer
    }
}
