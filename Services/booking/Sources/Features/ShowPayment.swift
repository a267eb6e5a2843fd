import API
import Auth
import JSON
import SQLite
import Time
import TypedID

extension BookingService {
    /// `GET /v1/bookings/{booking_id}/payment`: how a booking with a price is, or is to be, paid: its owner's own or, for
    /// staff, anybody's. What the provider wants the customer to do first is its owner's alone to know.
    func showPayment(_ request: Request, _ caller: Principal) async throws -> Response {
        let user = try userID(of: caller)
        guard let id = BookingID(request.parameter("booking_id")) else { throw BookingRefusal.bookingNotFound }
        let (booking, due, payment, refunded) = try database.read { connection in
            let booking = try connection.booking(id, of: caller.role >= .staff ? nil : user)
            // One that came to nothing is not how a booking is paid that was confirmed at the counter since.
            let isAtCounter = try connection.paidThrough(id) == .counter
            let payment = try isAtCounter ? nil : connection.payments(of: id).first
            let refunded = try payment.map { try connection.refunded(of: $0.id) }
            return (booking, try connection.due(for: booking), payment, refunded ?? 0)
        }
        if let payment {
            return .json { json in
                json.object("payment") { payment.write(to: &$0, refunded: refunded, isOwn: booking.userID == user) }
            }
        }
        guard let due, provider == nil || booking.confirmedAt != nil else { throw PaymentRefusal.paymentNotFound }
        return .json { json in
            json.object("payment") { json in
                json.field("provider", "counter")
                json.amount("due", due.amount, due.currency)
            }
        }
    }
}

extension Connection {
    /// What is to be paid for the seats that a booking has; nil where they have no price.
    fileprivate func due(for booking: Booking) throws -> Total? {
        guard let total = try total(of: booking.id), booking.confirmedAt != nil else {
            return try total(of: booking.id)
        }
        let prices = try tickets(of: booking).filter { $0.refundedAt == nil }.compactMap(\.price)
        return Total(amount: prices.reduce(0) { $0 + $1.amount }, currency: total.currency)
    }
}

extension Payment {
    fileprivate func write(to json: inout JSONWriter, refunded: Int64, isOwn: Bool) {
        json.field("id", id)
        json.field("provider", "stripe")
        json.field("state", state.rawValue)
        json.amount("total", amount, currency)
        json.amount("refunded", state == .captured || state == .authorized ? refunded : 0, currency)
        json.field("reason", reason)
        json.field("client_secret", isOwn ? clientSecret : nil)
        json.field("created_at", createdAt)
    }
}

extension JSONWriter {
    fileprivate mutating func amount(_ name: StaticString, _ amount: Int64, _ currency: String) {
        object(name) { json in
            json.field("amount", amount)
            json.field("currency", currency)
        }
    }
}
