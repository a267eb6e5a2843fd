import TestSupport
import Testing

@Suite struct RoutingTests {
    @Test(
        "every route reaches the service that owns it, as it was sent",
        arguments: [
            ("identity", "/v1/auth/signup"), ("identity", "/v1/auth/me"), ("identity", "/v1/users?email=a%40b.c"),
            ("identity", "/v1/users/usr_1"), ("identity", "/.well-known/jwks.json"),
            ("catalog", "/v1/movies?sort=new&limit=5"), ("catalog", "/v1/movies/mov_1/places/plc_1/sessions"),
            ("catalog", "/v1/places/plc_1/rooms"), ("catalog", "/v1/people?q=%C3%A9"), ("catalog", "/v1/sessions"),
            ("catalog", "/v1/sessions/ses_1"), ("catalog", "/v1/movies/a%2Fb%20c"), ("catalog", "/v1/movies/"),
            ("catalog", "/v1/movies//x"), ("catalog", "/v1/movies/./x"),
            ("booking", "/v1/sessions/ses_1/book"), ("booking", "/v1/sessions/ses_1/seats"),
            ("booking", "/v1/sessions/ses_1/door"), ("booking", "/v1/sessions/ses_1/door/conflicts?limit=5"),
            ("booking", "/v1/check-ins"), ("booking", "/v1/check-ins/offline"), ("catalog", "/v1/sessions/ses_1/doors"),
            ("booking", "/v1/bookings"), ("booking", "/v1/bookings/bkg_1/tickets/tkt_1/reissue"),
            ("booking", "/v1/bookings/bkg_1/reserve"), ("analytics", "/v1/analytics/track"),
        ])
    func reaches(service: String, target: String) throws {
        let gateway = try Gateway()
        let answer = try gateway.send("GET", target)
        #expect(answer.status == 200)
        #expect(answer.text == "{\"service\":\"\(service)\"}")
        let services = [gateway.identity, gateway.catalog, gateway.booking, gateway.analytics]
        #expect(services.flatMap(\.requests).map(\.target) == [target])
    }

    @Test(
        "nothing else reaches a service, least of all its inside",
        arguments: [
            "/", "/v1", "/v1/", "//v1/movies", "/v1//movies", "/v1/moviesx", "/v2/movies", "/v1/analytics", "/metrics",
            "/readyz", "/internal/v1/sessions/ses_1", "/internal/../internal/v1/x", "/v1/movies/../../internal/v1/x",
            "/problem", "/nginx.conf",
        ])
    func isUnknown(target: String) throws {
        let gateway = try Gateway()
        let answer = try gateway.send("GET", target)
        #expect(answer.status == 404)
        #expect(answer.text.hasPrefix("{\"errors\":[{\"code\":\"route_not_found\",\"message\":\""))
        let services = [gateway.identity, gateway.catalog, gateway.booking, gateway.analytics]
        #expect(services.flatMap(\.requests).count == 0)
    }

    @Test(
        "methods pass, so that the service can say which ones it allows",
        arguments: ["PUT", "PATCH", "DELETE", "OPTIONS", "QUERY"])
    func passes(method: String) throws {
        let gateway = try Gateway()
        #expect(try gateway.send(method, "/v1/movies", body: "{}").status == 200)
        #expect(gateway.catalog.requests.map(\.method) == [method])
    }

    @Test("HEAD is passed on as HEAD and answered without a body")
    func head() throws {
        let gateway = try Gateway()
        var connection = try gateway.connect()
        let get = "GET /v1/movies HTTP/1.1\r\nHost: a\r\n\r\n"
        connection.socket.send(Array(("HEAD" + get.dropFirst(3) + get).utf8))
        let first = connection.next(bodiless: true)
        #expect(first?["content-length"] == "21")
        // What follows on the connection is the next answer, not a body.
        #expect(connection.next()?.text == "{\"service\":\"catalog\"}")
        #expect(gateway.catalog.requests.map(\.method) == ["HEAD", "GET"])
    }

    @Test("the gateway answers for its own health")
    func health() throws {
        let answer = try Gateway().send("GET", "/healthz")
        #expect(answer.status == 200)
        #expect(answer.text == "{\"status\":\"ok\"}")
    }
}
