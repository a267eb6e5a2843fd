import Testing

@Suite struct CompressionTests {
    private static let long = "{\"text\":\"" + String(repeating: "abc ", count: 1000) + "\"}"

    @Test("a long answer is compressed for who accepts it, and its entity tag made weak")
    func compresses() throws {
        let gateway = try Gateway { _, _ in .ok(fields: "ETag: \"v1\"\r\n", body: Self.long) }
        let answer = try gateway.send("GET", "/v1/movies", fields: "Accept-Encoding: gzip\r\n")
        #expect(answer["content-encoding"] == "gzip")
        #expect(answer["etag"] == "W/\"v1\"")
        #expect(answer["vary"] == "Accept-Encoding")
        #expect(answer.body.count < 500)
        #expect(gateway.catalog.requests.first?["accept-encoding"] == nil)
        let plain = try gateway.send("GET", "/v1/movies")
        #expect(plain.text == Self.long)
        #expect(plain["etag"] == "\"v1\"")
        #expect(plain["vary"] == "Accept-Encoding")
    }

    @Test("a short answer is left alone")
    func leavesShortAlone() throws {
        let answer = try Gateway().send("GET", "/v1/movies", fields: "Accept-Encoding: gzip\r\n")
        #expect(answer["content-encoding"] == nil)
        #expect(answer.text == "{\"service\":\"catalog\"}")
    }

    @Test("the service decides about If-None-Match, which comes as it was sent")
    func passesConditions() throws {
        let gateway = try Gateway { _, _ in .raw("HTTP/1.1 304 Not Modified\r\nETag: \"v1\"\r\n\r\n") }
        let answer = try gateway.send(
            "GET", "/v1/movies", fields: "If-None-Match: W/\"v1\"\r\nAccept-Encoding: gzip\r\n")
        #expect(answer.status == 304)
        #expect(gateway.catalog.requests.first?["if-none-match"] == "W/\"v1\"")
    }
}
