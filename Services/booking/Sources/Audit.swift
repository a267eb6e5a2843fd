import API
import JSON
import SQLite
import Time
import TypedID

/// Why staff did something to a customer's booking.
struct Reason: Sendable {
    let text: String

    /// - Throws: 422 without 1 to 500 characters of `reason`.
    init(_ body: JSONValue) throws(APIError) {
        var fields = Fields(body == .null ? [:] : body)
        guard let text = fields.text("reason", 1...500, trim: true) else { throw fields.refusal }
        self.text = text
    }

    /// For where only somebody else's booking needs one: nil without a `reason`.
    /// - Throws: 422 for one that is none.
    init?(ifGivenIn body: JSONValue) throws(APIError) {
        guard let given = body["reason"], given != .null else { return nil }
        try self.init(body)
    }

    /// As `init(_:)` says it.
    static let missing = APIError.invalid([Fault(code: "reason_missing", message: "The reason is required.")])
}

enum AuditedAction: String, Sendable {
    case cancel, refund
    /// An operator says that what waited or failed at the payment provider is done there.
    case settlePayment = "settle_payment"
}

extension Transaction {
    /// Keeps who did what to which booking, why, and what it was before and after.
    /// - Parameters:
    ///   - actor: nil for what the service does by itself, and for operators at its command line.
    ///   - givenBack: the tickets that are, as they were before.
    func audit(
        _ action: AuditedAction, by actor: UserID?, reason: String, _ before: Booking, _ after: Booking,
        givingBack givenBack: [Ticket] = [], at now: Timestamp
    ) throws {
        let cost = try Bill(givenBack.compactMap(\.price).map { try Line(price: $0, seats: 1) })?.total
        let ids = givenBack.map { "\($0.id.rawValue)" }.joined(separator: ",")
        try execute(
            """
            INSERT INTO audit (actor_id, action, booking_id, reason, status_before, status_after, seats_before,
                seats_after, used_tickets, amount, currency, ticket_ids, occurred_at)
            VALUES (\(actor), \(action), \(before.id), \(reason), \(before.status(at: now)), \(after.status(at: now)),
                    \(before.seatsHad), \(after.seatsHad), \(givenBack.count { $0.status == .used }), \(cost?.amount),
                    \(cost?.currency), \("[\(ids)]"), \(now))
            """)
    }
}
