import AnalyticsService
import TestSupport
import Testing
import Time
import TimeZone

@Suite struct LocalTimeTests {
    @Test(
        "weekday, slot and day are the place's own, on both nights on which its clocks change",
        arguments: [
            // Clocks go from 2:00 to 3:00 on Sunday, 29 March 2026.
            ("2026-03-28T22:59:59.999Z", "saturday", "night", "2026-03-28"),
            ("2026-03-28T23:00:00.000Z", "sunday", "morning", "2026-03-29"),
            ("2026-03-29T09:59:59.999Z", "sunday", "morning", "2026-03-29"),
            ("2026-03-29T10:00:00.000Z", "sunday", "afternoon", "2026-03-29"),
            ("2026-03-29T21:59:59.999Z", "sunday", "night", "2026-03-29"),
            ("2026-03-29T22:00:00.000Z", "monday", "morning", "2026-03-30"),
            // From 3:00 back to 2:00 on Sunday, 25 October 2026.
            ("2026-10-24T22:00:00.000Z", "sunday", "morning", "2026-10-25"),
            ("2026-10-25T10:59:59.999Z", "sunday", "morning", "2026-10-25"),
            ("2026-10-25T11:00:00.000Z", "sunday", "afternoon", "2026-10-25"),
            ("2026-10-25T15:59:59.999Z", "sunday", "afternoon", "2026-10-25"),
            ("2026-10-25T16:00:00.000Z", "sunday", "evening", "2026-10-25"),
            ("2026-10-25T20:00:00.000Z", "sunday", "night", "2026-10-25"),
            ("2026-10-25T22:59:59.999Z", "sunday", "night", "2026-10-25"),
            ("2026-10-25T23:00:00.000Z", "monday", "morning", "2026-10-26"),
        ])
    func clockChanges(moment: String, weekday: String, slot: String, day: String) async throws {
        try await Told.run { told async throws in
            let session = Told.Session(startsAt: moment)
            try await told.tell(Told.event(1, "booking.opened", booking: 1, session))
            #expect(try await told.keys("group_by=weekday") == [weekday])
            #expect(try await told.keys("group_by=time_slot") == [slot])
            #expect(try await told.keys("group_by=day") == [day])
        }
    }

    @Test("days before 1970 are counted back, not towards nought")
    func before() throws {
        let zone = try #require(TimeZone.named("UTC"))
        let moment = try #require(Timestamp(rfc3339: "1969-12-31T23:59:59.999Z"))
        let local = LocalTime(moment, in: zone)
        #expect(local.day == -1 && local.weekday == .wednesday && local.slot == .night)
    }
}
