import API
import Auth

extension BookingService {
    package var routes: [Route] {
        [
            .post("/v1/sessions/{session_id}/book", for: .customer, body: .optional, openBooking),
            .post("/v1/bookings/{booking_id}/reserve", for: .customer, reserveSeats),
            .post("/v1/bookings/{booking_id}/confirm", for: .customer, body: .optional, confirmBooking),
            .post("/v1/bookings/{booking_id}/cancel", for: .customer, body: .optional, cancelBooking),
            .get("/v1/bookings", for: .customer, listBookings),
            .get("/v1/bookings/{booking_id}", for: .customer, showBooking),
        ]
    }
}
