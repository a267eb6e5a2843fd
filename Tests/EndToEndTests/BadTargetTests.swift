import JSON
import TestSupport
import Testing

@Suite struct BadTargetTests {
    @Test("a query that makes no sense is refused, and one that nobody asked for is ignored")
    func queries() async throws {
        try await Stack.withstand { stack in
            let token = stack.token(user: 1)
            let sessions = "/v1/movies/\(StackSession.movie)/places/\(StackSession.place)/sessions"
            for list in ["/v1/movies", "/v1/movies/\(StackSession.movie)/places", sessions, "/v1/bookings"] {
                for (query, status, codes) in Self.listQueries {
                    try await Hostile(
                        what: "list", method: "GET", target: "\(list)?\(query)", token: token, status: status,
                        codes: codes
                    ).send(to: stack)
                }
            }
            for (query, status, codes) in Self.dates {
                try await Hostile(
                    what: "dates", method: "GET", target: "\(sessions)?\(query)", status: status, codes: codes
                ).send(to: stack)
            }
            let first = try await stack.get("/v1/movies?limit=1")
            let cursor = first.json["metadata"]?["end_cursor"]?.stringValue ?? ""
            for target in [
                "/v1/movies?sort=new&cursor=\(cursor)", "/v1/bookings?cursor=\(cursor)", "\(sessions)?cursor=\(cursor)",
            ] {
                try await Hostile(
                    what: "another list's cursor", method: "GET", target: target, token: token, status: 400,
                    codes: ["invalid_cursor"]
                ).send(to: stack)
            }
            try await Hostile(
                what: "sort", method: "GET", target: "/v1/movies?sort=title", status: 422, codes: ["sort_invalid"]
            ).send(to: stack)
        }
    }

    private static let listQueries: [(String, Int, [String])] = [
        ("limit=0", 422, ["limit_out_of_range"]), ("limit=101", 422, ["limit_out_of_range"]),
        ("limit=-1", 422, ["limit_out_of_range"]), ("limit=1e400", 422, ["limit_out_of_range"]),
        ("limit=99999999999999999999", 422, ["limit_out_of_range"]), ("limit=1.5", 422, ["limit_invalid"]),
        ("limit=ten", 422, ["limit_invalid"]), ("limit=", 422, ["limit_invalid"]), ("limit", 422, ["limit_invalid"]),
        ("limit=true", 422, ["limit_invalid"]), ("limit=%31", 200, []), ("limit=x&limit=2.0", 200, []),
        ("cursor=x", 400, ["invalid_cursor"]), ("cursor=", 400, ["invalid_cursor"]),
        ("cursor=%00", 400, ["invalid_query"]), ("cursor=%ff", 400, ["invalid_query"]),
        ("cursor=%zz", 400, ["invalid_query"]), ("cursor=%", 400, ["invalid_query"]),
        ("cursor=\(String(repeating: "A", count: 4000))", 400, ["invalid_cursor"]),
        ("cursor=%c0%80", 400, ["invalid_query"]),
        (Array(repeating: "a=b", count: 65).joined(separator: "&"), 400, ["invalid_query"]),
        ("&&&=&a&%41=%42&unknown=1", 200, []), ("", 200, []),
    ]

    private static let dates: [(String, Int, [String])] = [
        ("from=yesterday", 422, ["from_invalid"]), ("from=2026-02-30", 422, ["from_invalid"]),
        ("to=2026-13-01T00:00:00Z", 422, ["to_invalid"]), ("from=2026-01-01T24:00:01Z", 422, ["from_invalid"]),
        ("from=99999999-01-01", 422, ["from_invalid"]), ("from=&to=", 422, ["from_invalid", "to_invalid"]),
        ("from=2026-01-02&to=2026-01-01", 422, ["range_invalid"]), ("from=9999-12-31", 200, []),
        ("from=0001-01-01&to=9999-12-31", 200, []), ("from=2026-01-01T00:00:00+02:00", 200, []),
        ("from=0001-01-01T00:00:00Z&to=9999-12-31T23:59:59Z", 200, []),
        ("from=0001-01-01T00:00:00%2B23:59&to=9999-12-31T23:59:59-23:59", 422, ["to_invalid"]),
    ]

