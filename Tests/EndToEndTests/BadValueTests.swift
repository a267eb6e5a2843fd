import JSON
import TestSupport
import Testing

@Suite struct BadValueTests {
    @Test("a value out of its range is a fault, however far out it is")
    func values() async throws {
        try await Stack.withstand { stack in
            let token = stack.token(user: 1)
            let opened = try await stack.post("/v1/sessions/\(StackSession.id(1))/book", token: token)
            let booking = "/v1/bookings/\(opened.json["booking"]?["id"]?.stringValue ?? "")"
            for (body, status, code) in Self.ratings {
                try await Hostile(
                    what: "rating", target: "/v1/movies/\(StackSession.movie)/rate", token: token,
                    body: Array(#"{"value":\#(body)}"#.utf8), status: status, codes: code
                ).send(to: stack)
            }
            for (body, status, code) in Self.seats {
                try await Hostile(
                    what: "seats", target: "\(booking)/reserve", token: token, body: Array(#"{"seats":\#(body)}"#.utf8),
                    status: status, codes: code
                ).send(to: stack)
            }
            for (what, target, body, codes) in Self.texts {
                try await Hostile(what: what, target: target, body: Array(body.utf8), status: 422, codes: codes)
                    .send(to: stack)
            }
        }
    }

    private static let ratings: [(String, Int, [String])] = [
        ("-0.1", 422, ["value_out_of_range"]), ("5.0000001", 422, ["value_out_of_range"]),
        ("1e308", 422, ["value_out_of_range"]), ("1e400", 422, ["value_out_of_range"]),
        ("-1e400", 422, ["value_out_of_range"]), ("99999999999999999999", 422, ["value_out_of_range"]),
        ("9223372036854775808", 422, ["value_out_of_range"]), (#""5""#, 422, ["value_invalid"]),
        ("0.1e1", 201, []), ("-0", 200, []), ("5e-324", 200, []),
    ]

    private static let seats: [(String, Int, [String])] = [
        ("0", 422, ["seats_out_of_range"]), ("-1", 422, ["seats_out_of_range"]),
        ("-9223372036854775808", 422, ["seats_out_of_range"]), ("-1e400", 422, ["seats_out_of_range"]),
        ("2.5", 422, ["seats_invalid"]), ("1e-9", 422, ["seats_invalid"]), (#""2""#, 422, ["seats_invalid"]),
        ("51", 409, ["not_enough_seats"]), ("9007199254740991", 409, ["not_enough_seats"]),
        ("1e15", 409, ["not_enough_seats"]), ("1e18", 422, ["seats_out_of_range"]), ("2.0", 200, []),
        // The rest of the body comes with it.
        (#"1,"seat_ids":["sea_1"]"#, 422, ["seats_invalid"]),
        (#"null,"seat_ids":["sea_1"]"#, 422, ["seat_not_in_room"]),
        (#"null,"seat_ids":["sea_1","sea_1"]"#, 422, ["seat_ids_invalid"]),
        (#"null,"seat_ids":[]"#, 422, ["seat_ids_too_short"]), (#"null,"seat_ids":[1]"#, 422, ["seat_ids_invalid"]),
        (#"null,"seat_ids":"sea_1""#, 422, ["seat_ids_invalid"]),
    ]

    private static let texts: [(String, String, String, [String])] = [
        signUp("ab", "long enough", ["email_invalid"]),
        signUp("a@@b.example", "long enough", ["email_invalid"]),
        signUp("a b@c.example", "long enough", ["email_invalid"]),
        signUp(#"a\u0000@c.example"#, "long enough", ["email_invalid"]),
        signUp(#"a@c.example\r\nBcc: d@e.example"#, "long enough", ["email_invalid"]),
        signUp(String(repeating: "a", count: 250) + "@b.example", "long enough", ["email_too_long"]),
        signUp("a@b.example", "1234567", ["password_too_short"]),
        signUp("a@b.example", String(repeating: "p", count: 129), ["password_too_long"]),
        signUp("a@b.example", "password", ["password_too_common"]),
        signUp("a@b.example", "A@B.example", ["password_is_email"]),
        signUp("a@b.example", #"long\u0000enough"#, ["password_invalid"]),
        signUp("", "", ["email_invalid", "password_too_short"]),
        track(#""tracking_id":"","type":"page_enter""#, ["tracking_id_too_short"]),
        track(#""tracking_id":"\#(String(repeating: "t", count: 129))","type":"page_enter""#, ["tracking_id_too_long"]),
        track(#""tracking_id":"t","type":"PAGE_ENTER""#, ["type_invalid"]),
        track(
            #""tracking_id":"t","type":"page_exit","page":{"query":[]}"#,
            [
                "page_scheme_missing", "page_path_missing", "page_query_invalid",
            ]),
        track(
            #""tracking_id":"t","type":"page_exit","page":{"scheme":"s","path":"/","query":{"a":1}}"#,
            [
                "page_query_invalid"
            ]),
        track(
            #""tracking_id":"t","type":"page_exit","page":{"scheme":"s","path":"/","query":{"a":[["b"]]}}"#,
            [
                "page_query_invalid"
            ]),
    ]

    private static func signUp(_ email: String, _ password: String, _ codes: [String]) -> (
        String, String, String, [String]
    ) {
        ("sign-up", "/v1/auth/signup", #"{"email":"\#(email)","password":"\#(password)"}"#, codes)
    }

    private static func track(_ members: String, _ codes: [String]) -> (String, String, String, [String]) {
        let page = #""page":{"scheme":"s","path":"/","query":{}}"#
        return (
            "event", "/v1/analytics/track", members.contains("page\":{") ? "{\(members)}" : "{\(members),\(page)}",
            codes
        )
    }

    @Test("no byte changed at random makes more than a refusal of a body")
    func randomBytes() async throws {
        let seed = environment("FAULT_SEED").flatMap { UInt64($0) } ?? .random(in: 0...9_999_999)
        print("bodies with bytes changed at random: FAULT_SEED=\(seed)")
        try await Stack.withstand { stack in
            var random = SeededGenerator(seed: seed)
            let token = stack.token(user: 1)
            for endpoint in BodyEndpoint.all(booking: "/v1/bookings/bkg_1") {
                let isHashed = endpoint.target.hasPrefix("/v1/auth")
                for _ in 0..<(isHashed ? 60 : 300) {
                    let body = damaged(endpoint.good, &random)
                    let answer = try await stack.send(
                        "POST", endpoint.target, token: endpoint.isForAnyone ? nil : token, body: body)
                    let what: Comment = "\(endpoint.target): \(String(decoding: body, as: UTF8.self))"
                    #expect([200, 201, 204, 400, 401, 404, 409, 413, 422].contains(answer.status), what)
                    if answer.status >= 400 { #expect(answer.refusalFaults == [], what) }
                }
            }
        }
    }

    private func damaged(_ text: String, _ random: inout SeededGenerator) -> [UInt8] {
        var body = Array(text.utf8)
        for _ in 0...Int.random(in: 0..<3, using: &random) {
            let place = Int.random(in: 0..<body.count, using: &random)
            switch Int.random(in: 0..<4, using: &random) {
            case 0: body[place] = UInt8.random(in: 0...255, using: &random)
            case 1: body.remove(at: place)
            case 2: body.insert(body[Int.random(in: 0..<body.count, using: &random)], at: place)
            default: body.replaceSubrange(place..., with: Array(#"-1e9\u0000[]{}","#.utf8).shuffled(using: &random))
            }
            if body.isEmpty { body = [0] }
        }
        return body
    }
}
