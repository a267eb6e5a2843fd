import BookingService
import JSON
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
}
