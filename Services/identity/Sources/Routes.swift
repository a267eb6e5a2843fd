import API
import Auth

extension IdentityService {
    package var routes: [Route] {
        [
            .post("/v1/auth/signup", signUp),
            .post("/v1/auth/signin", signIn),
            .get("/v1/auth/me", for: .customer, getMe),
            .post("/v1/auth/password", for: .customer, changePassword),
            .get("/.well-known/jwks.json", publishKeys),
            .get("/v1/users", for: .admin, findUser),
            .get("/v1/users/{user_id}", for: .admin, getUser),
            .patch("/v1/users/{user_id}", for: .admin, changeRole),
        ]
    }

    package var internalRoutes: [Route] {
        [
            .get("/internal/v1/jwks.json", access: .service, tellKeys),
            .put("/internal/v1/keys/{kid}", access: .service, takeKey),
            .get("/internal/v1/users/{user_id}", access: .service, tellUser),
        ]
    }
}
