import API
import Auth
import EventLoop
import Glibc
import HTTPClient
import HTTPServer
import SQLite
import Synchronization
import Telemetry
import Time
import TypedID

/// A service that answers on its two listeners until it is stopped.
public final class RunningService<S: Service>: Sendable {
    public let service: S
    public let context: ServiceContext
    public let publicAddress: Address
    public let internalAddress: Address

    private let publicServer: HTTPServer
    private let internalServer: HTTPServer
    private let health: Health
    private let background: [Task<Void, Never>]
    private let stopping = Mutex<Task<Void, Never>?>(nil)

    /// Opens the database, migrates it and serves. Returns when both listeners answer.
    public init(
        _: S.Type = S.self, settings: Settings, clock: WallClock = .system, log: Logger? = nil
    ) async throws {
        let worker = try settings.integer("WORKER_ID", default: 0, in: 0...commandWorker - 1)
        let context = try ServiceContext(S.self, settings: settings, clock: clock, log: log, worker: worker)
        try await S.goOn(context)
        let service = try await S(context)
        let health = Health(context.database)
        let routers = try context.routers(of: service, and: health.routes(context.metrics))
        let publicAddress = try settings.address(
            "PUBLIC_ADDRESS", default: Address(host: "127.0.0.1", port: S.defaultPorts.public))
        let internalAddress = try settings.address(
            "INTERNAL_ADDRESS", default: Address(host: "127.0.0.1", port: S.defaultPorts.internal))
        publicServer = try Self.listen(routers.public, "public", publicAddress, context)
        internalServer = try Self.listen(routers.internal, "internal", internalAddress, context)
        self.publicAddress = Address(host: publicAddress.host, port: publicServer.port)
        self.internalAddress = Address(host: internalAddress.host, port: internalServer.port)
        self.service = service
        self.context = context
        self.health = health
        let loop = context.loops[0]
        background = [
            loop.task { await service.work() },
            loop.task { await keepKeysFresh(service.verifier, loop) },
        ]
    }

    /// Refuses new work, finishes what is under way, and closes everything. Whoever started the process kills it after
    /// 20 seconds: of these it waits 15 at most, and then up to 2 each for writes that wait and to empty the log.
    /// - Parameters:
    ///   - graceMilliseconds: for requests, on both listeners together.
    ///   - workMilliseconds: from the beginning on, for the work beside them. What is not done by then is given up, as a
    ///     crash would.
    ///
    /// Whoever stops it again, or meanwhile, waits for that same end: the loops are stopped with it, and their timers.
    public func stop(graceMilliseconds: Int64 = 10_000, workMilliseconds: Int64 = 15_000) async {
        let task = stopping.withLock { stopping in
            let task = stopping ?? Task { await end(graceMilliseconds, workMilliseconds) }
            stopping = task
            return task
        }
        await task.value
    }

    private func end(_ graceMilliseconds: Int64, _ workMilliseconds: Int64) async {
        let start = monotonicNanoseconds()
        func left(of milliseconds: Int64) -> Int64 {
            max(0, milliseconds - Int64((monotonicNanoseconds() - start) / 1_000_000))
        }
        health.beginStopping()
        background.forEach { $0.cancel() }
        await publicServer.drain(graceMilliseconds: graceMilliseconds)
        await internalServer.drain(graceMilliseconds: left(of: graceMilliseconds))
        if await !background.haveEnded(withinMilliseconds: left(of: workMilliseconds), context.loops[0]) {
            context.log.warning("work_given_up")
        }
        context.close()
    }

    private static func listen(
        _ router: Router, _ name: String, _ address: Address, _ context: ServiceContext
    ) throws -> HTTPServer {
        var limits = HTTPLimits()
        limits.bodyBytes = max(limits.bodyBytes, router.largestBody)
        limits.requestsInFlight = Int(try context.settings.integer("MAX_REQUESTS", default: 2_048, in: 2...100_000))
        limits.crowd = limits.requestsInFlight / 2
        let refusals = ServerRefusals(context.metrics, listener: name)
        return try HTTPServer(
            loops: context.loops, host: address.host, port: address.port, limits: limits,
            refusal: { refusals.answer($0) }, yields: { router.yields($0) }, handler: { await router.answer($0) })
    }
}

