import API
import Auth
import EventLoop
import Lifecycle
import SQLite
import Telemetry
import Time
import TypedID

/// What visitors look at, and the state of reservations.
package struct AnalyticsService: Service {
    package static let name = "analytics"
    package static let mainTable: StaticString = "events"
    package static let identified: [StaticString] = ["events"]
    package static let defaultPorts: (public: UInt16, internal: UInt16) = (8084, 9084)
    package static let migrations = [
        Migration("v0001_events", sql: PackageResources.v0001_events_sql),
        Migration("v0002_reservations", sql: PackageResources.v0002_reservations_sql),
        Migration("v0003_visits", sql: PackageResources.v0003_visits_sql, safeForOlderCode: true),
        Migration("v0004_funnel", sql: PackageResources.v0004_funnel_sql),
    ]

    let database: Database
    let clock: WallClock
    let ids: Snowflake
    let cursors: CursorSeal
    let loop: EventLoop
    let log: Logger
    /// For how many seconds the oldest event that is no visit yet has waited.
    let lag: Gauge
    package let verifier: TokenVerifier

    package init(_ context: ServiceContext) async throws {
        database = context.database
        clock = context.clock
        ids = context.ids
        cursors = try await CursorSeal.kept(in: context.database)
        loop = context.loops[0]
        log = context.log
        lag = context.metrics.gauge(
            "visits_lag_seconds", "For how long the oldest tracking event that is not counted yet has waited.")
        verifier = try context.verifierOfIdentity()
    }
}
