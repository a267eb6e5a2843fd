import API
import Auth
import JSON
import Lifecycle
import TestSupport
import Testing

@Suite struct RouterTests {
    @Test("paths are compared as they were sent")
    func paths() async throws {
        try await ServiceUnderTest.run(ThingService.self) { service async throws in
            #expect(try await service.get("/v1/things/7").json["id"] == 7)
            #expect(try await service.get("/v1/things/7/parts/a%20b").json["both"] == "7 a%20b")
            for (path, id) in [("/v1/things/7.txt", "7"), ("/v1/things/a.b.txt", "a.b")] {
                #expect(String(decoding: try await service.get(path).body, as: UTF8.self) == id)
            }
            let unknown = [
                "/v1/things/.txt/parts", "/v1/things/7.txt/parts/8",
                "/", "/v1", "/v1/", "/v1/things/", "/v1//things", "/v1/things/7/", "/v1/things/7/parts",
                "/v1/things/7/parts/", "/V1/things", "/v1/thing%73", "/v1/things/7/parts/a/b", "/internal/v1/count",
                "/metrics", "/healthz",
            ]
            for path in unknown {
                let answer = try await service.get(path)
                #expect(answer.status == 404 && answer.codes == ["route_not_found"], "\(path)")
            }
        }
    }

    @Test("a wrong method is told which ones are right")
    func methods() async throws {
        try await ServiceUnderTest.run(ThingService.self) { service async throws in
            for (method, path, allowed) in [
                ("DELETE", "/v1/things", "GET, HEAD, POST"), ("POST", "/v1/things/7", "GET, HEAD"),
                ("GET", "/v1/notes", "POST"), ("OPTIONS", "/v1/things/7", "GET, HEAD"), ("PUT", "/v1/notes", "POST"),
            ] {
                let answer = try await service.send(method, path)
                #expect(answer.status == 405 && answer.codes == ["method_not_allowed"], "\(method) \(path)")
                #expect(answer.header("allow") == allowed)
            }
        }
    }

    @Test("checks come in the contract's order")
    func order() async throws {
        try await ServiceUnderTest.run(ThingService.self) { service async throws in
            let staff = service.token("usr_1", .staff)
            let large = String(repeating: "x", count: 70_000)
            let text = [("Content-Type", "text/html")]
            typealias Case = (String, String, String?, [(String, String)], String?, Int, String)
            let cases: [Case] = [
                ("PUT", "/v1/nowhere", nil, text, large, 404, "route_not_found"),
                ("PUT", "/v1/things", nil, text, large, 405, "method_not_allowed"),
                ("POST", "/v1/things", nil, text, large, 401, "token_missing"),
                ("POST", "/v1/things", "nonsense", text, large, 401, "token_invalid"),
                ("POST", "/v1/things", staff, text, large, 413, "body_too_large"),
                ("POST", "/v1/things", staff, text, "{", 415, "unsupported_media_type"),
                ("POST", "/v1/things", staff, [], "{", 400, "invalid_json"),
                ("POST", "/v1/things", staff, [], "[]", 422, "body_invalid"),
                ("POST", "/v1/things", staff, [], "{}", 422, "name_missing"),
                ("GET", "/v1/staff", service.token(), [], nil, 403, "forbidden"),
            ]
            for (method, path, token, headers, body, status, code) in cases {
                let answer = try await service.send(method, path, token: token, headers: headers, body: body)
                #expect(answer.status == status && answer.codes == [code], "\(method) \(path) \(status)")
            }
        }
    }

    @Test("roles include the ones before them")
    func roles() async throws {
        try await ServiceUnderTest.run(ThingService.self) { service async throws in
            for (role, status) in [(Role.customer, 403), (.staff, 200), (.admin, 200)] {
                #expect(try await service.get("/v1/staff", token: service.token("usr_1", role)).status == status)
            }
        }
    }

    @Test("a token where none is needed is ignored, and where it is welcome it must be good")
    func welcome() async throws {
        try await ServiceUnderTest.run(ThingService.self) { service async throws in
            #expect(try await service.get("/v1/things/7", token: "nonsense").status == 200)
            let nobody = try await service.post("/v1/notes", "{}")
            #expect(nobody.status == 200 && nobody.json["caller"] == .null)
            #expect(try await service.post("/v1/notes", "{}", token: service.token("usr_9")).json["caller"] == "usr_9")
            #expect(try await service.post("/v1/notes", "{}", token: "nonsense").codes == ["token_invalid"])
            let basic = [("Authorization", "Basic dXNlcjpwYXNz")]
            #expect(try await service.post("/v1/notes", "{}", headers: basic).codes == ["token_invalid"])
            let expired = service.token(lifetimeSeconds: 0)
            let answer = try await service.post("/v1/notes", "{}", token: expired)
            #expect(answer.codes == ["token_expired"])
            #expect(answer.header("www-authenticate")?.hasPrefix("Bearer") == true)
        }
    }

