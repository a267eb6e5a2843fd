import API
import Auth
import Lifecycle
import SQLite
import Time
import TypedID

/// What visitors look at, and the state of reservations.
package struct AnalyticsService: Service {
    package static let name = "analytics"
    package static let mainTable: StaticString = "events"
    package static let defaultPorts: (public: UInt16, internal: UInt16) = (8084, 9084)
    package static let migrations = [
        Migration("v0001_events", sql: PackageResources.v0001_events_sql),
        Migration("v0002_reservations", sql: PackageResources.v0002_reservations_sql),
    ]

    let database: Database
    let clock: WallClock
    let ids: Snowflake
    let cursors: CursorSeal
    package let verifier: TokenVerifier

    package init(_ context: ServiceContext) async throws {
        database = context.database
        clock = context.clock
        ids = context.ids
        cursors = try await CursorSeal.kept(in: context.database)
        verifier = try context.verifierOfIdentity()
    }
}
