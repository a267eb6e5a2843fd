import API
import Auth
import SQLite
import Time

extension IdentityService {
    /// `GET /.well-known/jwks.json`: the public keys as a JWK Set (RFC 7517), those of other services included, each of
    /// which names its purpose.
    func publishKeys(_ request: Request) async throws -> Response {
        let others = try database.read { try $0.publishedKeys(at: clock.now()) }
        return .keys(try keys.published().jwks() + others)
    }

    /// `GET /internal/v1/jwks.json`: the keys of access tokens alone, for those who verify them.
    func tellKeys(_ request: Request) async throws -> Response {
        .keys(try keys.published().jwks())
    }
}

extension Response {
    fileprivate static func keys(_ jwks: [String]) -> Response {
        var response = Response(status: 200, json: KeySet.document(jwks))
        response.headers.append(("Cache-Control", "public, max-age=300"))
        return response
    }
}

extension Connection {
    /// The other services' keys, as JWKs.
    fileprivate func publishedKeys(at now: Timestamp) throws -> [String] {
        try rows(
            "SELECT public_key, purpose FROM published_keys WHERE published_until > \(now) ORDER BY purpose, kid"
        ) { row in
            guard let key = Ed25519.PublicKey(bytes: try row.bytes(0)) else { throw KeyUnusable() }
            return KeySet([key]).jwks(purpose: try row.text(1))
        }.flatMap(\.self)
    }
}
