import API
import Auth
import JSON
import Lifecycle
import SQLite
import Time

/// A service of no domain at all, to see what every service gets from the mechanisms.
struct ThingService: Service {
    static let name = "thing"
    static let mainTable: StaticString = "things"
    static let defaultPorts: (public: UInt16, internal: UInt16) = (0, 0)
    static let migrations = [
        Migration(
            "v0001_things",
            sql: """
                CREATE TABLE things (id INTEGER PRIMARY KEY, name TEXT NOT NULL CHECK (name <> 'forbidden')) STRICT;
                CREATE TABLE secrets (name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT;
                CREATE TABLE idempotency_records (
                    scope TEXT NOT NULL, key TEXT NOT NULL, fingerprint BLOB NOT NULL, status INTEGER NOT NULL,
                    body BLOB NOT NULL, created_at INTEGER NOT NULL, PRIMARY KEY (scope, key)) STRICT, WITHOUT ROWID;
                """)
    ]

    enum Refusal: APIRefusal {
        case missing, full

        var apiError: APIError {
            switch self {
            case .missing: APIError(404, "thing_not_found", "There is no such thing.")
            case .full: APIError(409, "things_full", "There is no room for more things.")
            }
        }
    }

    struct Broken: Error {}

    let database: Database
    let cursors: CursorSeal
    let verifier: TokenVerifier
    let answers: AnswerCache
    /// Holds a request in its handler until a test lets it go on.
    let gate = AsyncGate()

    init(_ context: ServiceContext) async throws {
        database = context.database
        cursors = try await CursorSeal.kept(in: context.database)
        verifier = try context.verifierOfIdentity()
        answers = AnswerCache(context.database)
    }

    var routes: [Route] {
        [
            .get("/v1/things", listThings),
            .get("/v1/things/{id}") { request in
                guard let id = Int64(request.parameter("id")), id < 100 else { throw Refusal.missing }
                return .json { $0.field("id", id) }
            },
            .get("/v1/things/{id}.txt") { request in
                Response(
                    status: 200, headers: [("Content-Type", "text/plain")], body: Array(request.parameter("id").utf8))
            },
            .get("/v1/things/{id}/parts/{part}") { request in
                .json { $0.field("both", "\(request.parameter("id")) \(request.parameter("part"))") }
            },
            .post("/v1/things", for: .customer, addThing),
            .post("/v1/things/{id}/touch", for: .customer, body: .optional) { _, _ in .noContent },
            .post("/v1/slow", for: .customer, body: .optional) { _, _ in
                await gate.wait()
                return .json(201) { $0.field("slow", true) }
            },
            .get("/v1/new") { _ in .noContent }.yielding(),
            .post("/v1/found", for: .customer, body: .optional) { _, _ in throw Refusal.missing },
            .post(tokenWelcome: "/v1/notes", body: .jsonOrText) { _, caller in
                .json { $0.field("caller", caller?.subject) }
            },
            .get("/v1/staff", for: .staff) { _, caller in .json { $0.field("role", caller.role.rawValue) } },
            .get("/v1/broken") { _ in throw Broken() },
            .get("/v1/full-disk") { _ in throw DatabaseError.diskFull },
        ]
    }

    var internalRoutes: [Route] { [.get("/internal/v1/count", access: .service, countThings)] }

    private func addThing(_ request: Request, _ caller: Principal) async throws -> Response {
        var fields = Fields(request.body)
        guard let name = fields.text("name", 1...10) else { throw fields.refusal }
        return try await request.decide(in: database) { transaction in
            try transaction.execute("INSERT INTO things (name) VALUES (\(name))")
            let count = try transaction.first("SELECT count(*) FROM things") { try $0.int(0) } ?? 0
            if name == "last" { throw Refusal.full }
            if name == "paid" { return APIError(402, "things_cost", "Pay first.").response }
            if name == "soon" { throw APIError.later(409, "things_move", "Things are being moved.") }
            return .json(201) { $0.field("count", count) }
        }
    }

    private func listThings(_ request: Request) async throws -> Response {
        let query = try request.query()
        var fields = Fields(query)
        let limit = fields.limit()
        guard fields.faults.isEmpty else { throw fields.refusal }
        let page = try Page(limit: limit, cursor: query["cursor"], of: "things", keys: 1, seal: cursors)
        return try answers.answer(to: request.target) {
            let things = try database.read { connection in
                try connection.rows(
                    """
                    SELECT id, name FROM things WHERE id > \(page.after?[0] ?? 0) ORDER BY id LIMIT \(page.fetched)
                    """
                ) { (id: try $0.int(0), name: try $0.text(1)) }
            }
            return .json { json in
                page.write("things", things, to: &json, keys: { [$0.id] }) { thing, json in
                    json.object { $0.field("name", thing.name) }
                }
            }
        }
    }

    private func countThings(_ request: Request) async throws -> Response {
        let count = try database.read { try $0.first("SELECT count(*) FROM things") { try $0.int(0) } }
        return .json { $0.field("count", count) }
    }
}

/// Lets nobody through until it is opened.
actor AsyncGate {
    private var isOpen = false
    private var waiting: [CheckedContinuation<Void, Never>] = []
    private var watchers: [CheckedContinuation<Void, Never>] = []

    func wait() async {
        guard !isOpen else { return }
        await withCheckedContinuation { continuation in
            waiting.append(continuation)
            watchers.forEach { $0.resume() }
            watchers = []
        }
    }

    /// Returns once somebody waits.
    func someoneWaits() async {
        guard waiting.isEmpty else { return }
        await withCheckedContinuation { watchers.append($0) }
    }

    func open() {
        isOpen = true
        waiting.forEach { $0.resume() }
        waiting = []
    }
}
