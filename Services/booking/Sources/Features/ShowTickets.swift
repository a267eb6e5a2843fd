import API
import Auth
import JSON
import SQLite
import Telemetry
import Time
import TypedID

extension BookingService {
    /// `GET /v1/bookings/{booking_id}/tickets`: all of a confirmed booking's, its owner's own or, for staff, anybody's.
    /// One that was given back shows that they are refunded.
    func showTickets(_ request: Request, _ caller: Principal) async throws -> Response {
        let booking = try ticketedBooking(request, caller)
        let session = try await ticketSession(booking.sessionID, request.trace)
        let (tickets, channel) = try database.read { (try $0.tickets(of: booking), try $0.paidThrough(booking.id)) }
        let key = try ticketKeys.signing()
        return .json { json in
            json.array("tickets") { json in
                for ticket in tickets {
                    json.object { ticket.write(to: &$0, code: code(of: ticket, session, key), channel) }
                }
            }
        }
    }

    /// What the door reads; nil for a ticket that lets nobody in any more.
    func code(of ticket: Ticket, _ session: TicketSession, _ key: Ed25519.PrivateKey) -> String? {
        guard ticket.status == .valid else { return nil }
        return TicketCode.text(
            of: ticket, at: session.names.placeID, good: session.hours(opensMinutesBefore: doorOpensMinutes),
            signedWith: key)
    }

    /// The booking of the path, for whoever may see its tickets.
    /// - Throws: `bookingNotFound`, `bookingNotConfirmed`.
    func ticketedBooking(_ request: Request, _ caller: Principal) throws -> Booking {
        let user = try userID(of: caller)
        guard let id = BookingID(request.parameter("booking_id")) else { throw BookingRefusal.bookingNotFound }
        let booking = try database.read { try $0.booking(id, of: caller.role >= .staff ? nil : user) }
        guard booking.confirmedAt != nil else { throw BookingRefusal.bookingNotConfirmed }
        return booking
    }
}

extension Ticket {
    /// - Parameter code: nil where it lets nobody in.
    func write(to json: inout JSONWriter, code: String?, _ channel: PaymentChannel?) {
        json.field("id", id)
        json.field("session_id", sessionID)
        json.seat(seat)
        json.field("tariff", price?.tariff)
        json.money("price", price)
        json.money("due", due(channel))
        json.field("status", status.rawValue)
        json.field("token", code)
        json.field("admitted_at", admission?.at)
    }
}

extension JSONWriter {
    fileprivate mutating func money(_ name: StaticString, _ price: TicketPrice?) {
        guard let price else {
            field(name, JSONValue.null)
            return
        }
        object(name) { json in
            json.field("amount", price.amount)
            json.field("currency", price.currency)
        }
    }

    /// `seat: {id, row, number}`, or null where seats are only counted.
    mutating func seat(_ seat: TicketSeat?) {
        guard let seat else {
            field("seat", JSONValue.null)
            return
        }
        object("seat") { json in
            json.field("id", seat.id)
            json.field("row", seat.row)
            json.field("number", seat.number)
        }
    }
}
