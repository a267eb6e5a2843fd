import API
import Auth
import SQLite
import Telemetry
import Time
import TypedID

extension BookingService {
    /// `GET /v1/bookings/{booking_id}/tickets.pdf?language`: a page for each of a confirmed booking's tickets, for its
    /// owner or staff. What was given back has a page that says so, without a code.
    func printTickets(_ request: Request, _ caller: Principal) async throws -> Response {
        let booking = try ticketedBooking(request, caller)
        let language = try request.language()
        let sheets = try await sheets(of: booking, language, request.trace)
        guard sheets.count <= SheetDrawing.mostPages else {
            throw APIError(
                409, "too_many_tickets",
                "The booking has more than \(SheetDrawing.mostPages) tickets: take their codes one by one.")
        }
        let document = try await printer.document(sheets, issued: booking.confirmedAt ?? booking.createdAt)
        let name = language == .french ? "billets" : "tickets"
        return Response(
            status: 200,
            headers: [
                ("Content-Type", "application/pdf"),
                ("Content-Disposition", "inline; filename=\"\(name)-\(booking.id).pdf\""),
                ("Content-Language", language.rawValue),
            ], body: document)
    }

    /// A booking's tickets in words, in the order of its seats.
    func sheets(of booking: Booking, _ language: Language, _ trace: TraceContext) async throws -> [TicketSheet] {
        let session = try await ticketSession(booking.sessionID, trace)
        let (tickets, channel) = try database.read { (try $0.tickets(of: booking), try $0.paidThrough(booking.id)) }
        let key = try ticketKeys.signing()
        return tickets.map { ticket in
            TicketSheet(ticket, session, code: code(of: ticket, session, key), channel, language)
        }
    }
}

extension Request {
    /// What the caller reads: `language` in the query, else by `Accept-Language`.
    /// - Throws: 422 for a language that there is not.
    func language() throws -> Language {
        var fields = Fields(try query())
        let wanted = fields.choice("language", of: Language.self, required: false)
        guard fields.faults.isEmpty else { throw fields.refusal }
        return wanted ?? acceptedLanguage ?? .usual
    }

    var acceptedLanguage: Language? { header("accept-language").flatMap(Language.init(accepting:)) }
}

extension TicketSheet {
    init(
        _ ticket: Ticket, _ session: TicketSession, code: String?, _ channel: PaymentChannel?, _ language: Language
    ) {
        self.init(
            language, film: session.names.movieTitle, time: session.startsAt.spelled(in: session.timeZone, language),
            place: session.names.placeName, status: ticket.status, code: code, ticketID: ticket.id,
            bookingID: ticket.bookingID)
        if let details = session.details {
            let isNamed = details.placeAddress.contains(details.placeCity)
            address = isNamed ? details.placeAddress : "\(details.placeAddress), \(details.placeCity)"
            room = details.roomName
        }
        seat = ticket.seat?.label
        price = ticket.price
        isDue = ticket.due(channel) != nil
    }
}
