import API
import Testing

@Suite struct QueryTests {
    @Test(
        "Names and values are decoded, in order",
        arguments: [
            (nil, []), ("", []), ("&&", []), ("a=b", [["a", "b"]]), ("a=b&c=d", [["a", "b"], ["c", "d"]]),
            ("a", [["a", ""]]), ("a=", [["a", ""]]), ("=b", [["", "b"]]), ("a=b=c", [["a", "b=c"]]),
            ("q=l%27%C3%A9t%c3%a9+d%2B", [["q", "l'été d+"]]), ("a%3D%26=%25", [["a=&", "%"]]),
            ("q=été", [["q", "été"]]),
            ("a?=/", [["a?", "/"]]), ("&a=1&&b=2&", [["a", "1"], ["b", "2"]]), ("a=1;b=2", [["a", "1;b=2"]]),
        ] as [(String?, [[String]])])
    func decoding(raw: String?, expected: [[String]]) throws {
        #expect(try Query(parsing: raw).parameters.map { [$0.name, $0.value] } == expected)
    }

    @Test("Of a repeated name the last counts, and all can be had")
    func repeated() throws {
        let query = try Query(parsing: "id=1&x=9&id=2&%69d=3")
        #expect(query["id"] == "3")
        #expect(query.all("id") == ["1", "2", "3"])
        #expect(query["y"] == nil)
        #expect(query.all("y").isEmpty)
    }

    @Test(
        "What cannot be decoded is refused",
        arguments: [
            "a=%", "a=%4", "a=%G1", "a=%1G", "%zz=1", "a=%%", "a=%+1", "a=%FF", "a=%C3", "a=%C0%80", "a=%ED%A0%80",
            "a=%00", "a=%0A", "a=%7F", "a=%C2%85", "%00=a", "a=\u{1}", "b=1&a=%",
        ])
    func refused(raw: String) {
        let fault = #expect(throws: Fault.self) { try Query(parsing: raw) }
        #expect(fault?.code == "invalid_query")
    }

    @Test("64 parameters are taken, 65 are not")
    func count() throws {
        let most = (0..<64).map { "p\($0)=\($0)" }.joined(separator: "&")
        #expect(try Query(parsing: most)["p63"] == "63")
        #expect(throws: Fault.self) { try Query(parsing: most + "&a=1") }
    }
}
