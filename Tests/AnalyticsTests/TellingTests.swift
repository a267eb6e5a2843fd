import AnalyticsService
import Auth
import JSON
import TestSupport
import Testing

/// What booking tells, as analytics takes it.
@Suite struct TellingTests {
    @Test("what is told twice counts once, whole or in part, and what is missing is asked for")
    func once() async throws {
        try await Told.run { told async throws in
            let (opened, reserved) = (
                Told.event(1, "booking.opened", booking: 1), Told.event(2, "seats.reserved", booking: 1, seats: 2)
            )
            let (confirmed, other) = (
                Told.event(3, "booking.confirmed", booking: 1, seats: 2), Told.event(4, "booking.opened", booking: 2)
            )
            for _ in 0..<3 { #expect(try await told.tell(opened, reserved, confirmed).json == ["sequence": 3]) }
            #expect(try await told.tell(after: 1, reserved, confirmed, other).json == ["sequence": 4])
            #expect(try await told.tell(after: 1, reserved).json == ["sequence": 4])
            let all = Told.group("mov_1", opened: 2, confirmed: 1, seats: 2, fillRate: .number(0.2))
            #expect(try await told.groups("group_by=movie") == [all])
            let gap = try await told.tell(after: 5, Told.event(6, "booking.cancelled", booking: 2))
            #expect(gap.status == 200 && gap.json == ["sequence": 4])
            #expect(try await told.groups("group_by=movie") == [all])
            // Numbers may be left out; only what booking itself names as the one before counts.
            #expect(try await told.tell(after: 4, Told.event(7, "booking.opened", booking: 3)).json == ["sequence": 7])
        }
    }

    @Test("once anything is counted that never happened, all is forgotten and asked for again; otherwise nothing is")
    func lost() async throws {
        try await Told.run { told async throws in
            try await told.tell(
                Told.event(1, "booking.opened", booking: 1), Told.event(2, "booking.opened", booking: 2),
                Told.event(3, "booking.confirmed", booking: 2, seats: 2))
            let new = Told.event(901, "seats.reserved", booking: 1, seats: 1)
            #expect(try await told.tell(after: 3, lost: 4...900, new).json == ["sequence": 901], "3 did happen")
            #expect(
                try await told.groups("group_by=movie") == [
                    Told.group("mov_1", opened: 2, confirmed: 1, seats: 2, fillRate: .number(0.2))
                ])
            let funnel = "/v1/analytics/funnel"
            for _ in 0..<2 {
                let answer = try await told.tell(
                    after: 800, lost: 851...1_900, Told.event(1_901, "booking.opened", booking: 3))
                #expect(answer.json == ["sequence": 0])
                #expect(try await told.groups("group_by=movie") == [])
            }
            let answer = try await told.tell(
                after: 0, lost: 851...1_900, Told.event(1_901, "booking.opened", booking: 3))
            #expect(answer.json == ["sequence": 1_901])
            #expect(try await told.groups("group_by=movie") == [Told.group("mov_1", opened: 1)])
            let seen = try await told.service.get(funnel, token: told.service.token("usr_9", .admin)).json["funnel"]
            #expect(seen?["booking_opened"] == 1 && seen?["confirmed"] == 0)
            let nonsense = try await told.service.sendInternal(
                "POST", "/internal/v1/events", body: #"{"after":0,"lost":[{"first":9,"last":3}],"events":[]}"#)
            #expect(nonsense.codes == ["events_invalid"])
        }
    }

    @Test("only a service may tell events, and only as the contract shows them; one bad event refuses all")
    func credential() async throws {
        try await Told.run { told async throws in
            func tell(_ body: String, _ credential: String? = ServiceUnderTest<AnalyticsService>.credential)
                async throws -> Answer
            {
                try await told.service.sendInternal(
                    "POST", "/internal/v1/events", credential: credential, body: body)
            }
            let good = Told.event(1, "booking.opened", booking: 1)
            #expect(try await tell(#"{"after":0,"events":[\#(good)]}"#, nil).status == 401)
            for body in [
                "{}", #"{"events":[]}"#, #"{"after":0,"events":[{}]}"#, #"{"after":1,"events":[\#(good)]}"#,
                #"{"after":0,"events":[\#(good),\#(good)]}"#,
                #"{"after":0,"events":[\#(good),\#(Told.event(2, "booking.expired"))]}"#,
                #"{"after":0,"events":[\#(good.replacing("plc_1", with: "mov_1"))]}"#,
            ] {
                let answer = try await tell(body)
                #expect(answer.status == 422 && answer.codes == ["events_invalid"])
            }
            #expect(try await told.groups("group_by=day") == [])
        }
    }
}
