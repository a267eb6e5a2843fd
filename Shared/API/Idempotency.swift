import CSodium
import SQLite
import Synchronization
import Time

/// Answers kept under the `Idempotency-Key` of a caller, so that a retry gets the first answer and does nothing twice
/// (https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/). The table is the service's own:
///
///     idempotency_records(scope TEXT, key TEXT, fingerprint BLOB, status INTEGER, body BLOB, created_at INTEGER,
///                         PRIMARY KEY (scope, key))
public final class Idempotency: Sendable {
    public static let lifetimeMilliseconds: Int64 = 24 * 3_600_000
    /// Expired records removed with each one that is added, so that the table stays as small as its use.
    static let removedAtOnce: Int64 = 4

    let database: Database
    let clock: WallClock
    /// Bodies hold passwords: a digest that anybody could make would let whoever has the file guess at them.
    private let fingerprintKey: [UInt8]
    private let inFlight = Mutex<Set<String>>([])

    /// - Parameter secret: the same over restarts, and not in the database.
    public init(_ database: Database, clock: WallClock, secret: [UInt8]) {
        self.database = database
        self.clock = clock
        fingerprintKey = Self.digest(secret)
    }

    enum Beginning {
        case fresh(IdempotencyClaim)
        case replay(Response)
    }

    /// - Parameter scope: the caller, the method and the path: another caller's key is another key.
    /// - Throws: 400, 409 or 422 where the key cannot be used, is at work, or belonged to another body.
    func begin(scope: String, header: String, body: [UInt8]) throws -> Beginning {
        let key = try Self.key(header)
        let fingerprint = Self.digest(body, key: fingerprintKey)
        let claim = IdempotencyClaim(self, scope: scope, key: key, fingerprint: fingerprint, createdAt: clock.now())
        guard inFlight.withLock({ $0.insert(claim.name).inserted }) else {
            throw APIError(
                409, "idempotency_in_flight", "A request with this Idempotency-Key is still at work. Try again shortly."
            )
        }
        do {
            guard let stored = try database.read({ try claim.stored(in: $0) }) else { return .fresh(claim) }
            end(claim)
            return .replay(stored)
        } catch {
            end(claim)
            throw error
        }
    }

    func end(_ claim: IdempotencyClaim) {
        _ = inFlight.withLock { $0.remove(claim.name) }
    }

    private static func digest(_ bytes: [UInt8], key: [UInt8] = []) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: 32)
        crypto_generichash(&digest, digest.count, bytes, UInt64(bytes.count), key, key.count)
        return digest
    }

    /// 1 to 255 printable ASCII characters; quotes around them, as the draft has them, are not part of the key.
    static func key(_ header: String) throws(APIError) -> String {
        var key = Substring(header)
        if key.utf8.count >= 2, key.hasPrefix("\""), key.hasSuffix("\"") { key = key.dropFirst().dropLast() }
        guard (1...255).contains(key.utf8.count), key.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) else {
            throw APIError(
                400, "idempotency_key_invalid", "An Idempotency-Key has 1 to 255 printable ASCII characters.")
        }
        return String(key)
    }
}

/// One request's right to act under its key.
final class IdempotencyClaim: Sendable {
    private let owner: Idempotency
    private let scope: String
    private let key: String
    private let fingerprint: [UInt8]
    private let createdAt: Timestamp
    private let settled = Atomic(false)

    init(_ owner: Idempotency, scope: String, key: String, fingerprint: [UInt8], createdAt: Timestamp) {
        self.owner = owner
        self.scope = scope
        self.key = key
        self.fingerprint = fingerprint
        self.createdAt = createdAt
    }

    var name: String { "\(scope) \(key)" }

    /// The answer kept for this key, if there is one.
    /// - Throws: 422 when it was given to another body.
    func stored(in connection: Connection) throws -> Response? {
        let oldest = createdAt.advanced(byMilliseconds: -Idempotency.lifetimeMilliseconds)
        let record = try connection.first(
            """
            SELECT fingerprint, status, body FROM idempotency_records
            WHERE scope = \(scope) AND key = \(key) AND created_at > \(oldest)
            """
        ) { row in (fingerprint: try row.bytes(0), status: Int(try row.int(1)), body: try row.bytes(2)) }
        guard let record else { return nil }
        guard record.fingerprint == fingerprint else {
            throw APIError(
                422, "idempotency_key_reused", "This Idempotency-Key was used with another body. Use a new key.")
        }
        var response =
            record.body.isEmpty
            ? Response(status: record.status) : Response(status: record.status, json: record.body)
        response.headers.append(("Idempotent-Replayed", "true"))
        return response
    }

    func store(_ response: Response, in transaction: Transaction) throws {
        let oldest = createdAt.advanced(byMilliseconds: -Idempotency.lifetimeMilliseconds)
        try transaction.execute(
            """
            DELETE FROM idempotency_records WHERE (scope, key) IN (
                SELECT scope, key FROM idempotency_records WHERE created_at <= \(oldest)
                ORDER BY created_at LIMIT \(Idempotency.removedAtOnce))
            """)
        try transaction.execute(
            """
            INSERT INTO idempotency_records (scope, key, fingerprint, status, body, created_at)
            VALUES (\(scope), \(key), \(fingerprint), \(Int64(response.status)), \(response.body), \(createdAt))
            ON CONFLICT (scope, key) DO UPDATE SET fingerprint = excluded.fingerprint, status = excluded.status,
                body = excluded.body, created_at = excluded.created_at
            """)
    }

    /// The answer is on disk.
    func settle() { settled.store(true, ordering: .relaxed) }

    /// Keeps a decision that no write of the use case has kept, then lets the key go.
    func finish(with response: Response) async {
        defer { owner.end(self) }
        guard response.isDecision, !settled.load(ordering: .relaxed) else { return }
        try? await owner.database.write { transaction in
            if try self.stored(in: transaction) == nil { try self.store(response, in: transaction) }
        }
    }
}