    @Test("an odd path is no path, and an odd id names nothing")
    func paths() async throws {
        try await Stack.withstand { stack in
            let token = stack.token(user: 1)
            for path in Self.oddPaths {
                try await Hostile(
                    what: "odd path", method: "GET", target: path, token: token, status: 404, codes: ["route_not_found"]
                ).send(to: stack)
            }
            for id in Self.oddIDs {
                for (method, target, code) in [
                    ("GET", "/v1/movies/\(id)", "movie_not_found"),
                    ("GET", "/v1/movies/\(id)/places", "movie_not_found"),
                    ("GET", "/v1/movies/\(StackSession.movie)/places/\(id)/sessions", "place_not_found"),
                    ("POST", "/v1/sessions/\(id)/book", "session_not_found"),
                    ("GET", "/v1/sessions/\(id)/seats", "session_not_found"),
                    ("POST", "/v1/bookings/\(id)/confirm", "booking_not_found"),
                    ("POST", "/v1/bookings/\(id)/cancel", "booking_not_found"),
                    ("GET", "/v1/bookings/\(id)", "booking_not_found"),
                ] {
                    try await Hostile(
                        what: "odd id", method: method, target: target, token: token, status: 404, codes: [code]
                    ).send(to: stack)
                }
            }
        }
    }

    private static let oddPaths = [
        "/", "/v1", "/v1/", "/v2/movies", "/v1/movies/", "/v1//movies", "//v1/movies", "/V1/MOVIES", "/v1/movie",
        "/v1/bookings/", "/v1/auth", "/v1/analytics", "/v1/movies/\(StackSession.movie)/",
        "/v1/movies/\(StackSession.movie)/seats", "/v1/movies;a=b", "/favicon.ico", "/.git/config", "/v1/.%2e/internal",
        "/v1/movies/%2e%2e", "/v1/movies/..", "/v1/./movies",
    ]

    private static let oddIDs = [
        "x", "mov_", "mov_0", "mov_-1", "mov_+1", "mov_01", "mov_1.0", "mov_9223372036854775808", "MOV_1", "mov-1",
        "mov_99999999999999999999999", "mov_%31", "mov_%D9%A1", "ses_0x1", "plc_1%20", "bkg_NaN", "null", "usr_1",
        "1'+OR+'1'='1", String(repeating: "9", count: 3000),
    ]

    @Test("an odd method is refused, with those that are not")
    func methods() async throws {
        try await Stack.withstand { stack in
            for (path, allowed) in Self.allowed {
                for method in ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] where !allowed.contains(method) {
                    let answer = try await stack.send(method, path, token: stack.token(user: 1))
                    try answer.expectRefusal(405, "method_not_allowed")
                    #expect(answer.header("allow") == allowed)
                }
                for method in ["TRACE", "CONNECT", "BREW", "get", "PROPFIND"] {
                    let answer = try await stack.send(method, path)
                    #expect([400, 405, 501].contains(answer.status) && answer.refusalFaults == [], "\(method) \(path)")
                }
            }
        }
    }

    private static let allowed = [
        ("/v1/auth/signup", "POST"), ("/v1/auth/signin", "POST"), ("/v1/movies", "GET, HEAD, POST"),
        ("/v1/movies/mov_1", "DELETE, GET, HEAD, PATCH"), ("/v1/movies/mov_1/places", "GET, HEAD"),
        ("/v1/movies/mov_1/places/plc_1/sessions", "GET, HEAD"), ("/v1/movies/mov_1/rate", "POST"),
        ("/v1/sessions/ses_1/book", "POST"), ("/v1/bookings/bkg_1/reserve", "POST"),
        ("/v1/sessions/ses_1/seats", "GET, HEAD"), ("/v1/bookings/bkg_1/confirm", "POST"),
        ("/v1/bookings/bkg_1/cancel", "POST"), ("/v1/bookings", "GET, HEAD"),
        ("/v1/analytics/track", "POST"),
    ]
}
