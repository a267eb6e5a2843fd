import Auth
import JSON
import TestSupport
import Testing

@Suite struct TicketTests {
    private static let session = "ses_900000000000099"

    /// A session that begins in half an hour, so that its doors are open.
    private static let soon = """
        \(StackSession.rows(allocations: []))
        INSERT INTO sessions (id, movie_id, room_id, place_id, starts_at, allocation)
        VALUES (900000000000099, 900000000000001, 900000000000001, 900000000000001, (unixepoch() + 1800) * 1000, 10000);
        """

    @Test(
        "10,000 tickets are good for a program that is not ours, with the published keys alone, and for the door once")
    func offline() async throws {
        try await Stack.run(fixtures: ["catalog": Self.soon]) { stack in
            try await tellsKeys(stack)
            var codes: [String] = []
            for user in 1...20 as ClosedRange<Int64> { codes += try await buy(500, stack, stack.token(user: user)) }
            #expect(codes.count == 10_000)
            let (input, output) = (temporaryPath("codes"), temporaryPath("counts"))
            try writeFile(input, Array(codes.joined(separator: "\n").utf8))
            let program = "\(checkoutPath)/Tests/Programs/check-tickets.py"
            let jwks = "http://\(stack.gateway)/.well-known/jwks.json"
            let child = try ChildProcess("/bin/sh", ["-c", "\(program) \(jwks) < \(input)"], output: output)
            #expect(try await child.end(withinSeconds: 120) == .exited(0))
            #expect(try readFile(output) == "10000 0 0\n")

            let staff = stack.token(user: 9_999, role: .staff)
            let body = #"{"token":"\#(codes[0])","session_id":"\#(Self.session)"}"#
            #expect(try await stack.post("/v1/check-ins", body, token: staff).status == 201)
            #expect(try await stack.post("/v1/check-ins", body, token: staff).codes == ["already_admitted"])
            let door = try await stack.get("/v1/sessions/\(Self.session)/door", token: staff)
            #expect(
                door.json["door"]?["counts"] == ["sold": 10_000, "admitted": 1, "refunded": 0, "conflicts": 0])
        }
    }

    @Test("a body of 500 offline scans passes the gateway; an access token that the ticket key signed opens nothing")
    func boundaries() async throws {
        try await Stack.run(fixtures: ["catalog": Self.soon]) { stack in
            try await tellsKeys(stack)
            let codes = try await buy(500, stack, stack.token(user: 1))
            let scans = codes.map { #"{"token":"\#($0)","scanned_at":"2026-11-20T18:30:00Z","place_id":"plc_1"}"# }
            let answer = try await stack.post(
                "/v1/check-ins/offline", #"{"scans":[\#(scans.joined(separator: ","))]}"#,
                token: stack.token(user: 9, role: .staff))
            #expect(answer.status == 200)
            let codesTold = answer.json["scans"]?.arrayValue?.compactMap { $0["code"]?.stringValue } ?? []
            #expect(codesTold == Array(repeating: "wrong_place", count: 500))

            let key = try await stack["booking"].ticketKey()
            let now = Int64(
                (try await stack["booking"].sql("SELECT unixepoch() AS now")).first?["now"]?.integerValue ?? 0)
            let claims = AccessToken(subject: "usr_1", role: .admin, issuedAt: now, expiresAt: now + 600)
            let forgery = try #require(claims.signed(with: key))
            for (method, target) in [
                ("GET", "/v1/auth/me"), ("GET", "/v1/bookings"), ("POST", "/v1/people"),
                ("GET", "/v1/analytics/events"),
            ] {
                let refused = try await stack.send(
                    method, target, token: forgery, body: method == "POST" ? Array("{}".utf8) : nil)
                #expect(refused.status == 401 && refused.codes == ["token_invalid"], "\(target)")
            }
        }
    }

    /// Waits until identity publishes booking's key.
    private func tellsKeys(_ stack: Stack) async throws {
        for _ in 0..<1_000 {
            let answer = try await stack.get("/.well-known/jwks.json")
            if KeySet(json: answer.body, purpose: "tickets")?.keys.isEmpty == false { return }
            try await Task.sleep(for: .milliseconds(20))
        }
        Issue.record("the key of tickets is not published")
    }

    /// Buys seats and gives the codes of their tickets.
    private func buy(_ seats: Int, _ stack: Stack, _ token: String) async throws -> [String] {
        let opened = try await stack.post("/v1/sessions/\(Self.session)/book", token: token)
        let booking = "/v1/bookings/\(opened.json["booking"]?["id"]?.stringValue ?? "")"
        try #require(try await stack.post("\(booking)/reserve", #"{"seats":\#(seats)}"#, token: token).status == 200)
        try #require(try await stack.post("\(booking)/confirm", token: token).status == 200)
        let tickets = try await stack.get("\(booking)/tickets", token: token)
        return (tickets.json["tickets"]?.arrayValue ?? []).compactMap { $0["token"]?.stringValue }
    }
}
