import Auth
import EventLoop
import JSON
import Lifecycle
import SQLite
import Telemetry
import Threads
import Time
import TypedID

/// Who people are: accounts, their roles, and the keys that prove it to the other services.
package struct IdentityService: Service {
    package static let name = "identity"
    package static let migrations = [
        Migration("v0001_identity", sql: PackageResources.v0001_identity_sql),
        Migration("v0002_published_keys", sql: PackageResources.v0002_published_keys_sql, safeForOlderCode: true),
    ]
    package static let mainTable: StaticString = "users"
    package static let identified: [StaticString] = ["users"]
    package static let defaultPorts: (public: UInt16, internal: UInt16) = (8083, 9083)
    package static let commands = [grantRole, rotateKeys]
    private static let keyCheckMilliseconds: Int64 = 60_000

    package let verifier: TokenVerifier
    package let passwords: PasswordHasher
    package let keys: SigningKeys
    let database: Database
    let clock: WallClock
    let ids: Snowflake
    let log: Logger
    let tokenSeconds: Int64
    private let loop: EventLoop

    package init(_ context: ServiceContext) async throws {
        database = context.database
        clock = context.clock
        ids = context.ids
        log = context.log
        loop = context.loops[0]
        tokenSeconds = try context.settings.tokenSeconds()
        let hashWait = UInt64(try context.settings.integer("HASH_WAIT_MILLISECONDS", default: 1_000, in: 100...60_000))
        passwords = try await PasswordHasher(
            threads: WorkerThreads(
                "password_hashing", count: Int(try context.settings.integer("HASH_THREADS", default: 1, in: 1...16)),
                limit: Int(try context.settings.integer("HASH_QUEUE", default: 64, in: 1...4096)),
                refusal: IdentityRefusal.overloaded, longestWaitMilliseconds: hashWait,
                expectedWaitMilliseconds: hashWait / 2, metrics: context.metrics))
        let keys = try SigningKeys(context)
        try await keys.tend()
        self.keys = keys
        // The keys are in this service's own database: no answer is kept for longer than a token asks for it.
        verifier = TokenVerifier(cachePath: nil, clock: context.clock, refreshInterval: 0) { try keys.published() }
    }

    /// Makes the next signing key when it is time, and removes those that are no longer needed.
    package func work() async {
        while (try? await loop.sleep(milliseconds: Self.keyCheckMilliseconds)) != nil {
            do {
                try await keys.tend()
            } catch {
                log.error("signing_keys_not_tended", [("error", .string("\(error)"))])
            }
        }
    }
}
