import API
import Auth
import BookingService
import EventLoop
import HTTPClient
import HTTPServer
import Lifecycle
import SQLite
import Synchronization
import Telemetry
import TestSupport
import Time

/// What outlives booking: its database, the clock, those that it tells, and what the simulator breaks.
struct Surroundings: Sendable {
    let path: String
    let clock: ManualClock
    let faults = FaultSwitch()
    let followers = ["analytics": Inbox(), "catalog": Inbox()]
    let beginning: Int64
    let loop: EventLoop

    static let credential = "a-credential-for-simulations"
    private static let settings = [
        "INTERNAL_TOKEN": credential, "HOLD_SECONDS": "60", "LIMITS": "off", "IDENTITY_URL": "http://identity",
        "CATALOG_URL": "http://catalog", "ANALYTICS_URL": "http://analytics",
    ]

    var settings: Settings {
        let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
        return Settings(
            Self.settings.merging(["DATABASE": path, "MAIL_FOLDER": "\(folder)/mail"]) { usual, _ in usual })
    }

    /// What catalog and the followers answer.
    func answer(_ neighbour: String, _ target: String, _ body: [UInt8]) -> Result<HTTPClient.Response, HTTPClientError>
    {
        if target == "/internal/v1/events", let inbox = followers[neighbour] { return inbox.take(body) }
        let showing = Showing.all.first { target == "/internal/v1/sessions/\($0.id)" }
        guard neighbour == "catalog", let showing else { return .success(HTTPClient.Response(status: 404, body: [])) }
        return .success(
            HTTPClient.Response(
                status: 200,
                body: showing.terms(
                    allocation: showing.allocation, price: showing.price,
                    startsAt: beginning + showing.startsIn * 60_000)))
    }
}

/// Booking from its start to its end, on this thread alone: nothing goes on but what is asked for here.
struct Life {
    let service: BookingService
    let database: Database
    private let routers: (public: Router, internal: Router)
    private let loop: EventLoop
    private let paces = ["analytics": Pace(), "catalog": Pace()]

    /// Called on the loop's thread.
    init(_ surroundings: Surroundings) throws {
        var configuration = Database.Configuration(path: surroundings.path)
        configuration.isStepped = true
        configuration.faults = { [faults = surroundings.faults] in faults.next($0) }
        let metrics = Metrics()
        let database = try Database(configuration, migrations: BookingService.migrations, metrics: metrics)
        let (loop, clock) = (surroundings.loop, surroundings.clock.wall)
        let context = try ServiceContext(
            BookingService.self, settings: surroundings.settings, clock: clock,
            log: Logger(service: "booking", level: .error, clock: clock), worker: 1, database: database, loops: [loop],
            metrics: metrics
        ) { configuration in
            try HTTPClient(
                configuration, loop: loop, metrics: nil, now: { surroundings.faults.count },
                standIn: { surroundings.answer(configuration.neighbour, $0, $1) })
        }
        let started = Outcome<Result<BookingService, any Error>>()
        loop.task { started.come(await Self.result { try await BookingService(context) }) }
        loop.runUntilIdle()
        while started.value == nil, database.waitingWrites > 0 {
            database.runBatch(upTo: .max)
            loop.runUntilIdle()
        }
        guard let result = started.value else { throw Stuck() }
        service = try result.get()
        routers = try context.routers(of: service)
        self.database = database
        self.loop = loop
    }

    struct Stuck: Error {}

    private static func result<T: Sendable>(
        _ body: @Sendable () async throws -> T
    ) async -> Result<T, any Error> {
        do { return .success(try await body()) } catch { return .failure(error) }
    }

    /// Sends a request, which goes on as far as it can without a write.
    func send(_ sent: SentRequest, token: String) -> Outcome<HTTPResponse> {
        let outcome = Outcome<HTTPResponse>()
        var headers = [("Authorization", "Bearer \(token)")]
        if !sent.body.isEmpty { headers.append(("Content-Type", "application/json")) }
        if let key = sent.key { headers.append(("Idempotency-Key", key)) }
        let router = sent.user == nil ? routers.internal : routers.public
        loop.task { [headers] in
            let response = await HTTPRequest.with(sent.method, sent.path, headers: headers, body: sent.body) {
                await router.answer($0)
            }
            if let response { outcome.come(response) }
        }
        loop.runUntilIdle()
        return outcome
    }

    /// Begins work that goes on beside requests.
    func begin(_ work: @escaping @Sendable (BookingService) async throws -> Void) {
        loop.task { [service] in try? await work(service) }
        loop.runUntilIdle()
    }

    /// Tells a follower what is next, unless it is being told already: its loop does one thing after the other.
    func relay(to follower: Follower) {
        guard let pace = paces[follower.name], let size = pace.begin() else { return }
        begin { service in
            var size = size
            defer { pace.end(size) }
            _ = try await service.relayBatch(to: follower, &size)
        }
    }

    /// Runs SQL of a fault that is planted.
    func execute(_ script: String) throws {
        let done = Outcome<Result<Void, any Error>>()
        loop.task { [database] in
            done.come(await Self.result { try await database.write { try $0.executeScript(script) } })
        }
        loop.runUntilIdle()
        runBatch(upTo: 1)
        guard let result = done.value else { throw Stuck() }
        try result.get()
    }

    func runBatch(upTo count: Int) {
        database.runBatch(upTo: count)
        loop.runUntilIdle()
    }

    /// Ends the process at this moment.
    func crash() {
        database.crash()
        service.stopMails()
        loop.runUntilIdle()
    }
}

/// How many events a follower is told at once, from one request to the next.
private final class Pace: Sendable {
    private let state = Mutex<(size: BatchSize, isBusy: Bool)>((BatchSize(), false))

    /// - Returns: nil while it is at work.
    func begin() -> BatchSize? {
        state.withLock { state in
            if state.isBusy { return nil }
            state.isBusy = true
            return state.size
        }
    }

    func end(_ size: BatchSize) { state.withLock { $0 = (size, false) } }
}

/// What a task comes to.
final class Outcome<Value: Sendable>: Sendable {
    private let state = Mutex<Value?>(nil)

    var value: Value? { state.withLock { $0 } }
    func come(_ value: Value) { state.withLock { $0 = value } }
}
