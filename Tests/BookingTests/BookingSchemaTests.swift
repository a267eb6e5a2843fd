import BookingService
import JSON
import Lifecycle
import SQLite
import TestSupport
import Testing

@Suite struct BookingSchemaTests {
    static let folder = checkoutPath + "/Services/booking"

    @Test("dump.sql is what the migrations make")
    func dump() throws {
        #expect(try SchemaDump.difference(Self.folder + "/dump.sql", BookingService.migrations) == nil)
    }

    @Test("the service runs on dump.sql and seeds.sql alone, and shows the sample customer's bookings")
    func seeds() async throws {
        let path = try SchemaDump.restored(
            try readFile(Self.folder + "/dump.sql"), try readFile(Self.folder + "/seeds.sql"))
        let service = try await ServiceUnderTest(BookingService.self, clock: .atSystemTime(), databasePath: path)
        let list = try await service.get("/v1/bookings", token: service.token("usr_100000000000001"))
        let states = list.json["bookings"]?.arrayValue?.compactMap { $0["status"]?.stringValue }
        #expect(states.map(Set.init) == ["confirmed", "cancelled", "expired"])
        await service.stop()
    }

    @Test("jobs that failed at the payment provider are counted without going through those of every payment")
    func failedJobs() async throws {
        try await BoxOffice.run { box async throws in
            let plan = try box.service.running.context.database.read { connection in
                try connection.rows(
                    "EXPLAIN QUERY PLAN SELECT count(*) FROM payment_jobs WHERE state = 'failed'"
                ) { try $0.text(3) }
            }
            #expect(plan.count == 1 && plan[0].contains("payment_jobs_failed"), "\(plan)")
        }
    }
}
