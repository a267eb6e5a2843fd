import API
import Auth
import EventLoop
import Glibc
import JSON
import Lifecycle
import SQLite
import Synchronization
import Telemetry
import TestSupport
import Testing

/// A service that can be held up, to see what stopping waits for.
private struct SlowService: Service {
    static let name = "slow"
    static let mainTable: StaticString = "things"
    static let defaultPorts: (public: UInt16, internal: UInt16) = (0, 0)
    static let migrations = [
        Migration(
            "v0001",
            sql: """
                CREATE TABLE things (id INTEGER PRIMARY KEY);
                CREATE TABLE idempotency_records (
                    scope TEXT, key TEXT, fingerprint BLOB, status INTEGER, body BLOB, created_at INTEGER,
                    PRIMARY KEY (scope, key));
                """)
    ]

    let verifier: TokenVerifier
    let database: Database
    let context: ServiceContext
    let entered = Signal()
    let worked = Signal()
    /// What work waits for that does not end when it should.
    let released = Signal()

    init(_ context: ServiceContext) async throws {
        verifier = try context.verifierOfIdentity()
        database = context.database
        self.context = context
    }

    var routes: [Route] {
        [
            .get("/v1/slow") { _ in
                entered.set()
                try await context.loops[0].sleep(milliseconds: 300)
                return .json { $0.field("done", true) }
            },
            .get("/v1/quick") { _ in .json { $0.field("done", true) } },
            .post("/v1/things", for: .customer, body: .optional) { _, _ in .json(201) { $0.field("done", true) } },
        ]
    }

    func work() async {
        try? await context.loops[0].sleep(milliseconds: 3_600_000)
        if context.settings.text("STUBBORN") != nil { await released.wait() }
        worked.set()
    }
}

/// Something that has happened, for those who wait for it.
private final class Signal: Sendable {
    private let state = Mutex<(isSet: Bool, waiting: [CheckedContinuation<Void, Never>])>((false, []))

    var isSet: Bool { state.withLock { $0.isSet } }

    func set() {
        let waiting = state.withLock { state in
            defer { state = (true, []) }
            return state.waiting
        }
        waiting.forEach { $0.resume() }
    }

    func wait() async {
        await withCheckedContinuation { continuation in
            let already = state.withLock { state in
                if !state.isSet { state.waiting.append(continuation) }
                return state.isSet
            }
            if already { continuation.resume() }
        }
    }
}

@Suite struct RunningServiceTests {
    @Test("stopping finishes what is under way, takes nothing new, and ends the work beside requests")
    func stop() async throws {
        let service = try await ServiceUnderTest(SlowService.self)
        let entered = service.running.service.entered
        async let slow = service.get("/v1/slow")
        await entered.wait()
        async let stopped: Void = service.stop()
        #expect(try await slow.json["done"] == true)
        await stopped
        #expect(service.running.service.worked.isSet)
        await #expect(throws: RawHTTP.Failure.self) { try await service.get("/v1/quick") }
    }

    @Test("work that does not end is given up, and everything is closed without it")
    func stubborn() async throws {
        let service = try await ServiceUnderTest(SlowService.self, settings: ["STUBBORN": "yes"])
        await service.running.stop(workMilliseconds: 50)
        #expect(!service.running.service.worked.isSet)
        #expect(throws: DatabaseError.closed) { try service.running.context.database.read { _ in } }
        // Whoever stops it again does not wait for that work either.
        let again = Signal()
        Task {
            await service.running.stop(workMilliseconds: 50)
            again.set()
        }
        await eventually { again.isSet }
        #expect(again.isSet)
        service.running.service.released.set()
    }

    @Test("a port that is taken, and a database that is not ours, are said plainly")
    func refusedStart() async throws {
        let service = try await ServiceUnderTest(SlowService.self)
        let port = service.running.publicAddress.port
        await #expect {
            _ = try await ServiceUnderTest(SlowService.self, settings: ["PUBLIC_ADDRESS": "127.0.0.1:\(port)"])
        } throws: { error in
            "\(error)".contains("\(port)")
        }
        await service.stop()

        let foreign = try SchemaDump.restored("CREATE TABLE theirs (id INTEGER);")
        await #expect(throws: DatabaseError.self) {
            _ = try await ServiceUnderTest(SlowService.self, databasePath: foreign)
        }
        await #expect(throws: SettingError.self) {
            _ = try await ServiceUnderTest(SlowService.self, settings: ["WORKER_ID": "1023"])
        }
    }

    @Test("a database that cannot be read makes the service not ready, while it stays alive")
    func readiness() async throws {
        let service = try await ServiceUnderTest(SlowService.self)
        #expect(try await service.sendInternal("GET", "/readyz", credential: nil).status == 200)
        service.running.context.database.close()
        let answer = try await service.sendInternal("GET", "/readyz", credential: nil)
        #expect(answer.status == 503 && answer.codes == ["service_unavailable"])
        #expect(try await service.sendInternal("GET", "/healthz", credential: nil).status == 200)
        await service.stop()
    }

    @Test("two services of one kind run side by side, each on its own file and ports")
    func sideBySide() async throws {
        let first = try await ServiceUnderTest(SlowService.self)
        let second = try await ServiceUnderTest(SlowService.self)
        #expect(try await first.get("/v1/quick").status == 200)
        #expect(try await second.get("/v1/quick").status == 200)
        await first.stop()
        #expect(try await second.get("/v1/quick").status == 200)
        await second.stop()
    }
}

@Suite struct SecretTests {
    @Test("an answer under an Idempotency-Key is given again after a restart with another service credential")
    func survives() async throws {
        let first = try await ServiceUnderTest(SlowService.self)
        let headers = [("Idempotency-Key", "k")]
        let answer = try await first.post("/v1/things", token: first.token(), headers: headers)
        #expect(answer.status == 201)
        await first.stop()
        let second = try await ServiceUnderTest(
            SlowService.self, clock: first.clock, databasePath: first.databasePath, key: first.key,
            settings: ["INTERNAL_TOKEN": "another-credential-now"])
        let again = try await second.post("/v1/things", token: second.token(), headers: headers)
        #expect(again.status == 201 && again.header("idempotent-replayed") == "true")
        await second.stop()
    }

    @Test("the draft of a secret that was left by a start that was killed goes at the next one, a new one stays")
    func drafts() async throws {
        let path = temporaryPath("slow.db")
        let (old, new, others) = ("\(path).secret.draft-17", "\(path).secret.draft-18", "\(path).secret.kept")
        for file in [old, new, others] { try writeFile(file, [1]) }
        let longAgo = timeval(tv_sec: time(nil) - 90, tv_usec: 0)
        for file in [old, others] { #expect(utimes(file, [longAgo, longAgo]) == 0) }
        let service = try await ServiceUnderTest(SlowService.self, databasePath: path)
        await service.stop()
        let left = [old, new, others].map { (file: String) in access(file, F_OK) == 0 }
        #expect(left == [false, true, true])
    }
}
