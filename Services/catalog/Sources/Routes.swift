import API
import Auth

extension CatalogService {
    package var routes: [Route] {
        [
            .get("/v1/movies", listMovies),
            .get("/v1/movies/{movie_id}", showMovie),
            .get("/v1/movies/{movie_id}/places", listMoviePlaces),
            .get("/v1/movies/{movie_id}/places/{place_id}/sessions", listMoviePlaceSessions),
            .post("/v1/movies/{movie_id}/rate", for: .customer, rateMovie),
        ]
    }

    package var internalRoutes: [Route] {
        [
            .get("/internal/v1/sessions", access: .service, nameSessions),
            .get("/internal/v1/sessions/{session_id}", access: .service, showSession),
        ]
    }
}
