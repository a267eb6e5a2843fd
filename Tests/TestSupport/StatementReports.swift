import EventLoop
import Lifecycle
import SQLite

extension ServiceUnderTest {
    /// What the statements cost that answered this service's requests, since the last report.
    package func statementReports() async throws -> [StatementReport] {
        let database = running.context.database
        var reports = try await database.write { try $0.reports() }
        for loop in running.context.loops {
            reports += try await loop.perform { try database.read { try $0.reports() } }
        }
        return reports
    }
}
