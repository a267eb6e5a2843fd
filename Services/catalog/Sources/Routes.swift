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
            .patch("/v1/people/{person_id}", for: .admin, changePerson),
            .delete("/v1/people/{person_id}", for: .admin, deletePerson),
            .get("/v1/places", listPlaces),
            .post("/v1/places", for: .admin, createPlace),
            .get("/v1/places/{place_id}", showPlace),
            .patch("/v1/places/{place_id}", for: .admin, changePlace),
            .delete("/v1/places/{place_id}", for: .admin, deletePlace),
            .get("/v1/places/{place_id}/rooms", listRooms),
            // A plan of 10,000 seats.
            .post("/v1/places/{place_id}/rooms", for: .admin, createRoom).taking(bytes: 1_048_576),
            .get("/v1/places/{place_id}/rooms/{room_id}", showRoom),
            .patch("/v1/places/{place_id}/rooms/{room_id}", for: .admin, changeRoom).taking(bytes: 1_048_576),
            .delete("/v1/places/{place_id}/rooms/{room_id}", for: .admin, deleteRoom),
            .get("/v1/sessions", listSessions),
            .post("/v1/sessions", for: .admin, createSession),
            .get("/v1/sessions/{session_id}", showSession),
            .patch("/v1/sessions/{session_id}", for: .admin, changeSession),
            .delete("/v1/sessions/{session_id}", for: .admin, deleteSession),
        ]
    }

    package var internalRoutes: [Route] {
        [
            .post("/internal/v1/events", access: .service, takeEvents),
            .get("/internal/v1/sessions", access: .service, nameSessions),
            .get("/internal/v1/sessions/{session_id}", access: .service, describeSession),
        ]
    }
}
