import TestSupport
import Testing

@Suite struct FailingServiceTests {
    @Test("a service that is away is a 503 that says when to come back")
    func away() throws {
        let gateway = try Gateway()
        gateway.booking.stop()
        let answer = try gateway.send("GET", "/v1/bookings")
        #expect(answer.status == 503)
        #expect(answer.text.contains("\"service_unavailable\""))
        #expect(answer["retry-after"] == "1")
        #expect(try gateway.send("GET", "/v1/movies").status == 200)
    }

    @Test("a service that hangs is a 504 that says when to come back")
    func hangs() throws {
        let gateway = try Gateway { _, _ in .silence }
        let answer = try gateway.send("GET", "/v1/movies")
        #expect(answer.status == 504)
        #expect(answer.text.contains("\"gateway_timeout\""))
        #expect(answer["retry-after"] == "1")
        #expect(gateway.catalog.requests.count == 1)
    }

    @Test("a service whose answer cannot be read is a 503")
    func unreadable() throws {
        let gateway = try Gateway { _, _ in .ok(fields: "X-A: \(String(repeating: "x", count: 8192))\r\n", body: "{}") }
        #expect(try gateway.send("POST", "/v1/bookings", body: "{}").status == 503)
        #expect(gateway.booking.requests.count == 1)
    }

    @Test("a POST or PATCH whose service dies under it is not sent again", arguments: ["POST", "PATCH"])
    func neverTwice(method: String) throws {
        let gateway = try Gateway { _, _ in .cut }
        let answer = try gateway.send(method, "/v1/bookings", body: "{}")
        #expect(answer.status == 503)
        #expect(answer["retry-after"] == "1")
        #expect(gateway.booking.requests.count == 1)
    }

    @Test("nor is it on a kept connection that turns out to be dead")
    func neverTwiceOnKeptConnection() throws {
        let gateway = try Gateway { _, earlier in earlier == 0 ? .ok(body: "{}") : .cut }
        var connection = try gateway.connect()
        let request = Array("POST /v1/bookings HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}".utf8)
        connection.socket.send(request)
        #expect(connection.next()?.status == 200)
        connection.socket.send(request)
        #expect(connection.next()?.status == 503)
        #expect(gateway.booking.requests.count == 2)
    }

    @Test("a GET on a kept connection that turns out to be dead is sent again on a new one")
    func getIsSentAgain() throws {
        let gateway = try Gateway { _, earlier in earlier == 0 ? .ok(body: "{}") : .cut }
        var connection = try gateway.connect()
        let request = Array("GET /v1/bookings HTTP/1.1\r\nHost: a\r\n\r\n".utf8)
        connection.socket.send(request)
        #expect(connection.next()?.status == 200)
        connection.socket.send(request)
        #expect(connection.next()?.status == 200)
        #expect(gateway.booking.requests.count == 3)
    }
}
