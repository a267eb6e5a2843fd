import API
import Auth
import JSON
import SQLite
import Time

extension IdentityService {
    private static let publishedMilliseconds: Int64 = 30 * 86_400_000
    /// Two of each service that signs something, with room to spare.
    private static let mostKeys: Int64 = 16

    /// `PUT /internal/v1/keys/{kid}` `{key: {kty, crv, x, purpose}}`: publishes another service's public key for the next
    /// thirty days. Saying it again, as that service does every hour, prolongs them.
    func takeKey(_ request: Request) async throws -> Response {
        let id = request.parameter("kid")
        guard let (key, purpose) = request.body["key"].flatMap(Self.key), KeySet.thumbprint(key) == id else {
            throw APIError(422, "key_invalid", "The key must be an Ed25519 JWK with a purpose, under its thumbprint.")
        }
        return try await database.write { [clock] transaction in
            let now = clock.now()
            try transaction.execute("DELETE FROM published_keys WHERE published_until <= \(now)")
            // A key of identity's own under another purpose would be refused everywhere.
            let isOwn = try transaction.first("SELECT 1 FROM signing_keys WHERE kid = \(id)") { _ in true }
            guard isOwn == nil else { throw IdentityRefusal.keyIsOwn }
            let others = try transaction.first("SELECT count(*) FROM published_keys WHERE kid <> \(id)") {
                try $0.int(0)
            }
            guard (others ?? 0) < Self.mostKeys else { throw IdentityRefusal.tooManyKeys(most: Self.mostKeys) }
            try transaction.execute(
                """
                INSERT INTO published_keys (kid, public_key, purpose, published_until)
                VALUES (\(id), \(key.bytes), \(purpose), \(now.advanced(byMilliseconds: Self.publishedMilliseconds)))
                ON CONFLICT (kid) DO UPDATE SET purpose = excluded.purpose, published_until = excluded.published_until
                """)
            return .noContent
        }
    }

    private static func key(_ jwk: JSONValue) -> (Ed25519.PublicKey, purpose: String)? {
        guard jwk["kty"] == "OKP", jwk["crv"] == "Ed25519",
            let key = jwk["x"]?.stringValue.flatMap(Base64URL.decode).flatMap(Ed25519.PublicKey.init(bytes:)),
            let purpose = jwk["purpose"]?.stringValue, (1...32).contains(purpose.utf8.count),
            purpose.utf8.allSatisfy({ (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) })
        else { return nil }
        return (key, purpose)
    }
}
