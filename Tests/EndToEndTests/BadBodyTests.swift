import JSON
import TestSupport
import Testing

@Suite struct BadBodyTests {
    @Test("a body that cannot be read is refused, whatever the endpoint")
    func unreadable() async throws {
        try await withEndpoints { stack, endpoint, token in
            for (what, body) in Self.unreadable {
                try await Hostile(
                    what: what, target: endpoint.target, token: token, body: body, status: 400, codes: ["invalid_json"]
                ).send(to: stack)
            }
            for body in ["[]", #""text""#, "1", "true", "null", "[{}]"] {
                try await Hostile(
                    what: "no object", target: endpoint.target, token: token, body: Array(body.utf8), status: 422,
                    codes: ["body_invalid"]
                ).send(to: stack)
            }
        }
    }

    private static let unreadable: [(String, [UInt8])] = [
        ("nothing", []), ("white space", Array(" \n".utf8)), ("an open brace", Array("{".utf8)),
        ("more behind it", Array("{}x".utf8)), ("two objects", Array("{}{}".utf8)), ("a word", Array("nul".utf8)),
        ("single quotes", Array("{'a':1}".utf8)), ("a leading zero", Array(#"{"a":01}"#.utf8)),
        ("NaN", Array(#"{"a":NaN}"#.utf8)), ("a trailing comma", Array(#"{"a":1,}"#.utf8)),
        ("a comment", Array("{} // no".utf8)), ("a byte order mark", [0xEF, 0xBB, 0xBF] + Array("{}".utf8)),
        ("UTF-16", [0xFF, 0xFE, 0x7B, 0x00, 0x7D, 0x00]), ("a byte that is no UTF-8", quoted([0xFF])),
        ("an overlong form", quoted([0xC0, 0x80])), ("a surrogate in UTF-8", quoted([0xED, 0xA0, 0x80])),
        ("beyond Unicode", quoted([0xF4, 0x90, 0x80, 0x80])), ("a cut character", quoted([0xE2, 0x82])),
        ("a raw NUL", quoted([0x00])), ("a raw line break", quoted([0x0A])),
        ("half an escape", quoted(Array(#"\u12"#.utf8))),
        ("a lone surrogate", quoted(Array(#"\ud800"#.utf8))), ("NUL bytes", [0, 0, 0, 0]),
        ("30,000 open brackets", Array(repeating: UInt8(ascii: "["), count: 30_000)),
        ("10,000 nested objects", Array(String(repeating: #"{"a":"#, count: 10_000).utf8)),
    ]

    private static func quoted(_ bytes: [UInt8]) -> [UInt8] { Array(#"{"a":""#.utf8) + bytes + Array(#""}"#.utf8) }

    @Test("a body of another type, or too large, is refused before it is read")
    func typesAndSizes() async throws {
        try await withEndpoints { stack, endpoint, token in
            for type in [
                "application/x-www-form-urlencoded", "multipart/form-data", "application/jsonx", "", "json", "*/*",
            ] {
                try await Hostile(
                    what: "another type", target: endpoint.target, token: token, headers: [("Content-Type", type)],
                    body: Array("{".utf8), status: 415, codes: ["unsupported_media_type"]
                ).send(to: stack)
            }
            for (size, status) in [(65_537, 413), (1_000_000, 413)] {
                let body = [UInt8](repeating: UInt8(ascii: " "), count: size)
                try await Hostile(
                    what: "too large", target: endpoint.target, token: token, body: body, status: status,
                    codes: ["body_too_large"]
                ).send(to: stack)
            }
            let padded = Array(endpoint.good.utf8) + [UInt8](repeating: 0x20, count: 65_536 - endpoint.good.utf8.count)
            let answer = try await stack.send(
                "POST", endpoint.target, token: token, headers: [("Content-Type", "Application/JSON ; charset=utf-8")],
                body: padded)
            #expect(answer.status == endpoint.status, "\(endpoint.target)")
        }
    }

    @Test("a field of the wrong type, absent or null is a fault that names it")
    func wrongTypes() async throws {
        try await withEndpoints { stack, endpoint, token in
            let good = try JSONValue(parsing: Array(endpoint.good.utf8))
            for field in endpoint.fields.keys.sorted() {
                for value in endpoint.wrongValues(of: field) {
                    try await refuse(good, field, value, ["\(field)_invalid"])
                }
                try await refuse(good, field, "null", ["\(field)_missing"])
            }
            try await Hostile(
                what: "nothing that it needs", target: endpoint.target, token: token, body: Array(#"{"x":1}"#.utf8),
                status: 422
            ).send(to: stack)

            func refuse(_ good: JSONValue, _ field: String, _ value: String, _ codes: [String]) async throws {
                // The last of two members of one name counts.
                let body = endpoint.good.dropLast() + #","\#(field)":\#(value)}"#
                try await Hostile(
                    what: "\(field) is \(value)", target: endpoint.target, token: token, body: Array(body.utf8),
                    status: 422, codes: codes
                ).send(to: stack)
            }
        }
    }

    /// Each endpoint, with a token where it takes one.
    private func withEndpoints(
        _ body: @Sendable (Stack, BodyEndpoint, String?) async throws -> Void
    ) async throws {
        try await Stack.withstand { stack in
            let token = stack.token(user: 1)
            let opened = try await stack.post("/v1/sessions/\(StackSession.id(1))/book", token: token)
            let booking = "/v1/bookings/\(opened.json["booking"]?["id"]?.stringValue ?? "")"
            _ = try await stack.post("/v1/movies/\(StackSession.movie)/rate", #"{"value":1}"#, token: token)
            for endpoint in BodyEndpoint.all(booking: booking) {
                try await body(stack, endpoint, endpoint.isForAnyone ? nil : token)
            }
        }
    }
}
