import API
import Auth
import EventLoop
import HTTPClient
import Lifecycle
import Mail
import SQLite
import Telemetry
import Time
import TypedID

/// The one authority on seats: every session's inventory, and the bookings that hold it.
package struct BookingService: Service {
    package static let name = "booking"
    package static let mainTable: StaticString = "sessions"
    package static let identified: [StaticString] = ["bookings", "reservations", "tickets", "payments"]
    package static let defaultPorts: (public: UInt16, internal: UInt16) = (8082, 9082)
    package static let migrations = [
        Migration("v0001_inventory", sql: PackageResources.v0001_inventory_sql),
        Migration("v0002_seats", sql: PackageResources.v0002_seats_sql),
        Migration("v0003_events", sql: PackageResources.v0003_events_sql),
        Migration("v0004_time_zones", sql: PackageResources.v0004_time_zones_sql),
        Migration("v0005_tickets", sql: PackageResources.v0005_tickets_sql),
        Migration("v0006_free_seats_told", sql: PackageResources.v0006_free_seats_told_sql, safeForOlderCode: true),
        Migration("v0007_all_bookings", sql: PackageResources.v0007_all_bookings_sql, safeForOlderCode: true),
        Migration("v0008_tied_holders", sql: PackageResources.v0008_tied_holders_sql),
        Migration("v0009_ticket_keys", sql: PackageResources.v0009_ticket_keys_sql, safeForOlderCode: true),
        Migration("v0010_door", sql: PackageResources.v0010_door_sql, safeForOlderCode: true),
        Migration("v0011_prices", sql: PackageResources.v0011_prices_sql),
        Migration("v0012_mails", sql: PackageResources.v0012_mails_sql, safeForOlderCode: true),
        Migration("v0013_payments", sql: PackageResources.v0013_payments_sql),
        Migration("v0014_restored_logs", sql: PackageResources.v0014_restored_logs_sql, safeForOlderCode: true),
        Migration("v0015_how_it_is_paid", sql: PackageResources.v0015_how_it_is_paid_sql),
        Migration("v0016_refunds_followed", sql: PackageResources.v0016_refunds_followed_sql, safeForOlderCode: true),
        Migration("v0017_journal", sql: PackageResources.v0017_journal_sql),
        Migration("v0018_refunds_told", sql: PackageResources.v0018_refunds_told_sql, safeForOlderCode: true),
        Migration(
            "v0019_failed_payment_jobs", sql: PackageResources.v0019_failed_payment_jobs_sql, safeForOlderCode: true),
        Migration("v0020_rolled_back", sql: PackageResources.v0020_rolled_back_sql, safeForOlderCode: true),
        Migration("v0021_trimmed_events", sql: PackageResources.v0021_trimmed_events_sql, safeForOlderCode: true),
    ]

    package static let commands = [
        rotateTicketKey, retryMails, retryPayments, settlePayment, audit, outbox,
    ]

    let database: Database
    let clock: WallClock
    let ids: Snowflake
    let catalog: Catalog
    let identity: Identity
    /// Those that are told what happens here.
    package let followers: [Follower]
    let cursors: CursorSeal
    let plans = SeatPlans()
    let ticketKeys: TicketKeys
    let doorOpensMinutes: Int64
    package let printer: TicketPrinter
    let mailer: Mailer
    /// Who takes customers' money; nil where they pay at the counter.
    let provider: (any PaymentProvider)?
    /// Who sees to payments that were begun: the same, or who took customers' money before they paid at the counter; nil
    /// without a key.
    let finisher: (any PaymentProvider)?
    let paymentMetrics: PaymentMetrics
    let holdMilliseconds: Int64
    /// Nil where nobody is limited.
    let hoarding: HoardingLimits?
    /// Nil as that.
    let paymentLimits: PaymentLimits?
    let loop: EventLoop
    let log: Logger
    let logThrottle = LogThrottle()
    package let verifier: TokenVerifier

    package init(_ context: ServiceContext) async throws {
        database = context.database
        clock = context.clock
        ids = context.ids
        catalog = Catalog(try context.neighbour("catalog", setting: "CATALOG_URL"))
        identity = Identity(try context.neighbour("identity", setting: "IDENTITY_URL"))
        ticketKeys = TicketKeys(context)
        try await ticketKeys.tend()
        doorOpensMinutes = try context.settings.integer("DOOR_OPENS_MINUTES", default: 60, in: 0...1440)
        printer = try TicketPrinter(context.metrics)
        mailer = try Mailer(context)
        let channel = try context.paymentChannel()
        finisher = try context.paymentProvider()
        provider = channel == .stripe ? finisher : nil
        if finisher == nil { try context.requireNothingToFinish() }
        paymentMetrics = PaymentMetrics(context.metrics)
        cursors = try await CursorSeal.kept(in: context.database)
        holdMilliseconds = try context.settings.integer("HOLD_SECONDS", default: 60, in: 1...3600) * 1000
        let isLimited = try context.settings.limited()
        hoarding = try isLimited ? HoardingLimits(context.settings) : nil
        paymentLimits = try isLimited ? PaymentLimits(context.settings) : nil
        loop = context.loops[0]
        log = context.log
        followers = try ["analytics", "catalog"].compactMap { name in
            let setting = "\(name.uppercased())_URL"
            guard context.settings.text(setting) != nil else { return nil }
            return Follower(name, try context.neighbour(name, setting: setting, for: "events"), context.metrics)
        }
        let names = followers.map(\.name)
        try await database.write { transaction in
            try transaction.enlist(names)
            try transaction.askAgain(names)
        }
        verifier = try context.verifierOfIdentity()
    }
}

extension BookingService {
    package func work() async {
        await withDiscardingTaskGroup { group in
            group.addTask { await tidy() }
            group.addTask { await publishTicketKeys() }
            group.addTask { await noteMails() }
            if mailer.perSecond > 0 { group.addTask { await sendMails() } }
            if let finisher { group.addTask { await workOnPayments(through: finisher, paymentMetrics) } }
            group.addTask { await settleUnsureSessions() }
            for follower in followers { group.addTask { await relay(to: follower) } }
        }
        stopMails()
    }

    /// No mail goes any more.
    package func stopMails() { mailer.transport.stop() }
}

extension HoardingLimits {
    /// Generous: they are there for programs, not for people.
    init(_ settings: Settings) throws(SettingError) {
        openBookings = try settings.integer("MAX_OPEN_BOOKINGS", default: 100, in: 1...1_000_000)
        seatsPerBooking = try settings.integer("MAX_SEATS_PER_BOOKING", default: 500, in: 1...1_000_000)
        seatsPerSession = try settings.integer("MAX_SEATS_PER_SESSION", default: 1_000, in: 1...1_000_000)
    }
}

extension PaymentLimits {
    init(_ settings: Settings) throws(SettingError) {
        self.init(
            perBooking: try settings.integer("MAX_PAYMENTS_PER_BOOKING", default: 10, in: 1...1_000_000),
            perUser: try settings.integer("MAX_PAYMENTS_PER_USER", default: 30, in: 1...1_000_000))
    }
}
