import TestSupport
import Testing

@Suite struct ErrorTests {
    /// A request as it goes over the wire, and the refusal that it earns.
    struct Case: CustomTestStringConvertible {
        let request: String, status: Int, code: String
        var testDescription: String { "\(request.prefix(40)) is a \(status) \(code)" }
    }

    @Test(
        "what the gateway itself refuses is refused in the format of the API",
        arguments: [
            Case(request: "GET /v1/movies HTTP/1.1\r\n\r\n", status: 400, code: "bad_request"),
            Case(request: "GET /v1/movies/%zz HTTP/1.1\r\nHost: a\r\n\r\n", status: 400, code: "bad_request"),
            Case(request: "GET /v1/movies/%00 HTTP/1.1\r\nHost: a\r\n\r\n", status: 400, code: "bad_request"),
            Case(request: "nonsense\r\n\r\n", status: 400, code: "bad_request"),
            Case(
                request:
                    "POST /v1/bookings HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}",
                status: 400, code: "bad_request"),
            Case(
                request: "POST /v1/bookings HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
                status: 400, code: "bad_request"),
            Case(request: "GET /v2 HTTP/1.1\r\nHost: a\r\n\r\n", status: 404, code: "route_not_found"),
            Case(request: "TRACE /v1/movies HTTP/1.1\r\nHost: a\r\n\r\n", status: 405, code: "method_not_allowed"),
            Case(
                request: "POST /v1/bookings HTTP/1.1\r\nHost: a\r\nContent-Length: 81921\r\n\r\n", status: 413,
                code: "body_too_large"),
            Case(
                request: "POST /v1/bookings HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n14001\r\n"
                    + String(repeating: "x", count: 81921) + "\r\n0\r\n\r\n",
                status: 413, code: "body_too_large"),
            Case(
                request: "GET /v1/movies?q=\(String(repeating: "x", count: 8192)) HTTP/1.1\r\nHost: a\r\n\r\n",
                status: 414, code: "uri_too_long"),
            Case(
                request: "GET /v1/movies HTTP/1.1\r\nHost: a\r\nX-A: \(String(repeating: "x", count: 8192))\r\n\r\n",
                status: 431, code: "headers_too_large"),
            Case(
                request: "POST /v1/bookings HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n", status: 501,
                code: "not_implemented"),
            Case(
                request: "GET /v1/movies HTTP/3.0\r\nHost: a\r\n\r\n", status: 505, code: "http_version_not_supported"),
        ])
    func refuses(_ example: Case) throws {
        let gateway = try Gateway()
        let answer = try gateway.send(raw: example.request)
        #expect(answer.status == example.status)
        #expect(answer.text.hasPrefix("{\"errors\":[{\"code\":\"\(example.code)\",\"message\":\""))
        #expect(answer.text.hasSuffix(".\"}]}"))
        #expect(answer.values("content-type") == ["application/json"])
        #expect(answer.values("x-request-id").count == 1)
        #expect(gateway.catalog.requests.isEmpty && gateway.booking.requests.isEmpty)
    }

    @Test("a method that is refused comes with those that are not, which are those that the path is described with")
    func allow() throws {
        var described: [(path: String, methods: [String])] = []
        for line in try readFile("\(checkoutPath)/Docs/openapi.v1.yaml").split(separator: "\n") {
            if let path = line.wholeMatch(of: #/  '?(/[^:']*)'?:/#)?.1 {
                described.append((String(path).replacing(#/\{[^}]*\}/#, with: "x_1"), []))
            } else if let method = line.wholeMatch(of: #/    (get|post|patch|put|delete):/#)?.1 {
                described[described.count - 1].methods += method == "get" ? ["GET", "HEAD"] : [method.uppercased()]
            }
        }
        #expect(described.count > 40)
        let gateway = try Gateway()
        for (path, methods) in described {
            #expect(try gateway.send("TRACE", path + "?a=b")["allow"] == methods.joined(separator: ", "), "\(path)")
        }
    }

    @Test("a service's own error passes through as it is")
    func passesThrough() throws {
        let body = "{\"errors\":[{\"code\":\"session_started\",\"message\":\"The session has started.\"}]}"
        let gateway = try Gateway { _, _ in
            .raw(
                "HTTP/1.1 409 Conflict\r\nContent-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
            )
        }
        let answer = try gateway.send("POST", "/v1/sessions/ses_1/book", body: "{}")
        #expect(answer.status == 409)
        #expect(answer.text == body)
    }

    @Test("a body of 80 KiB passes, for the service to judge, and a seat plan of 1 MiB")
    func atTheLimit() throws {
        let gateway = try Gateway()
        #expect(try gateway.send("POST", "/v1/bookings", body: String(repeating: "x", count: 81920)).status == 200)
        #expect(gateway.booking.requests.map(\.body.count) == [81920])
        let plan = String(repeating: "x", count: 1_048_576)
        #expect(try gateway.send("POST", "/v1/places/plc_1/rooms", body: plan).status == 200)
        #expect(try gateway.send("POST", "/v1/places/plc_1/rooms", body: plan + "x").status == 413)
        #expect(try gateway.send("PATCH", "/v1/places/plc_1/rooms/rom_1", body: plan).status == 200)
        #expect(try gateway.send("PATCH", "/v1/places/plc_1/rooms/rom_1", body: plan + "x").status == 413)
        #expect(gateway.catalog.requests.map(\.body.count) == [1_048_576, 1_048_576])
    }
}
