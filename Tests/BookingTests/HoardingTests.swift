import TestSupport
import Testing

/// What one user may keep from the others.
@Suite struct HoardingTests {
    private static let limits = [
        "LIMITS": "on", "MAX_OPEN_BOOKINGS": "2", "MAX_SEATS_PER_BOOKING": "3", "MAX_SEATS_PER_SESSION": "5",
    ]

    @Test("a user has so many bookings open at once, and one more when one of them is closed")
    func openBookings() async throws {
        try await BoxOffice.run(allocation: 100, settings: Self.limits) { box async throws in
            let first = try await box.open()
            _ = try await box.open()
            let refused = try await box.book()
            #expect(refused.status == 429 && refused.codes == ["too_many_open_bookings"])
            #expect(refused.header("retry-after") != nil)
            #expect(try await box.book("usr_2").status == 201)
            #expect(try await box.cancel(first).status == 200)
            #expect(try await box.book().status == 201)
            #expect(try await box.book().status == 429)
            box.service.clock.advance(byMilliseconds: 60_000)
            #expect(try await box.book().status == 201)
        }
    }

    @Test("so many seats are in a booking, and so many of a user in a session, those that are paid for too")
    func seats() async throws {
        try await BoxOffice.run(allocation: 100, settings: Self.limits) { box async throws in
            let first = try await box.open()
            let refused = try await box.reserve(first, 4)
            #expect(refused.status == 409 && refused.codes == ["too_many_seats"])
            #expect(try await box.reserve(first, 3).status == 200)
            #expect(try await box.confirm(first).status == 200)
            let second = try await box.open()
            #expect(try await box.reserve(second, 3).codes == ["too_many_seats"])
            #expect(try await box.reserve(second, 2).status == 200)
            let others = try await box.open("usr_2")
            #expect(try await box.reserve(others, 3, "usr_2").status == 200)
        }
    }
}
