import API
import Auth
import JSON
import SQLite
import Time
import TypedID

extension BookingService {
    /// `POST /v1/bookings/{booking_id}/confirm` `{language?}`: what the booking holds is sold, for good, a ticket for each
    /// seat. What costs something is paid first where a provider takes the money. Its owner is told by mail in that
    /// language, else in one named before, else in what `Accept-Language` likes best.
    func confirmBooking(_ request: Request, _ caller: Principal) async throws -> Response {
        let user = try userID(of: caller)
        guard let bookingID = BookingID(request.parameter("booking_id")) else { throw BookingRefusal.bookingNotFound }
        let wish = try LanguageWish(request)
        if let provider, try database.read({ try $0.isToBePaid(bookingID) }) {
            return try await payForBooking(bookingID, of: user, through: provider, wish, request)
        }
        return try await request.decide(in: database) { [clock, ids, provider] transaction in
            // It has got its price since.
            if provider != nil, try transaction.isToBePaid(bookingID) { throw PaymentRefusal.paymentRequired }
            let (booking, now) = (try transaction.booking(bookingID, of: user), clock.now())
            if let refusal = try transaction.refusalOfLapsed(booking, at: now) { return refusal }
            let language = try transaction.note(wish, for: booking.id)
            let bill = try transaction.bill(of: booking.id)
            return .confirmed(
                try transaction.confirm(booking, costing: bill, paidThrough: .counter, language, ids, at: now), bill)
        }
    }
}

extension Connection {
    fileprivate func isToBePaid(_ booking: BookingID) throws -> Bool { (try total(of: booking)?.amount ?? 0) > 0 }
}

extension Transaction {
    /// Sells what a booking holds.
    /// - Parameters:
    ///   - bill: what that costs, if anything.
    ///   - channel: noted where it costs something.
    ///   - language: of the mail that says so.
    func confirm(
        _ booking: Booking, costing bill: Bill?, paidThrough channel: PaymentChannel, _ language: Language,
        _ ids: Snowflake, at now: Timestamp
    ) throws -> Booking {
        let confirmed = try booking.confirming(at: now)
        let isPriced = (bill?.total.amount ?? 0) > 0
        try execute("UPDATE reservations SET state = 'sold' WHERE booking_id = \(confirmed.id)")
        try execute(
            """
            UPDATE bookings SET confirmed_at = \(confirmed.confirmedAt), language = \(language),
                paid_through = \(isPriced ? channel : nil)
            WHERE id = \(confirmed.id)
            """)
        let tickets = try issueTickets(for: confirmed, at: bill?.prices ?? [], ids)
        try record(.confirmed(confirmed.id, tickets), of: confirmed, at: now)
        return confirmed
    }
}

extension Response {
    static func confirmed(_ booking: Booking, _ bill: Bill?) -> Response {
        .json { json in
            json.object("booking") { json in
                booking.writeReserved(to: &json)
                json.field("confirmed_at", booking.confirmedAt)
                bill?.write(to: &json)
            }
        }
    }
}

/// What a customer wants to be written to in.
struct LanguageWish: Sendable {
    /// Named in so many words.
    private(set) var named: Language?
    /// What `Accept-Language` likes best.
    let accepted: Language?

    /// - Throws: 422 for a language that there is not.
    init(_ request: Request) throws {
        accepted = request.acceptedLanguage
        guard let members = request.body.objectValue, members["language"] != nil else { return }
        var fields = Fields(request.body)
        named = fields.choice("language", of: Language.self, required: false)
        guard fields.faults.isEmpty else { throw fields.refusal }
    }
}

extension Transaction {
    /// Keeps a wish, which holds until the booking is confirmed: what approves a payment in between knows nothing of it.
    /// - Returns: the language of the mail.
    func note(_ wish: LanguageWish, for booking: BookingID) throws -> Language {
        if let named = wish.named {
            try execute("UPDATE bookings SET language = \(named) WHERE id = \(booking)")
            return named
        }
        let noted = try first("SELECT language FROM bookings WHERE id = \(booking)") { row in
            try row.valueOrNil(0, as: Language.self)
        }
        return (noted ?? nil) ?? wish.accepted ?? .usual
    }
}
