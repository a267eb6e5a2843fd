import API
import Auth
import Lifecycle
import SQLite
import Telemetry
import Time
import TypedID

/// The one authority on seats: every session's inventory, and the bookings that hold it.
package struct BookingService: Service {
    package static let name = "booking"
    package static let mainTable: StaticString = "sessions"
    package static let defaultPorts: (public: UInt16, internal: UInt16) = (8082, 9082)
    package static let migrations = [
        Migration("v0001_inventory", sql: PackageResources.v0001_inventory_sql)
    ]

    let database: Database
    let clock: WallClock
    let ids: Snowflake
    let catalog: Catalog
    let cursors: CursorSeal
    let holdMilliseconds: Int64
    package let verifier: TokenVerifier

    package init(_ context: ServiceContext) async throws {
        database = context.database
        clock = context.clock
        ids = context.ids
        catalog = Catalog(try context.neighbour("catalog", setting: "CATALOG_URL"))
        cursors = try await CursorSeal.kept(in: context.database)
        holdMilliseconds = try context.settings.integer("HOLD_SECONDS", default: 60, in: 1...3600) * 1000
        verifier = try context.verifierOfIdentity()
    }
}
