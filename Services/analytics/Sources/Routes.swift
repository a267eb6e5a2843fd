import API
import Auth

extension AnalyticsService {
    package var routes: [Route] {
        [
            .post(tokenWelcome: "/v1/analytics/track", body: .jsonOrText, trackEvent),
            .get("/v1/analytics/events", for: .admin, listEvents),
            .get("/v1/analytics/pages", for: .admin, countPages),
            .get("/v1/analytics/funnel", for: .admin, showFunnel),
            .get("/v1/analytics/reservations", for: .admin, countReservations),
        ]
    }

    package var internalRoutes: [Route] {
        [
            .post("/internal/v1/events", access: .service, takeEvents)
        ]
    }
}
