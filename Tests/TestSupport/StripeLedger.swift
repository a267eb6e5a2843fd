import JSON

/// What a payment provider knows: intents, refunds, the first answers to keys, and what happened. Made after Stripe's
/// documentation of its API ("The Payment Intents API", "Idempotent requests", "Testing").
struct StripeLedger {
    struct Reply {
        let status: Int
        let body: String

        static func error(_ status: Int, _ type: String, _ code: String, _ intent: StripeIntent? = nil) -> Reply {
            let object = intent.map { #","payment_intent":\#($0.json)"# } ?? ""
            return Reply(
                status: status, body: #"{"error":{"type":"\#(type)","code":"\#(code)","message":"No."\#(object)}}"#)
        }
    }

    struct Request {
        let method: String
        /// Without the query.
        let path: String
        let query: [String: String]
        let form: [String: String]
        let key: String?
        let body: String

        var operation: StripeServer.Operation? {
            let parts = path.split(separator: "/").dropFirst().map(String.init)
            return switch (method, parts.count, parts.last ?? "") {
            case ("POST", 1, "payment_intents"): .create
            case ("GET", 1, "payment_intents"): .list
            case ("GET", 2, _): .retrieve
            case ("POST", 3, "capture"): .capture
            case ("POST", 3, "cancel"): .cancel
            case ("POST", 1, "refunds"): .refund
            case ("GET", 1, "refunds"): .list
            default: nil
            }
        }

        var intent: String { path.split(separator: "/").dropFirst(2).first.map(String.init) ?? "" }
    }

    private(set) var intents: [StripeIntent] = []
    private(set) var refunds: [StripeRefund] = []
    private(set) var events: [StripeEvent] = []
    private var replies: [String: (request: String, reply: Reply)] = [:]

    /// The first answer to a key is the answer to it.
    mutating func reply(to request: Request, now: Int64, refusing refusal: Reply? = nil) -> Reply {
        guard request.method == "POST" else { return act(request, now) }
        guard let key = request.key else { return .error(400, "invalid_request_error", "key_missing") }
        let content = request.path + "?" + request.body
        if let known = replies[key] {
            return known.request == content ? known.reply : .error(400, "idempotency_error", "idempotency_error")
        }
        let reply = refusal ?? act(request, now)
        // What is not valid was never begun.
        if reply.status != 400 { replies[key] = (content, reply) }
        return reply
    }

    /// Answers otherwise than it acts, and keeps to that.
    mutating func replace(_ request: Request, by reply: Reply) {
        if let key = request.key { replies[key]?.reply = reply }
    }

    private mutating func act(_ request: Request, _ now: Int64) -> Reply {
        switch request.operation {
        case .create: return create(request, now)
        case .list where request.path == "/v1/refunds":
            let found = refunds.reversed().filter { $0.intent == request.query["payment_intent"] }.map(\.json)
            return Reply(
                status: 200, body: #"{"object":"list","has_more":false,"data":[\#(found.joined(separator: ","))]}"#)
        case .list: return list(request)
        case .refund: return refund(request, now)
        case .retrieve, .capture, .cancel:
            guard let index = intents.firstIndex(where: { $0.id == request.intent }) else {
                return .error(404, "invalid_request_error", "resource_missing")
            }
            if request.operation == .capture { return capture(index, now) }
            if request.operation == .cancel { return cancel(index, now) }
            return Reply(
                status: 200, body: intents[index].json(expanding: request.query["expand[]"] == "latest_charge"))
        case nil: return .error(404, "invalid_request_error", "unknown_url")
        }
    }

    private mutating func create(_ request: Request, _ now: Int64) -> Reply {
        let form = request.form
        guard let amount = form["amount"].flatMap({ Int64($0) }), amount > 0, let currency = form["currency"],
            form["capture_method"] == "manual", form["confirm"] == "true"
        else { return .error(400, "invalid_request_error", "parameter_missing") }
        let status: StripeIntent.Status
        switch form["payment_method"] {
        case "pm_card_visa", "pm_card_mastercard": status = .requiresCapture
        case "pm_card_authenticationRequired": status = .requiresAction
        case "pm_card_chargeDeclined": status = .requiresPaymentMethod
        default: return .error(400, "invalid_request_error", "resource_missing")
        }
        let intent = StripeIntent(
            id: "pi_\(intents.count + 1)", amount: amount, currency: currency, status: status, created: now / 1000,
            booking: form["metadata[booking]"] ?? "", payment: form["metadata[payment]"] ?? "")
        intents.append(intent)
        happened("payment_intent.created", intent, now)
        if status == .requiresPaymentMethod { return .error(402, "card_error", "card_declined", intent) }
        if status == .requiresCapture { happened("payment_intent.amount_capturable_updated", intent, now) }
        if status == .requiresAction { happened("payment_intent.requires_action", intent, now) }
        return Reply(status: 200, body: intent.json)
    }

    private func list(_ request: Request) -> Reply {
        let since = request.query["created[gte]"].flatMap { Int64($0) } ?? 0
        var newest = intents.reversed().filter { $0.created >= since }
        if let after = request.query["starting_after"], let index = newest.firstIndex(where: { $0.id == after }) {
            newest = Array(newest[(index + 1)...])
        }
        let limit = request.query["limit"].flatMap { Int($0) } ?? 10
        let data = newest.prefix(limit).map(\.json).joined(separator: ",")
        return Reply(
            status: 200, body: #"{"object":"list","has_more":\#(newest.count > limit),"data":[\#(data)]}"#)
    }

    private mutating func capture(_ index: Int, _ now: Int64) -> Reply {
        guard intents[index].status == .requiresCapture else {
            return .error(400, "invalid_request_error", "payment_intent_unexpected_state", intents[index])
        }
        intents[index].status = .succeeded
        happened("payment_intent.succeeded", intents[index], now)
        return Reply(status: 200, body: intents[index].json)
    }

    private mutating func cancel(_ index: Int, _ now: Int64) -> Reply {
        guard intents[index].status != .succeeded, intents[index].status != .canceled else {
            return .error(400, "invalid_request_error", "payment_intent_unexpected_state", intents[index])
        }
        intents[index].status = .canceled
        happened("payment_intent.canceled", intents[index], now)
        return Reply(status: 200, body: intents[index].json)
    }

    private mutating func refund(_ request: Request, _ now: Int64) -> Reply {
        guard let index = intents.firstIndex(where: { $0.id == request.form["payment_intent"] }),
            intents[index].status == .succeeded, let amount = request.form["amount"].flatMap({ Int64($0) }), amount > 0
        else { return .error(400, "invalid_request_error", "charge_not_refundable") }
        guard intents[index].refunded + amount <= intents[index].amount else {
            return .error(400, "invalid_request_error", "charge_already_refunded")
        }
        intents[index].refunded += amount
        let refund = StripeRefund(
            id: "re_\(refunds.count + 1)", intent: intents[index].id, amount: amount,
            job: request.form["metadata[job]"] ?? "")
        refunds.append(refund)
        return Reply(status: 200, body: refund.json)
    }

    /// What a customer does at the bank, or the bank by itself.
    mutating func settle(_ payment: String, as status: StripeIntent.Status, now: Int64) {
        guard let index = intents.firstIndex(where: { $0.payment == payment }) else { return }
        intents[index].status = status
        switch status {
        case .requiresCapture: happened("payment_intent.amount_capturable_updated", intents[index], now)
        case .canceled: happened("payment_intent.canceled", intents[index], now)
        case .succeeded: happened("payment_intent.succeeded", intents[index], now)
        case .requiresPaymentMethod, .requiresAction:
            happened("payment_intent.payment_failed", intents[index], now)
        }
    }

    private mutating func happened(_ type: String, _ intent: StripeIntent, _ now: Int64) {
        events.append(
            StripeEvent(
                id: "evt_\(events.count + 1)", type: type, booking: intent.booking, payment: intent.payment,
                object: intent.json))
    }
}

/// An intent as the provider has it.
public struct StripeIntent: Sendable {
    public enum Status: String, Sendable {
        case requiresPaymentMethod = "requires_payment_method"
        case requiresAction = "requires_action"
        case requiresCapture = "requires_capture"
        case succeeded, canceled
    }

    public let id: String
    public let amount: Int64
    public let currency: String
    public internal(set) var status: Status
    public internal(set) var refunded: Int64 = 0
    let created: Int64
    public let booking: String
    public let payment: String

    /// What the customer has paid in the end.
    public var charged: Int64 { status == .succeeded ? amount - refunded : 0 }

    /// What is held on the customer's card and neither taken nor let go.
    public var held: Int64 { status == .requiresCapture ? amount : 0 }

    var json: String { json(expanding: false) }

    /// - Parameter isWhole: whether the charge is told, and not only its name.
    func json(expanding isWhole: Bool) -> String {
        let received = status == .succeeded ? amount : 0
        let charge =
            isWhole ? #"{"id":"ch_\#(id)","object":"charge","amount_refunded":\#(refunded)}"# : #""ch_\#(id)""#
        return """
            {"id":"\(id)","object":"payment_intent","amount":\(amount),"currency":"\(currency)","capture_method":"manual",\
            "amount_received":\(received),"latest_charge":\(received > 0 ? charge : "null"),\
            "client_secret":"\(id)_secret_1","created":\(created),"status":"\(status.rawValue)",\
            "metadata":{"booking":"\(booking)","payment":"\(payment)"}}
            """
    }
}

public struct StripeRefund: Sendable {
    public let id: String
    public let intent: String
    public let amount: Int64
    let job: String

    var json: String {
        """
        {"id":"\(id)","object":"refund","amount":\(amount),"payment_intent":"\(intent)","status":"succeeded",\
        "metadata":{"job":"\(job)"}}
        """
    }
}

/// Something that happened, to be told by whoever runs the test: late, twice, in another order.
public struct StripeEvent: Sendable {
    public let id: String
    public let type: String
    public let booking: String
    public let payment: String
    let object: String

    public var body: String {
        #"{"id":"\#(id)","object":"event","type":"\#(type)","data":{"object":\#(object)}}"#
    }
}
