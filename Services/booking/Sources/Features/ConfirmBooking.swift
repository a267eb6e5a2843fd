import API
import Auth
import JSON
import SQLite
import Time
import TypedID

extension BookingService {
    /// `POST /v1/bookings/{booking_id}/confirm` `{language?}`: what the booking holds is sold, for good, a ticket for each
    /// seat. Its owner is told by mail in that language, else in what `Accept-Language` likes best.
    func confirmBooking(_ request: Request, _ caller: Principal) async throws -> Response {
        let user = try userID(of: caller)
        guard let bookingID = BookingID(request.parameter("booking_id")) else { throw BookingRefusal.bookingNotFound }
        let language = try request.mailLanguage()
        return try await request.decide(in: database) { [clock, ids] transaction in
            let now = clock.now()
            let confirmed = try transaction.booking(bookingID, of: user).confirming(at: now)
            try transaction.execute(
                "UPDATE reservations SET state = 'sold' WHERE booking_id = \(confirmed.id)")
            try transaction.execute(
                """
                UPDATE bookings SET confirmed_at = \(confirmed.confirmedAt), language = \(language)
                WHERE id = \(confirmed.id)
                """)
            let bill = try transaction.bill(of: confirmed.id)
            try transaction.issueTickets(for: confirmed, at: bill?.prices ?? [], ids)
            try transaction.record(.confirmed, confirmed, at: now)
            return .json { json in
                json.object("booking") { json in
                    confirmed.writeReserved(to: &json)
                    json.field("confirmed_at", confirmed.confirmedAt)
                    bill?.write(to: &json)
                }
            }
        }
    }
}

extension Request {
    /// - Throws: 422 for a language that there is not.
    fileprivate func mailLanguage() throws -> Language {
        guard let members = body.objectValue, members["language"] != nil else { return acceptedLanguage ?? .usual }
        var fields = Fields(body)
        let wanted = fields.choice("language", of: Language.self, required: false)
        guard fields.faults.isEmpty else { throw fields.refusal }
        return wanted ?? acceptedLanguage ?? .usual
    }
}
