import API
import Auth
import JSON
import SQLite
import Time
import TypedID

extension BookingService {
    /// `GET /v1/bookings/{booking_id}/audit?limit&cursor`, for admins: who did what to a customer's booking, when and
    /// why, in the order in which it was done.
    func listAuditEntries(_ request: Request, _ caller: Principal) async throws -> Response {
        let query = try request.query()
        var fields = Fields(query)
        let limit = fields.limit()
        guard fields.faults.isEmpty else { throw fields.refusal }
        guard let id = BookingID(request.parameter("booking_id")) else { throw BookingRefusal.bookingNotFound }
        let page = try Page(limit: limit, cursor: query["cursor"], of: "audit of \(id)", keys: 1, seal: cursors)
        let entries = try database.read { connection in
            _ = try connection.booking(id, of: nil)
            return try connection.auditEntries(of: id, page)
        }
        return .json { json in
            page.write("entries", entries, to: &json, keys: { [$0.sequence] }) { entry, json in
                json.object { entry.write(to: &$0) }
            }
        }
    }
}

private struct AuditEntry {
    let sequence: Int64
    /// Nil for what the service did by itself, and for operators at its command line.
    let actorID: UserID?
    let action: AuditedAction
    let reason: String
    let status: (before: Booking.Status, after: Booking.Status)
    let seats: (before: Int64, after: Int64)
    let usedTickets: Int64
    /// What the tickets given back had cost; nil where they had no price, or none are.
    let refunded: Total?
    let tickets: [TicketID]
    let occurredAt: Timestamp

    func write(to json: inout JSONWriter) {
        json.field("actor_id", actorID)
        json.field("action", action.rawValue)
        json.field("reason", reason)
        json.field("status_before", status.before.rawValue)
        json.field("status_after", status.after.rawValue)
        json.field("seats_before", seats.before)
        json.field("seats_after", seats.after)
        json.field("used_tickets", usedTickets)
        json.field("amount", refunded?.amount)
        json.field("currency", refunded?.currency)
        json.array("ticket_ids") { json in
            for ticket in tickets { json.element(ticket) }
        }
        json.field("occurred_at", occurredAt)
    }
}

extension Connection {
    fileprivate func auditEntries(of booking: BookingID, _ page: Page) throws -> [AuditEntry] {
        try rows(
            """
            SELECT id, actor_id, action, reason, status_before, status_after, seats_before, seats_after, used_tickets,
                occurred_at, amount, currency, ticket_ids
            FROM audit WHERE booking_id = \(booking) AND id > \(page.after?[0] ?? 0) ORDER BY id LIMIT \(page.fetched)
            """
        ) { row in
            let (amount, currency) = (try row.intOrNil(10), try row.textOrNil(11))
            let tickets = try JSONValue(parsing: Array(try row.text(12).utf8)).arrayValue ?? []
            return AuditEntry(
                sequence: try row.int(0), actorID: try row.valueOrNil(1), action: try row.value(2),
                reason: try row.text(3), status: (try row.value(4), try row.value(5)),
                seats: (try row.int(6), try row.int(7)), usedTickets: try row.int(8),
                refunded: amount.flatMap { amount in currency.map { Total(amount: amount, currency: $0) } },
                tickets: tickets.compactMap { $0.integerValue.map(TicketID.init(rawValue:)) },
                occurredAt: try row.value(9))
        }
    }
}
