import API
import Auth
import EventLoop
import Lifecycle
import SQLite
import Time
import TypedID

/// What is shown, where and when, and what people think of it.
package struct CatalogService: Service {
    package static let name = "catalog"
    package static let mainTable: StaticString = "movies"
    package static let identified: [StaticString] = [
        "movies", "people", "places", "rooms", "seats", "sessions", "ratings", "session_changes",
    ]
    package static let defaultPorts: (public: UInt16, internal: UInt16) = (8081, 9081)
    package static let migrations = [
        Migration("v0001_catalog", sql: PackageResources.v0001_catalog_sql),
        Migration("v0002_people_names", sql: PackageResources.v0002_people_names_sql, safeForOlderCode: true),
        Migration(
            "v0003_places_by_city", sql: PackageResources.v0003_places_by_city_sql, safeForOlderCode: true),
        Migration("v0004_programme", sql: PackageResources.v0004_programme_sql, safeForOlderCode: true),
        Migration("v0005_rooms", sql: PackageResources.v0005_rooms_sql, safeForOlderCode: true),
        Migration("v0006_rating_counts", sql: PackageResources.v0006_rating_counts_sql, safeForOlderCode: true),
        Migration("v0007_seats_left", sql: PackageResources.v0007_seats_left_sql, safeForOlderCode: true),
        Migration("v0008_movie_words", sql: PackageResources.v0008_movie_words_sql, safeForOlderCode: true),
        Migration("v0009_longest_run", sql: PackageResources.v0009_longest_run_sql, safeForOlderCode: true),
        Migration("v0010_tariffs", sql: PackageResources.v0010_tariffs_sql),
        Migration("v0011_price_changes", sql: PackageResources.v0011_price_changes_sql),
        Migration("v0012_folded_cities", sql: PackageResources.v0012_folded_cities_sql, safeForOlderCode: true),
    ]

    package static let commands = [exportProgramme, importProgramme]

    let database: Database
    let clock: WallClock
    let ids: Snowflake
    let cursors: CursorSeal
    let answers: AnswerCache
    let booking: Booking
    let changes = SessionChanges()
    /// Milliseconds between the end of a movie and the start of the next one in a room, where a place does not say.
    let turnaround: Int64
    let loop: EventLoop
    package let verifier: TokenVerifier

    package init(_ context: ServiceContext) async throws {
        database = context.database
        clock = context.clock
        ids = context.ids
        try await context.database.write { transaction in
            try transaction.readWords(atMost: 1_000)
            try transaction.foldCities(atMost: 10_000)
        }
        cursors = try await CursorSeal.kept(in: context.database)
        answers = AnswerCache(context.database)
        booking = Booking(try context.neighbour("booking", setting: "BOOKING_URL"))
        turnaround = try context.settings.turnaround()
        loop = context.loops[0]
        verifier = try context.verifierOfIdentity()
    }
}