    @Test("a body that is not needed may be nothing, empty or an object, whatever its type says")
    func optionalBody() async throws {
        try await ServiceUnderTest.run(ThingService.self) { service async throws in
            let token = service.token()
            for (body, headers, status) in [
                (nil, [], 204), ("", [], 204), ("{}", [], 204), ("", [("Content-Type", "text/html")], 204),
                (#"{"more": 1}"#, [("Content-Type", "application/json; charset=utf-8")], 204), ("[]", [], 422),
                ("{", [], 400), ("{}", [("Content-Type", "text/html")], 415),
                ("{}", [("Content-Type", "application/json; charset=latin1")], 415),
                ("{}", [("Content-Type", "Application/JSON;x=y; charset=\"UTF-8\"")], 204),
            ] as [(String?, [(String, String)], Int)] {
                let answer = try await service.post("/v1/things/1/touch", body, token: token, headers: headers)
                #expect(answer.status == status, "\(body ?? "none") \(headers)")
                #expect(status != 204 || answer.body.isEmpty)
            }
            let bare = try await RawHTTP.send(
                "POST", "/v1/things/1/touch", port: service.running.publicAddress.port,
                headers: [("Authorization", "bearer \(token)")], body: Array("{}".utf8))
            #expect(bare.status == 204, "no Content-Type at all")
        }
    }

    @Test("text/plain is JSON where browsers must be able to send it, and nowhere else")
    func plainText() async throws {
        try await ServiceUnderTest.run(ThingService.self) { service async throws in
            let text = [("Content-Type", "text/plain;charset=UTF-8")]
            #expect(try await service.post("/v1/notes", "{}", headers: text).status == 200)
            #expect(try await service.post("/v1/things", "{}", token: service.token(), headers: text).status == 415)
        }
    }

    @Test("an error of ours says nothing of the inside")
    func internalError() async throws {
        try await ServiceUnderTest.run(ThingService.self) { service async throws in
            let broken = try await service.get("/v1/broken")
            #expect(broken.status == 500 && broken.codes == ["internal_error"])
            #expect(!String(decoding: broken.body, as: UTF8.self).contains("Broken"))
            let full = try await service.get("/v1/full-disk")
            #expect(full.status == 503 && full.header("retry-after") != nil)
        }
    }

    @Test("request id and trace come back, and are made when missing")
    func trace() async throws {
        try await ServiceUnderTest.run(ThingService.self) { service async throws in
            let parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
            let sent = try await service.send(
                "GET", "/v1/nowhere", headers: [("X-Request-Id", "abc-1"), ("traceparent", parent)])
            #expect(sent.header("x-request-id") == "abc-1")
            #expect(sent.header("traceparent")?.hasPrefix("00-0af7651916cd43dd8448eb211c80319c-") == true)
            #expect(try await service.get("/v1/things").header("x-request-id")?.isEmpty == false)
        }
    }

    @Test("the internal listener wants the services' credential, and shows health and metrics")
    func internalListener() async throws {
        try await ServiceUnderTest.run(ThingService.self) { service async throws in
            #expect(try await service.sendInternal("GET", "/internal/v1/count").json["count"] == 0)
            for bad in [nil, "", "wrong", service.token("usr_1", .admin), "a-credential-for-test"] {
                #expect(try await service.sendInternal("GET", "/internal/v1/count", credential: bad).status == 401)
            }
            #expect(try await service.sendInternal("GET", "/healthz", credential: nil).status == 200)
            #expect(try await service.sendInternal("GET", "/readyz", credential: nil).json["status"] == "ready")
            _ = try await service.get("/v1/things")
            let metrics = try await service.sendInternal("GET", "/metrics", credential: nil)
            let text = String(decoding: metrics.body, as: UTF8.self)
            #expect(
                text.contains(#"http_request_duration_seconds_count{method="GET",route="/v1/things",status="200"} 1"#))
        }
    }
}
