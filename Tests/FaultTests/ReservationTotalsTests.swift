import Auth
import JSON
import TestSupport
import Testing

@Suite struct ReservationTotalsTests {
    @Test(
        "whatever becomes of any of them meanwhile, analytics' totals and catalog's seats left equal booking's, exactly"
    )
    func totals() async throws {
        let seed = environment("FAULT_SEED").flatMap { UInt64($0) } ?? .random(in: 0...9_999_999)
        try await Stack.run(settings: ["HOLD_SECONDS": "3600"], fixtures: Self.fixtures) { stack in
            var random = SeededGenerator(seed: seed)
            let witnesses = try await Load(stack).run(seed: seed) {
                for name in ["analytics", "catalog", "analytics", "booking", "catalog", "analytics"] {
                    try await pause(100...500, &random)
                    try await stack[name].kill()
                    try await pause(0...500, &random)
                    try await stack[name].start()
                }
                try await changeAllocation(stack)
                try await pause(100...300, &random)
                try await stack["analytics"].freeze()
                try await pause(500...1_500, &random)
                try stack["analytics"].thaw()
                #expect(try await stack["analytics"].terminate() == .exited(0))
                try await pause(100...500, &random)
                try await stack["analytics"].start()
            }
            #expect(witnesses.flatMap(\.unexpected) == [])
            try await refundSome(stack)
            try await expireSome(stack)
            try await stack.drained()
            let own = try await stack["booking"].sql(SessionTotals.own)
            let summary = try await stack["booking"].sql(Self.summary).first?["types"]?.stringValue ?? ""
            print("totals, FAULT_SEED=\(seed): \(summary)")
            #expect(own.count == 7, "three sessions of the test's and four of the sample data")
            #expect(try await stack["analytics"].sql(SessionTotals.told) == own)
            try await compareAnswer(own, stack)
            try await compareSeatsLeft(stack)
            #expect(try await stack.bookDifferences(besides: "closes_at") == [])
        }
    }

    /// While customers take seats of it.
    private func changeAllocation(_ stack: Stack) async throws {
        let answer = try await stack.send(
            "PATCH", "/v1/sessions/\(StackSession.id(1))", token: stack.token(user: 1, role: .admin),
            body: Array(#"{"allocation":9000}"#.utf8))
        #expect(answer.status == 200, "\(answer.codes)")
    }

    /// In the file, and as a visitor sees it; of a session that nobody booked, too.
    private func compareSeatsLeft(_ stack: Stack) async throws {
        let free = try await stack["booking"].sql(
            "SELECT id, allocation, allocation - held - sold AS seats_left FROM sessions ORDER BY id")
        let known = free.compactMap { $0["id"]?.integerValue }.map(String.init).joined(separator: ", ")
        let told = try await stack["catalog"].sql(
            "SELECT id, allocation, seats_left FROM sessions WHERE id IN (\(known)) ORDER BY id")
        #expect(told == free)
        let page = try await stack.get("/v1/sessions?movie_id=\(StackSession.movie)&bookable=true")
        let shown = (page.json["sessions"]?.arrayValue ?? []).map { [$0["id"] ?? .null, $0["seats_left"] ?? .null] }
        let expected = free.filter { ($0["id"]?.integerValue ?? 0) > 900_000_000_000_000 && $0["seats_left"] != 0 }
            .map { [JSONValue.string("ses_\($0["id"]?.integerValue ?? 0)"), $0["seats_left"] ?? .null] }
        #expect(shown == expected + [[.string(StackSession.id(4)), 50]])
    }

    /// Through the gateway, as an admin sees it: the film that only this test's sessions show.
    private func compareAnswer(_ own: [JSONObject], _ stack: Stack) async throws {
        let answer = try await stack.get(
            "/v1/analytics/reservations?group_by=movie&limit=100", token: stack.token(user: 1, role: .admin))
        let group = answer.json["groups"]?.arrayValue?.first { $0["key"] == .string(StackSession.movie) }
        let sessions = own.filter { ($0["id"]?.integerValue ?? 0) > 900_000_000_000_000 }
        for name in ["opened", "confirmed", "expired", "cancelled", "seats"] {
            let sum = sessions.reduce(0) { $0 + ($1[name]?.integerValue ?? 0) }
            #expect(group?[name] == .integer(sum), "\(name)")
            #expect(sum > 0, "too little happened to compare: \(name)")
        }
    }

    private func refundSome(_ stack: Stack) async throws {
        let sold = try await stack["booking"].sql(

            """
            SELECT 'bkg_' || id AS id FROM bookings
            WHERE confirmed_at IS NOT NULL AND session_id > 900000000000000 LIMIT 3
            """)
        for id in sold.compactMap({ $0["id"]?.stringValue }) {
            let answer = try await stack.post(
                "/v1/bookings/\(id)/refund", #"{"reason":"rain"}"#, token: stack.token(user: 1, role: .admin))
            #expect(answer.status == 200)
        }
    }

    /// Nobody waits an hour: some of the open ones closed long ago.
    private func expireSome(_ stack: Stack) async throws {
        _ = try await stack["booking"].sql(
            """
            UPDATE bookings SET closes_at = created_at + 1
            WHERE confirmed_at IS NULL AND cancelled_at IS NULL AND expired_at IS NULL AND id % 2 = 0
            """)
    }

    private func pause(_ milliseconds: ClosedRange<Int>, _ random: inout SeededGenerator) async throws {
        try await Task.sleep(for: .milliseconds(Int.random(in: milliseconds, using: &random)))
    }

    private static let fixtures = ["catalog": StackSession.rows(allocations: [10_000, 200, 10_000, 50])]

    private static let summary =
        "SELECT group_concat(type, ', ') AS types FROM (SELECT count(*) || ' × ' || type AS type FROM events GROUP BY type)"
}
