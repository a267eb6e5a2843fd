import API

extension AnalyticsService {
    package var routes: [Route] {
        [
            .post(tokenWelcome: "/v1/analytics/track", body: .jsonOrText, trackEvent)
        ]
    }
}
