import Glibc
import JSON
import Lifecycle
import TestSupport
import Testing

/// What stays inside, and who is kept apart from whom.
@Suite struct BoundaryTests {
    @Test("no internal route is reached through the gateway, however it is spelt")
    func internalRoutes() async throws {
        try await Stack.run { stack in
            let credential = [("Authorization", "Bearer \(Stack.credential)")]
            let paths = ["jwks.json", "sessions?ids=ses_1", "sessions/ses_1"].flatMap { route in
                [
                    "/internal/v1/\(route)", "//internal/v1/\(route)", "/v1/../internal/v1/\(route)",
                    "/v1/movies/../../internal/v1/\(route)", "/%69nternal/v1/\(route)", "/internal%2fv1/\(route)",
                    "/v1/movies/%2e%2e/%2e%2e/internal/v1/\(route)", "/Internal/v1/\(route)",
                    "/v1/internal/v1/\(route)",
                    "/.well-known/../internal/v1/\(route)", "/v1/auth/../../internal/v1/\(route)",
                ]
            }
            for method in ["PUT", "POST", "DELETE"] {
                let path = "/internal/v1/sessions/\(StackSession.id(1))"
                #expect(try await stack.send(method, path, headers: credential).codes == ["route_not_found"])
            }
            for path in paths + ["/metrics", "/readyz", "/v1/../metrics", "/v1/movies/../../readyz"] {
                let answer = try await stack.send("GET", path, headers: credential)
                #expect([400, 404].contains(answer.status) && answer.refusalFaults == [], "\(path): \(answer.status)")
            }
            for service in stack.services {
                let direct = try await RawHTTP.send(
                    "GET", "/internal/v1/jwks.json", host: service.publicAddress.host, port: service.publicAddress.port,
                    headers: credential)
                #expect(direct.status == 404, "\(service.name)")
                #expect(try await service.ask("/readyz").status == 200)
            }
        }
    }

    @Test("only their owner may read the databases and what stands beside them")
    func fileModes() async throws {
        try await Stack.run { stack in
            _ = try await stack.get("/v1/bookings", token: stack.token(user: 1))
            var looked: [String] = []
            for service in stack.services {
                for suffix in ["", "-wal", "-shm", ".jwks.json"] {
                    var status = stat()
                    guard stat(service.databasePath + suffix, &status) == 0 else { continue }
                    looked.append(service.name + suffix)
                    #expect(status.st_mode & 0o777 == 0o600, "\(service.name)\(suffix)")
                }
            }
            #expect(looked.count == 15)
        }
    }

    @Test("clients that send half a request hold up nobody, and are answered once they go on")
    func slowSenders() async throws {
        try await Stack.run { stack in
            let event = #"{"tracking_id":"slow","type":"page_exit","page":{"scheme":"s","path":"/","query":{}}}"#
            let whole = RawHTTP.request(
                "POST", "/v1/analytics/track", host: "a",
                headers: [("Content-Type", "application/json"), ("Connection", "close")], body: Array(event.utf8))
            let doors = [stack.gateway] + stack.services.map(\.publicAddress)
            var slow: [(TCPConnection, rest: [UInt8])] = []
            for door in doors {
                for cut in 0..<60 {
                    let connection = try TCPConnection(host: door.host, port: door.port)
                    let sent = whole.count * (cut + 1) / 62
                    connection.send(Array(whole[..<sent]))
                    slow.append((connection, Array(whole[sent...])))
                }
            }
            #expect(try await stack.get("/v1/movies?limit=1").status == 200)
            #expect(try await stack.get("/v1/bookings", token: stack.token(user: 1)).status == 200)
            #expect(try await stack.get("/v1/auth/me", token: stack.token(user: 100_000_000_000_001)).status == 200)
            #expect(try await stack.post("/v1/analytics/track", event).status == 204)
            // Those at the gateway, whatever they were in the middle of.
            for (connection, rest) in slow.prefix(60) {
                connection.send(rest)
                #expect(String(decoding: try connection.receive(), as: UTF8.self).hasPrefix("HTTP/1.1 204 "))
            }
        }
    }

    @Test("a request's id is found in its answer, in the gateway's log, and in that of the service it failed in")
    func requestID() async throws {
        try await Stack.run(fixtures: ["catalog": StackSession.rows(allocations: [5])]) { stack in
            try await stack["catalog"].kill()
            let answer = try await stack.post(
                "/v1/sessions/\(StackSession.id(1))/book", token: stack.token(user: 1),
                headers: [("X-Request-Id", "the-one-that-fails")])
            try answer.expectRefusal(503, "service_unavailable")
            #expect(answer.header("x-request-id") == "the-one-that-fails")
            #expect(stack["booking"].log.contains(#""request_id":"the-one-that-fails""#))
            // Written at intervals.
            var lines: [Substring] = []
            for _ in 0..<500 where lines.isEmpty {
                try await Task.sleep(for: .milliseconds(20))
                lines = stack.gatewayLog.split(separator: "\n").filter {
                    $0.contains(#""request_id":"the-one-that-fails""#)
                }
            }
            #expect(lines.count == 1 && lines.allSatisfy { $0.contains(#""status":503"#) })
            let own = try await stack.get("/v1/movies").header("x-request-id")
            #expect(own?.isEmpty == false)
        }
    }
}
