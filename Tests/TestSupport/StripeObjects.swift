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

/// Money that goes back, at once or after a while.
public struct StripeRefund: Sendable {
    public enum Status: String, Sendable {
        case pending, succeeded, failed, canceled
        case requiresAction = "requires_action"
    }

    public let id: String
    public let intent: String
    public let amount: Int64
    public internal(set) var status: Status
    /// `metadata[job]` and `metadata[payment]`.
    let job: String
    let payment: String

    /// Whether it has given anything back, or is about to.
    var isGood: Bool { status != .failed && status != .canceled }

    var json: String {
        let reason = status == .failed ? #""failure_reason":"expired_or_canceled_card","# : ""
        return """
            {"id":"\(id)","object":"refund","amount":\(amount),"payment_intent":"\(intent)","status":"\(status.rawValue)",\
            \(reason)"metadata":{"job":"\(job)","payment":"\(payment)"}}
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
