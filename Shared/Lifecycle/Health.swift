import API
import JSON
import SQLite
import Synchronization
import Telemetry

/// What a supervisor asks: is the process alive, and should it get requests.
final class Health: Sendable {
    private let database: Database
    private let stopping = Atomic(false)

    init(_ database: Database) { self.database = database }

    func beginStopping() { stopping.store(true, ordering: .relaxed) }

    func routes(_ metrics: Metrics) -> [Route] {
        [
            .get("/healthz") { _ in .json { $0.field("status", "ok") } },
            .get("/readyz") { _ in try self.readiness() },
            .get("/metrics") { _ in
                Response(
                    status: 200, headers: [("Content-Type", "text/plain; version=0.0.4; charset=utf-8")],
                    body: Array(metrics.render().utf8))
            },
        ]
    }

    /// Ready while the database can be read and the service is not on its way out. Neighbours do not count: what
    /// needs none of them works without them.
    private func readiness() throws(APIError) -> Response {
        let reads = (try? database.read { try $0.first("SELECT name FROM migrations LIMIT 1") { _ in true } }) == true
        guard reads, !stopping.load(ordering: .relaxed) else { throw .unavailable }
        return .json { $0.field("status", "ready") }
    }
}
