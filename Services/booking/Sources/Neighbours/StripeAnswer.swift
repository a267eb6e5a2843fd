import HTTPClient
import JSON
import Telemetry

/// Reads what Stripe answers (docs.stripe.com, "API errors", "The PaymentIntent object", "The Refund object").
enum StripeAnswer {
    typealias Raw = Result<HTTPClient.Response, HTTPClientError>

    private struct Problem {
        let type: String
        let code: String
        /// As it is now, where the answer tells.
        let intent: JSONValue?

        init(_ body: JSONValue) {
            let error = body["error"] ?? .null
            type = error["type"]?.stringValue ?? ""
            code = error["decline_code"]?.stringValue ?? error["code"]?.stringValue ?? "refused"
            intent = error["payment_intent"]
        }
    }

    /// What an answer says that nobody counts on, for whoever looks after the service: neither its body, which may have
    /// anything in it, nor what a bank says of a customer.
    static func trouble(_ raw: Raw) -> Logger.Fields? {
        switch raw {
        case .failure(let error): return [("reason", .string(error.name))]
        case .success(let response):
            let problem = Problem((try? JSONValue(parsing: response.body)) ?? .null)
            switch response.status {
            case 200, 402, 404, 409: return nil
            // Its state, which is the answer.
            case 400 where problem.intent?["status"] != nil: return nil
            default:
                return [
                    ("status", .integer(Int64(response.status))), ("type", .string(word(problem.type))),
                    ("code", .string(word(problem.code))),
                ]
            }
        }
    }

    /// Stripe's own words are short.
    private static func word(_ text: String) -> String { isName(text) && text.utf8.count <= 64 ? text : "" }

    /// - Parameter payment: what the intent has to be of, where it is made.
    static func ofIntent(_ raw: Raw, _ payment: Payment? = nil) -> ProviderAnswer {
        guard case .success(let response) = raw else { return .unknown(answered: false) }
        let body = (try? JSONValue(parsing: response.body)) ?? .null
        let problem = Problem(body)
        switch response.status {
        case 200: return ofIntent(body, payment)
        // Our own key is wrong, or may not do that.
        case 401 where !problem.type.isEmpty, 403 where !problem.type.isEmpty: return .denied
        // We ask too often, or twice at a time: nothing was done.
        case 401, 403, 409, 429: return .transient
        // Not Stripe's word: a proxy's on the way, or another server's.
        case 400..<500 where problem.type.isEmpty: return .unknown(answered: true)
        case 402:
            return .news(.declined(reason: problem.code), intent: problem.intent?["id"]?.stringValue)
        // The same key with other parameters: made by another release of ours, with whatever outcome.
        case 400 where problem.type == "idempotency_error": return .unknown(answered: true)
        // Asked for what its state does not allow: the state says all.
        case 400 where problem.intent?["status"] != nil: return ofIntent(problem.intent ?? .null, nil)
        case 404: return payment == nil ? .news(.absent, intent: nil) : .refused(code: problem.code)
        case 400..<500: return .refused(code: problem.code)
        default: return .unknown(answered: true)
        }
    }

    static func ofIntent(_ intent: JSONValue, _ payment: Payment?) -> ProviderAnswer {
        guard let id = intent["id"]?.stringValue, let status = intent["status"]?.stringValue, isName(id) else {
            return .unknown(answered: true)
        }
        if let payment,
            intent["amount"]?.integerValue != StripeUnits.asked(payment.amount, payment.currency)
                || intent["currency"]?.stringValue?.uppercased() != payment.currency
        {
            return .unknown(answered: true)
        }
        switch status {
        case "requires_capture": return .news(.authorized, intent: id)
        case "succeeded": return .news(.captured, intent: id)
        case "canceled": return .news(.cancelled, intent: id)
        case "requires_action":
            return .news(.actionRequired(clientSecret: intent["client_secret"]?.stringValue ?? ""), intent: id)
        case "requires_payment_method", "requires_confirmation":
            let error = intent["last_payment_error"]
            let code = error?["decline_code"]?.stringValue ?? error?["code"]?.stringValue
            return .news(.declined(reason: code ?? "refused"), intent: id)
        // `processing`, and what Stripe may add.
        default: return .transient
        }
    }

    /// - Parameter isLookedAt: whether an existing one was asked about.
    static func ofRefund(_ raw: Raw, isLookedAt: Bool = false) -> RefundAnswer {
        guard case .success(let response) = raw else { return .unknown(answered: false) }
        let body = (try? JSONValue(parsing: response.body)) ?? .null
        let problem = Problem(body)
        switch response.status {
        case 200: return ofRefund(body)
        case 401, 403, 409, 429: return .transient
        case 400..<500 where problem.type.isEmpty || problem.type == "idempotency_error":
            return .unknown(answered: true)
        case 404 where isLookedAt: return .absent
        case 400..<500: return .refused(code: problem.code)
        default: return .unknown(answered: true)
        }
    }

    static func ofRefund(_ refund: JSONValue) -> RefundAnswer {
        guard let id = refund["id"]?.stringValue, isName(id) else { return .unknown(answered: true) }
        return switch refund["status"]?.stringValue {
        case "succeeded": .done(refund: id)
        case "pending", "requires_action": .pending(refund: id)
        case "failed": .failed(reason: refund["failure_reason"]?.stringValue ?? "refund_failed")
        case "canceled": .failed(reason: refund["failure_reason"]?.stringValue ?? "refund_canceled")
        default: .unknown(answered: true)
        }
    }

    /// It becomes part of a path.
    static func isName(_ id: String) -> Bool {
        (1...255).contains(id.utf8.count)
            && id.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
                    true
                default: false
                }
            }
    }
}

extension HTTPClientError {
    /// Without what libcurl says of it, which may have addresses in it.
    fileprivate var name: String {
        switch self {
        case .timedOut: "timed_out"
        case .unreachable: "unreachable"
        case .connectionLost: "connection_lost"
        case .malformedAnswer: "malformed_answer"
        case .answerTooLarge: "answer_too_large"
        case .refusedByBreaker: "failed_too_often"
        case .tooManyCalls: "too_many_calls"
        case .invalidRequest: "invalid_request"
        case .invalidConfiguration: "invalid_configuration"
        case .cancelled: "cancelled"
        }
    }
}
