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
        let tickets = try database.read { try $0.tickets(of: booking) }
        return .json { json in
            json.array("tickets") { json in
                for ticket in tickets { json.object { ticket.write(to: &$0) } }
            }
        }
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
    func write(to json: inout JSONWriter) {
        json.field("id", id)
        json.field("session_id", sessionID)
        if let seat {
            json.object("seat") { json in
                json.field("id", seat.id)
                json.field("row", seat.row)
                json.field("number", seat.number)
            }
        } else {
            json.field("seat", JSONValue.null)
        }
        json.field("tariff", price?.tariff)
        if let price {
            json.object("price") { json in
                json.field("amount", price.amount)
                json.field("currency", price.currency)
            }
        } else {
            json.field("price", JSONValue.null)
        }
        json.field("status", status.rawValue)
    }
}
