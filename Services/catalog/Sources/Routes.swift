import API
import Auth

extension CatalogService {
    package var routes: [Route] {
        [
            .get("/v1/movies", listMovies),
            .post("/v1/movies", for: .admin, createMovie),
            .get("/v1/movies/{movie_id}", showMovie),
            .patch("/v1/movies/{movie_id}", for: .admin, changeMovie),
            .delete("/v1/movies/{movie_id}", for: .admin, deleteMovie),
            .get("/v1/movies/{movie_id}/places", listMoviePlaces),
            .get("/v1/movies/{movie_id}/places/{place_id}/sessions", listMoviePlaceSessions),
            .post("/v1/movies/{movie_id}/rate", for: .customer, rateMovie),
            .get("/v1/people", listPeople),
            .post("/v1/people", for: .admin, createPerson),
            .get("/v1/people/{person_id}", showPerson),
        ]
    }

    package var internalRoutes: [Route] {
        [
            .get("/internal/v1/sessions", access: .service, nameSessions),
            .get("/internal/v1/sessions/{session_id}", access: .service, showSession),
        ]
    }
}
