import Auth
import Lifecycle
import SQLite
import Time

/// The table of keys that tickets' codes are signed with. Read anew each time, so that another process
/// (`booking rotate-ticket-key`) may add to it.
struct TicketKeys: Sendable {
    /// A new key is published so long before it signs: door devices ask for keys at least as often.
    private static let leadMilliseconds: Int64 = 3_600_000
    /// The last code of a key is good for as long as a session that begins last can be: 1,000 minutes and an hour.
    private static let longestSessionMilliseconds: Int64 = 86_400_000

    private let database: Database
    private let clock: WallClock

    init(_ context: ServiceContext) {
        database = context.database
        clock = context.clock
    }

    /// The key to sign with: the last one whose time has come. Should the clock have stepped back before the first
    /// one's, that one.
    func signing() throws -> Ed25519.PrivateKey {
        let now = clock.now()
        let key = try database.read { connection in
            try connection.first(
                "SELECT seed FROM ticket_keys ORDER BY active_from > \(now), abs(active_from - \(now)) LIMIT 1"
            ) { row in Ed25519.PrivateKey(bytes: try row.bytes(0)) }
        }
        guard let key = key ?? nil else { throw TicketKeyUnusable() }
        return key
    }

    /// The key of that id, if it is one of ours.
    func key(_ id: String) throws -> Ed25519.PublicKey? {
        try database.read { connection in
            try connection.first("SELECT public_key FROM ticket_keys WHERE kid = \(id)") { row in
                Ed25519.PublicKey(bytes: try row.bytes(0))
            }
        } ?? nil
    }

    /// Every key that a good code may be signed with, one that is about to sign included.
    func published() throws -> KeySet {
        try database.read { connection in
            KeySet(
                try connection.rows("SELECT public_key FROM ticket_keys ORDER BY active_from") { row in
                    guard let key = Ed25519.PublicKey(bytes: try row.bytes(0)) else { throw TicketKeyUnusable() }
                    return key
                })
        }
    }

    /// Makes the first key, notes until when one is needed that signs no more, and removes what is not needed.
    func tend() async throws {
        let now = clock.now()
        let isDue = try database.read { connection in
            try connection.first(
                """
                SELECT count(*) = 0 OR coalesce(min(needed_until) <= \(now), 0)
                    OR sum(active_from <= \(now) AND needed_until IS NULL) > 1
                FROM ticket_keys
                """
            ) { try $0.bool(0) } ?? true
        }
        if isDue { _ = try await replace(isWanted: false) }
    }

    /// Makes the next key now.
    /// - Returns: from when on it signs.
    /// - Throws: `TicketKeysLive` while two are needed already.
    func rotate() async throws -> Timestamp {
        guard let activation = try await replace(isWanted: true) else { throw TicketKeysLive() }
        return activation
    }

    /// - Returns: from when on the new key signs; nil when there is none.
    private func replace(isWanted: Bool) async throws -> Timestamp? {
        guard let key = Ed25519.PrivateKey.generate() else { throw TicketKeyUnusable() }
        let (id, now) = (KeySet.thumbprint(key.publicKey), clock.now())
        return try await database.write { transaction in
            try transaction.retireTicketKeys(at: now, longestSession: Self.longestSessionMilliseconds)
            let count = try transaction.first("SELECT count(*) FROM ticket_keys") { try $0.int(0) } ?? 0
            guard count == 0 || isWanted && count == 1 else { return nil }
            let activation = count == 0 ? now : now.advanced(byMilliseconds: Self.leadMilliseconds)
            try transaction.execute(
                """
                INSERT INTO ticket_keys (kid, seed, public_key, created_at, active_from)
                VALUES (\(id), \(key.bytes), \(key.publicKey.bytes), \(now), \(activation))
                """)
            return activation
        }
    }
}

extension Transaction {
    /// Whatever a key has signed when the next one takes over is for a session that is known by then.
    fileprivate func retireTicketKeys(at now: Timestamp, longestSession: Int64) throws {
        try execute(
            """
            UPDATE ticket_keys
            SET needed_until = \(longestSession) + max(\(now), coalesce((SELECT max(starts_at) FROM sessions), 0))
            WHERE needed_until IS NULL AND active_from < (
                SELECT max(active_from) FROM ticket_keys WHERE active_from <= \(now))
            """)
        try execute("DELETE FROM ticket_keys WHERE needed_until <= \(now)")
    }
}

/// OpenSSL refuses a key, or there is none.
struct TicketKeyUnusable: Error {}

struct TicketKeysLive: Error, CustomStringConvertible {
    let description =
        "Two keys are live: tickets that the older one signed are still to be used. Try again after those."
}
