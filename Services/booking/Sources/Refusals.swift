import API

extension BookingRefusal: APIRefusal {
    package var apiError: APIError {
        switch self {
        case .sessionNotFound: APIError(404, "session_not_found", "There is no such session.")
        case .sessionStarted: APIError(409, "session_started", "The session has begun: it can no longer be booked.")
        case .bookingNotFound: APIError(404, "booking_not_found", "You have no such booking.")
        case .bookingExpired:
            APIError(409, "booking_expired", "The booking was not confirmed in time; its seats are free again.")
        case .bookingConfirmed: APIError(409, "booking_confirmed", "The booking is confirmed and cannot be changed.")
        case .bookingCancelled: APIError(409, "booking_cancelled", "The booking was cancelled and cannot be changed.")
        case .noSeatsReserved: APIError(409, "no_seats_reserved", "Reserve seats before you confirm the booking.")
        case .notEnoughSeats: APIError(409, "not_enough_seats", "There are not that many seats left in this session.")
        }
    }
}
