import API
import TypedID

extension BookingRefusal: APIRefusal {
    package var apiError: APIError {
        switch self {
        case .sessionNotFound: APIError(404, "session_not_found", "There is no such session.")
        case .sessionStarted: APIError(409, "session_started", "The session has begun: it can no longer be booked.")
        case .refundTooLate:
            APIError(409, "session_started", "The session has begun: what was sold can no longer be given back.")
        case .bookingNotFound: APIError(404, "booking_not_found", "You have no such booking.")
        case .bookingExpired:
            APIError(409, "booking_expired", "The booking was not confirmed in time; its seats are free again.")
        case .bookingConfirmed: APIError(409, "booking_confirmed", "The booking is confirmed and cannot be changed.")
        case .bookingCancelled: APIError(409, "booking_cancelled", "The booking was cancelled and cannot be changed.")
        case .noSeatsReserved: APIError(409, "no_seats_reserved", "Reserve seats before you confirm the booking.")
        case .bookingNotConfirmed:
            APIError(409, "booking_not_confirmed", "The booking is not confirmed.")
        case .ticketNotFound: APIError(404, "ticket_not_found", "The booking has no such ticket.")
        case .ticketRefunded: APIError(409, "ticket_refunded", "The ticket was given back.")
        case .ticketUsed: APIError(409, "ticket_used", "Somebody was let in with the ticket already.")
        case .tooManyOpenBookings(let most):
            .later(
                429, "too_many_open_bookings",
                "You have \(most) open bookings already. Confirm or cancel one, or wait until one expires.")
        case .tooManySeats(let most):
            APIError(409, "too_many_seats", "You may have \(most) seats here at most.")
        case .allocationBelowReserved(let taken):
            APIError(409, "allocation_below_reserved", "\(taken) seats are reserved or sold already.")
        case .sessionHasBookings(let taken):
            APIError(
                409, "session_has_bookings",
                "The session has bookings already; \(taken) of its seats are reserved or sold.")
        case .seatsTaken(let seats):
            APIError(409, "seat_taken", "Somebody else has \(list(seats)): choose other seats.")
        case .seatsNotInRoom(let seats):
            APIError(422, "seat_not_in_room", "The session's room has no \(list(seats)).")
        case .tariffsUnknown(let names):
            APIError(422, "tariff_unknown", "The session has no tariff \(names.joined(separator: ", ")).")
        case .notEnoughSeats: APIError(409, "not_enough_seats", "There are not that many seats left in this session.")
        }
    }

    private func list(_ seats: [SeatID]) -> String {
        seats.prefix(100).map(\.description).joined(separator: ", ")
    }
}

extension PaymentRefusal: APIRefusal {
    package var apiError: APIError {
        switch self {
        case .paymentRequired:
            APIError(402, "payment_required", "The booking costs something: confirm it with a payment_method.")
        case .paymentDeclined(let reason):
            APIError(402, "payment_declined", "The payment was declined (\(reason)). Try another payment method.")
        case .paymentActionRequired:
            APIError(
                402, "payment_action_required",
                "The payment is to be approved first, with the client_secret of the booking's payment. Then confirm again."
            )
        case .paymentInProgress(let seconds):
            .later(
                409, "payment_in_progress", "The booking is being paid for: finish that payment first.",
                afterSeconds: Int(clamping: seconds))
        case .paymentUnanswered:
            .later(
                503, "payment_unanswered",
                "Whether the payment was accepted is not known yet. Confirm again: nothing is paid twice.")
        case .paymentUnavailable:
            .later(
                503, "payment_unavailable",
                "Payments cannot be taken just now, and nothing was charged. Try again in a while.", afterSeconds: 60)
        case .tooManyAttempts(let seconds):
            .later(
                429, "too_many_payment_attempts", "Too many payments were tried. Wait before the next one.",
                afterSeconds: Int(clamping: seconds))
        case .providerMissing:
            .later(
                503, "payment_provider_missing",
                "The booking was paid through a provider that is not set up any more: nothing can go back from there.",
                afterSeconds: 60)
        case .paymentNotFound: APIError(404, "payment_not_found", "There is no payment.")
        case .signatureInvalid: APIError(400, "signature_invalid", "The signature is not the provider's, or is old.")
        }
    }
}

extension DoorRefusal {
    var code: String {
        switch self {
        case .ticketInvalid: "ticket_invalid"
        case .wrongSession: "wrong_session"
        case .wrongPlace: "wrong_place"
        case .ticketRefunded: "ticket_refunded"
        case .ticketReissued: "ticket_reissued"
        case .alreadyAdmitted: "already_admitted"
        case .tooEarly: "too_early"
        case .tooLate: "too_late"
        }
    }

    fileprivate func message(in zone: String) -> String {
        switch self {
        case .ticketInvalid: "This is no ticket of ours."
        case .wrongSession: "The ticket is for another session."
        case .wrongPlace: "The ticket is for another place."
        case .ticketRefunded:
            "The ticket is not valid any more: it was refunded, or its payment could not be taken."
        case .ticketReissued: "The ticket was issued anew: another code is good."
        case .alreadyAdmitted(let admission):
            "The ticket was used on \(admission.at.described(in: zone))"
                + (admission.door.map { ", at the door \($0)." } ?? ".")
        case .tooEarly(let opens): "The doors open on \(opens.described(in: zone))."
        case .tooLate(let closed): "The ticket was good until \(closed.described(in: zone))."
        }
    }
}

/// A refusal at a door, whose times are those of the place.
struct RefusedAtDoor: APIRefusal {
    let apiError: APIError

    init(_ refusal: DoorRefusal, timeZone: String = "Etc/UTC") {
        let status = refusal == .ticketInvalid ? 422 : 409
        apiError = APIError(status, refusal.code, refusal.message(in: timeZone))
    }
}
