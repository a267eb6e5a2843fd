import BookingService
import JSON
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

    /// A copy with two seats held in it, and what is not in it: all of that is told.
    func copied(
        _ listener: Listener, by copy: (_ path: String) throws -> String
    ) async throws -> (path: String, kept: String, lost: String) {
        let kept = try await open()
        _ = try await reserve(kept, 2)
        await eventually { listener.taken.count >= 2 && follower.taken.count >= 2 }
        let path = try copy(service.databasePath)
        let lost = try await open("usr_2")
        _ = try await confirm(kept)
        await eventually { listener.taken.count >= 4 && follower.taken.count >= 4 }
        service.clock.advance(byMilliseconds: 1_000)
        return (path, kept, lost)
    }
}

extension ServiceUnderTest<BookingService> {
    /// Opens a booking and gives its id.
    func book(_ user: String) async throws -> String {
        let answer = try await post("/v1/sessions/\(BoxOffice.session)/book", token: token(user))
        return answer.json["booking"]?["id"]?.stringValue ?? "none"
    }
}
