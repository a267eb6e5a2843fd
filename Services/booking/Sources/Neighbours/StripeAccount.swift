import HTTPClient
import JSON
import Telemetry

extension Stripe {
    package func account(of intent: String, _ trace: TraceContext) async -> PaymentAccount? {
        // What was given back stands on the charge ("The Charge object", "Expanding responses").
        PaymentAccount(await get("/v1/payment_intents/\(intent)", [("expand[]", "latest_charge")], trace))
    }
}

extension PaymentAccount {
    /// - Returns: nil where the answer does not say.
    init?(_ raw: StripeAnswer.Raw) {
        guard case .success(let response) = raw, let body = try? JSONValue(parsing: response.body) else { return nil }
        if response.status == 404, body["error"]?["type"]?.stringValue != nil {
            self.init()
            return
        }
        guard response.status == 200, let status = body["status"]?.stringValue,
            let currency = body["currency"]?.stringValue?.uppercased(),
            let amount = body["amount"]?.integerValue.flatMap({ StripeUnits.told($0, currency) })
        else { return nil }
        switch status {
        case "requires_capture":
            self.init(held: amount, currency: currency)
        case "succeeded":
            guard let taken = body["amount_received"]?.integerValue.flatMap({ StripeUnits.told($0, currency) }),
                let refunded = body["latest_charge"]?["amount_refunded"]?.integerValue
                    .flatMap({ StripeUnits.told($0, currency) })
            else { return nil }
            self.init(taken: taken, refunded: refunded, currency: currency)
        case "canceled", "requires_payment_method", "requires_confirmation", "requires_action": self.init()
        // `processing`, and what Stripe may add.
        default: return nil
        }
    }
}