/// What a listener answers without asking a route, made once: refusals are many when time is short.
private struct ServerRefusals: Sendable {
    private let known: [Int: (answer: HTTPResponse, count: Counter)]

    init(_ metrics: Metrics, listener: String) {
        let statuses = [400, 408, 413, 414, 417, 431, 500, 501, 503, 505]
        known = Dictionary(
            uniqueKeysWithValues: statuses.map { status in
                let count = metrics.counter(
                    "http_refused_requests_total", "Requests that no route was asked about, by status.",
                    [("listener", listener), ("status", "\(status)")])
                return (status, (APIError(serverStatus: status).response.http, count))
            })
    }

    func answer(_ status: Int) -> HTTPResponse {
        guard let (answer, count) = known[status] else { return APIError(serverStatus: status).response.http }
        count.increment()
        return answer
    }
}

/// New keys are learnt when a token names one; this unlearns those that identity has withdrawn.
private func keepKeysFresh(_ verifier: TokenVerifier, _ loop: EventLoop) async {
    let (soon, later): (Int64, Int64) = (250, 600_000)
    while !Task.isCancelled {
        let known = await verifier.refresh()
        guard (try? await loop.sleep(milliseconds: known || verifier.hasKeys ? later : soon)) != nil else { return }
    }
}

/// Commands make their ids as this worker, which no service may be: they run beside one, on the same database.
let commandWorker: Int64 = 1023

extension ServiceContext {
    init<S: Service>(
        _: S.Type, settings: Settings, clock: WallClock, log: Logger?, worker: Int64, as use: Database.Use = .owning
    ) throws {
        let metrics = Metrics()
        let count = try settings.integer("LOOPS", default: S.defaultLoops, in: 1...8)
        let path = S.databasePath(settings)
        let database = try Database(.init(path: path), migrations: S.migrations, as: use, metrics: metrics)
        let loops = try (0..<count).map { try EventLoop(name: "\(S.name)-\($0)") }
        try self.init(
            S.self, settings: settings, clock: clock, log: log, worker: worker, database: database, loops: loops,
            metrics: metrics
        ) { configuration in
            try HTTPClient(configuration, loop: loops[0], metrics: metrics)
        }
    }

    /// Of what is there already.
    /// - Parameter connect: makes the client for a neighbour.
    package init<S: Service>(
        _: S.Type, settings: Settings, clock: WallClock, log: Logger?, worker: Int64, database: Database,
        loops: [EventLoop], metrics: Metrics,
        connect: @escaping @Sendable (HTTPClient.Configuration) throws -> HTTPClient
    ) throws {
        guard let ids = Snowflake(worker: worker, clock: clock) else {
            throw SettingError("WORKER_ID must be from 0 to \(commandWorker - 1).")
        }
        self.settings = settings
        self.clock = clock
        self.ids = ids
        self.metrics = metrics
        self.log = try log ?? Logger(service: S.name, level: settings.logLevel(), clock: clock)
        self.database = database
        self.loops = loops
        self.connect = connect
        databasePath = S.databasePath(settings)
        for table in S.identified {
            let last = try database.read { try $0.first("SELECT max(id) FROM \(raw: table)") { try $0.intOrNil(0) } }
            if let last = last ?? nil { ids.continueAfter(last) }
        }
    }

    /// What answers on the two listeners.
    /// - Parameter more: internal routes, besides the service's own.
    package func routers<S: Service>(
        of service: S, and more: [Route] = []
    ) throws -> (public: Router, internal: Router) {
        let gate = Gate(verifier: service.verifier, serviceCredential: try settings.serviceCredential())
        let idempotency = Idempotency(
            database, clock: clock, secret: try SecretFile.kept(at: databasePath + ".secret"))
        return (
            Router(service.routes, gate: gate, idempotency: idempotency, metrics: metrics, log: log),
            Router(service.internalRoutes + more, gate: gate, metrics: metrics, log: log)
        )
    }

    func close() {
        loops.forEach { $0.stop() }
        database.close()
    }
}
