import Auth
import JSON
import Lifecycle
import SQLite
import Telemetry
import Time

/// The table of keys that tokens are signed with: made, published, used and removed as `KeySchedule` has it. Read
/// anew each time, so that another process (`identity rotate-keys`) may do its part.
package struct SigningKeys: Sendable {
    private let database: Database
    private let schedule: KeySchedule
    private let clock: WallClock
    private let log: Logger

    package init(_ context: ServiceContext) throws {
        database = context.database
        schedule = try context.settings.keySchedule()
        clock = context.clock
        log = context.log
    }

    /// Every key that a good token may be signed with, those that are about to sign included.
    package func published() throws -> KeySet {
        try database.read { connection in
            KeySet(
                try connection.rows("SELECT public_key FROM signing_keys ORDER BY active_from") { row in
                    guard let key = Ed25519.PublicKey(bytes: try row.bytes(0)) else { throw KeyUnusable() }
                    return key
                })
        }
    }

    /// The key to sign with: the last one whose time has come. Should the clock have stepped back before the first
    /// one's, that one.
    package func signing(at now: Timestamp) throws -> Ed25519.PrivateKey {
        let key = try database.read { connection in
            try connection.first(
                "SELECT seed FROM signing_keys ORDER BY active_from > \(now), abs(active_from - \(now)) LIMIT 1"
            ) { row in Ed25519.PrivateKey(bytes: try row.bytes(0)) }
        }
        guard let key = key ?? nil else { throw KeyUnusable() }
        return key
    }

    /// Makes the next key when it is time, and removes those that are no longer needed.
    package func tend() async throws {
        let known = try database.read { try Self.all(in: $0) }
        guard schedule.needsKey(known, at: clock.now()) || !schedule.expired(known, at: clock.now()).isEmpty else {
            return
        }
        _ = try await replace(isWanted: false)
    }

    /// Makes the next key now.
    /// - Returns: from when on it signs.
    /// - Throws: `RotationUnderWay` when two are published already.
    package func rotate() async throws -> Timestamp {
        guard let activation = try await replace(isWanted: true) else { throw RotationUnderWay() }
        return activation
    }

    /// Removes what is no longer needed, and adds a key if it is wanted or due.
    /// - Returns: from when on the new key signs; nil when there is none.
    private func replace(isWanted: Bool) async throws -> Timestamp? {
        guard let key = Ed25519.PrivateKey.generate() else { throw KeyUnusable() }
        let (id, now) = (KeySet.thumbprint(key.publicKey), clock.now())
        let (removed, activation) = try await database.write { [schedule] transaction in
            let keys = try Self.all(in: transaction)
            let expired = schedule.expired(keys, at: now)
            try transaction.execute("DELETE FROM signing_keys WHERE kid IN (\(list: expired.map(\.id)))")
            guard isWanted || schedule.needsKey(keys, at: now),
                let activation = schedule.activation(after: keys, at: now)
            else { return (expired, nil as Timestamp?) }
            try transaction.execute(
                """
                INSERT INTO signing_keys (kid, seed, public_key, created_at, active_from)
                VALUES (\(id), \(key.bytes), \(key.publicKey.bytes), \(now), \(activation))
                """)
            return (expired, activation)
        }
        for key in removed { log.info("signing_key_removed", [("kid", .string(key.id))]) }
        if let activation {
            log.info("signing_key_made", [("kid", .string(id)), ("active_from", .string(activation.rfc3339))])
        }
        return activation
    }

    private static func all(in connection: Connection) throws -> [KeySchedule.Key] {
        try connection.rows("SELECT kid, active_from FROM signing_keys ORDER BY active_from") { row in
            KeySchedule.Key(id: try row.text(0), activeFrom: try row.value(1))
        }
    }
}

/// OpenSSL refuses a key, or there is none.
struct KeyUnusable: Error {}

struct RotationUnderWay: Error, CustomStringConvertible {
    let description = "One key is taking over from another already. Try again when that is done."
}
