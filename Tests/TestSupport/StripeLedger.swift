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

        /// Refused before anything was begun: such an answer is not kept under its key.
        var isInvalid: Bool { status == 400 && (body.contains("_missing") || body.contains("idempotency_error")) }
    }

    struct Request {
        let method: String
        /// Without the query.
        let path: String
        let query: [String: String]
        let form: [String: String]
        let key: String?
        let body: String

        func number(_ field: String) -> Int64? { query[field].flatMap { Int64($0) } }

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

        /// Of the object in the path.
        var id: String { path.split(separator: "/").dropFirst(2).first.map(String.init) ?? "" }
    }

    private(set) var intents: [StripeIntent] = []
    private(set) var refunds: [StripeRefund] = []
    private(set) var events: [StripeEvent] = []
    private var replies: [String: (request: String, reply: Reply)] = [:]
    /// What refunds are at first.
    var firstRefundStatus = StripeRefund.Status.succeeded
    /// The most that one answer lists.
    var longestPage = 100

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
        if !reply.isInvalid { replies[key] = (content, reply) }
        return reply
    }

    /// As it does with keys that are a day old or older.
    mutating func forgetKeys() { replies = [:] }

    /// Whose request it is, by the booking that its intent is of.
    func booking(of request: Request) -> String? {
        let refund = refunds.first { $0.id == request.id }
        let names = [request.form["payment_intent"], request.query["payment_intent"], refund?.intent, request.id]
        return request.form["metadata[booking]"]
            ?? names.lazy.compactMap { name in intents.first { $0.id == name }?.booking }.first
    }

    /// Answers otherwise than it acts, and keeps to that.
    mutating func replace(_ request: Request, by reply: Reply) {
        if let key = request.key { replies[key]?.reply = reply }
    }

    private mutating func act(_ request: Request, _ now: Int64) -> Reply {
        switch request.operation {
        case .create: return create(request, now)
        case .list where request.path == "/v1/refunds":
            let found = refunds.filter { $0.intent == request.query["payment_intent"] }
            return page(of: found.map { ($0.id, $0.json) }, request)
        case .list:
            let range = (request.number("created[gte]") ?? 0)...(request.number("created[lte]") ?? .max)
            return page(of: intents.filter { range.contains($0.created) }.map { ($0.id, $0.json) }, request)
        case .refund: return refund(request, now)
        case .retrieve where request.path.hasPrefix("/v1/refunds/"):
            guard let refund = refunds.first(where: { $0.id == request.id }) else {
                return .error(404, "invalid_request_error", "resource_missing")
            }
            return Reply(status: 200, body: refund.json)
        case .retrieve, .capture, .cancel:
            guard let index = intents.firstIndex(where: { $0.id == request.id }) else {
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

    /// The newest first ("Pagination": `limit` from 1 to 100, 10 unless said).
    private func page(of objects: [(id: String, json: String)], _ request: Request) -> Reply {
        var newest = Array(objects.reversed())[...]
        if let after = request.query["starting_after"] {
            guard let index = newest.firstIndex(where: { $0.id == after }) else {
                return .error(400, "invalid_request_error", "resource_missing")
            }
            newest = newest[(index + 1)...]
        }
        let limit = min(Int(request.number("limit") ?? 10), longestPage)
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
            status: firstRefundStatus, job: request.form["metadata[job]"] ?? "",
            payment: request.form["metadata[payment]"] ?? "")
        refunds.append(refund)
        happened("refund.created", refund)
        return Reply(status: 200, body: refund.json)
    }

    /// What the bank does with a refund later, also after it succeeded.
    mutating func settle(refund id: String, as status: StripeRefund.Status) {
        guard let index = refunds.firstIndex(where: { $0.id == id }) else { return }
        let wasGood = refunds[index].isGood
        refunds[index].status = status
        let refund = refunds[index]
        if wasGood, !refund.isGood, let intent = intents.firstIndex(where: { $0.id == refund.intent }) {
            intents[intent].refunded -= refund.amount
        }
        for type in ["charge.refund.updated", "refund.updated"] { happened(type, refund) }
        if status == .failed { happened("refund.failed", refund) }
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

    private mutating func happened(_ type: String, _ refund: StripeRefund) {
        let booking = intents.first { $0.id == refund.intent }?.booking ?? ""
        events.append(
            StripeEvent(
                id: "evt_\(events.count + 1)", type: type, booking: booking, payment: refund.payment,
                object: refund.json))
    }
}
