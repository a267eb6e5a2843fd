import BookingService
import Telemetry
import TestSupport

extension BoxOffice {
    /// Booking beside a catalog, and beside analytics as another follower.
    static func runFollowed(
        allocation: Int = 10, balances: Bool = true, log: Logger? = nil,
        _ body: (BoxOffice, Listener) async throws -> Void
    ) async throws {
        let listener = Listener()
        let analytics = try Neighbour(reading: { _, body in listener.answer(body) })
        do {
            let settings = ["ANALYTICS_URL": analytics.url]
            try await run(
                allocation: allocation, settings: settings, balances: balances, log: log
            ) { box async throws in
                try await body(box, listener)
            }
        } catch {
            await analytics.stop()
            throw error
        }
        await analytics.stop()
    }

    /// Booking started again with the same neighbours, on its own database or another one.
    func again(
        on path: String? = nil, _ body: (ServiceUnderTest<BookingService>) async throws -> Void
    ) async throws {
        await service.stop()
        let again = try await ServiceUnderTest(
            BookingService.self, clock: service.clock, databasePath: path ?? service.databasePath, settings: settings)
        do {
            try await body(again)
        } catch {
            await again.stop()
            throw error
        }
        await again.stop()
    }
}
