import API
import Auth

extension BookingService {
    package var routes: [Route] {
        [
            .get("/v1/sessions/{session_id}/seats", showSeats).yielding(),
            .post("/v1/sessions/{session_id}/book", for: .customer, body: .optional, openBooking).yielding(),
            .post("/v1/bookings/{booking_id}/reserve", for: .customer, reserveSeats),
            .post("/v1/bookings/{booking_id}/confirm", for: .customer, body: .optional, confirmBooking),
            .get("/v1/bookings/{booking_id}/payment", for: .customer, showPayment).secret(),
            .post("/v1/payments/stripe/webhook", body: .raw, takeProviderEvent).taking(bytes: 262_144),
            .post("/v1/bookings/{booking_id}/cancel", for: .customer, body: .optional, cancelBooking),
            .post("/v1/bookings/{booking_id}/refund", for: .admin, refundBooking),
            .get("/v1/bookings", for: .customer, listBookings),
            .get("/v1/bookings/{booking_id}", for: .customer, showBooking),
            .get("/v1/bookings/{booking_id}/tickets", for: .customer, showTickets).secret(),
            .get("/v1/bookings/{booking_id}/tickets.pdf", for: .customer, printTickets).secret(),
            .get("/v1/bookings/{booking_id}/tickets/{ticket_id}.svg", for: .customer, drawTicketCode).secret(),
            .get("/v1/bookings/{booking_id}/audit", for: .admin, listAuditEntries),
            .post(
                "/v1/bookings/{booking_id}/tickets/{ticket_id}/reissue", for: .customer, body: .optional, reissueTicket
            ).secret(),
            .post("/v1/check-ins", for: .staff, checkIn),
            .post("/v1/check-ins/offline", for: .staff, uploadScans).taking(bytes: 524_288),
            .get("/v1/sessions/{session_id}/door", for: .staff, showDoor),
            .get("/v1/sessions/{session_id}/door/conflicts", for: .staff, listConflicts),
        ]
    }

    package var internalRoutes: [Route] {
        [
            // With a plan of 10,000 seats.
            .put("/internal/v1/sessions/{session_id}", access: .service, setTerms).taking(bytes: 4_194_304),
            .delete("/internal/v1/sessions/{session_id}", access: .service, closeSession),
        ]
    }
}
