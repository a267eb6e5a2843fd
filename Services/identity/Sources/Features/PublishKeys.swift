import API
import Auth

extension IdentityService {
    /// `GET /.well-known/jwks.json`, and the same for the other services: the public keys as a JWK Set (RFC 7517).
    func publishKeys(_ request: Request) async throws -> Response {
        var response = Response(status: 200, json: try keys.published().json)
        response.headers.append(("Cache-Control", "public, max-age=300"))
        return response
    }
}
