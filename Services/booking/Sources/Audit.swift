import API
import JSON
import SQLite
import Time

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
    ///   - used: how many of the tickets that are given back had let somebody in.
    func audit(
        _ action: AuditedAction, by actor: UserID?, reason: String, _ before: Booking, _ after: Booking,
        usedTickets used: Int = 0, at now: Timestamp
    ) throws {
        try execute(
            """
            INSERT INTO audit (actor_id, action, booking_id, reason, status_before, status_after, seats_before,
                seats_after, used_tickets, occurred_at)
            VALUES (\(actor), \(action), \(before.id), \(reason), \(before.status(at: now)), \(after.status(at: now)),
                    \(before.seatsHad), \(after.seatsHad), \(used), \(now))
            """)
    }
}
