import JSON
import Testing

@Suite struct JSONWriterTests {
    private func written(_ body: (inout JSONWriter) -> Void) -> String {
        var json = JSONWriter()
        body(&json)
        return String(decoding: json.bytes, as: UTF8.self)
    }

    @Test("Commas stand between members and elements, and nowhere else")
    func commas() {
        let text = written { json in
            json.object { json in
                json.array("empty") { _ in }
                json.object("none") { _ in }
                json.array("movies") { json in
                    json.object { json in
                        json.field("id", 1)
                        json.field("title", "a")
                    }
                    json.object { json in json.field("id", 2) }
                    json.array { json in
                        json.element(1)
                        json.element([] as JSONValue)
                        json.element("b")
                    }
                }
                json.object("metadata") { json in
                    json.field("has_more", false)
                    json.field("end_cursor", String?.none)
                }
                json.field("last", true)
            }
        }
        #expect(
            text == #"{"empty":[],"none":{},"movies":[{"id":1,"title":"a"},{"id":2},[1,[],"b"]],"#
                + #""metadata":{"has_more":false,"end_cursor":null},"last":true}"#)
    }

    @Test(
        "Strings are escaped as RFC 8259 wants, and no further",
        arguments: [
            ("", #""""#), ("a\"b\\c", #""a\"b\\c""#), ("\u{8}\t\n\u{C}\r", #""\b\t\n\f\r""#),
            ("\0\u{1}\u{F}\u{10}\u{1F}", #""\u0000\u0001\u000f\u0010\u001f""#), ("</script>&'", #""</script>&'""#),
            ("\u{7F}\u{80}é€🎬\u{2028}", "\"\u{7F}\u{80}é€🎬\u{2028}\""), ("1234567\n", #""1234567\n""#),
            ("12345678\"2345678\\2345678", #""12345678\"2345678\\2345678""#), ("!#[] ^_", #""!#[] ^_""#),
        ])
    func escapes(text: String, expected: String) {
        #expect(written { $0.element(text) } == expected)
        #expect(written { $0.object { $0.field(named: text, text) } } == "{\(expected):\(expected)}")
    }

    @Test("Every byte that needs an escape is found at every offset", arguments: 0..<24)
    func escapeOffsets(offset: Int) {
        for byte in UInt8.min..<0x80 {
            let after = "0123456789".utf8.prefix(Int(byte) % 11)
            let text = String(repeating: "é", count: 12).utf8.prefix(offset / 2 * 2) + [byte] + after
            let plain = byte >= 0x20 && byte != 0x22 && byte != 0x5C
            let bytes = Array(written { $0.element(String(decoding: text, as: UTF8.self)) }.utf8)
            #expect((bytes.count == text.count + 2) == plain, "byte \(byte) at \(offset)")
        }
    }

    @Test(
        "Integers are written whole",
        arguments: [
            (0, "0"), (7, "7"), (-1, "-1"), (10, "10"), (99, "99"), (100, "100"), (1_234_567_890, "1234567890"),
            (Int64.max, "9223372036854775807"), (Int64.min, "-9223372036854775808"),
        ])
    func integers(value: Int64, expected: String) {
        #expect(written { $0.element(value) } == expected)
        #expect(written { $0.element(Int(value)) } == expected)
    }

    @Test(
        "Numbers take the shortest digits that read back",
        arguments: [
            (4.0, "4"), (3.85, "3.85"), (0.1, "0.1"), (-0.5, "-0.5"), (0, "0"), (-0.0, "0"), (1e15, "1000000000000000"),
            (1e22, "1e+22"), (1e-7, "1e-07"), (.leastNonzeroMagnitude, "5e-324"), (.infinity, "null"),
            (-.infinity, "null"), (.nan, "null"), (9_007_199_254_740_991, "9007199254740991"),
            (1.7976931348623157e308, "1.7976931348623157e+308"),
        ])
    func numbers(value: Double, expected: String) {
        #expect(written { $0.element(value) } == expected)
    }

    @Test("Of two decimals, too, they are the shortest digits")
    func decimals() {
        for hundredths in -20_000...20_000 {
            let value = Double(hundredths) / 100
            let shortest = value.description.hasSuffix(".0") ? "\(hundredths / 100)" : value.description
            #expect(written { $0.element(value) } == shortest)
        }
        for value in [123_456_789.12, 999_999_999.99, 1_000_000_000.01, 0.005, 1.005, 0.1 + 0.2, 2.675, 4.349_999_999] {
            #expect(written { $0.element(value) } == value.description)
            #expect(written { $0.element(-value) } == (-value).description)
        }
    }

    @Test("Text that needs no escape is written in place")
    func plain() {
        let text = written { json in
            json.array { json in
                for count in 0..<100 {
                    json.element(plain: count) { $0.append(repeating: UInt8(ascii: "x"), count: count / 2) }
                }
                json.element("ses", 0)
                json.element("s", 7_265_412_058_882_048)
                json.element("ses", .max)
            }
        }
        let plain = (0..<100).map { "\"\(String(repeating: "x", count: $0 / 2))\"" }.joined(separator: ",")
        #expect(text == "[\(plain),\"ses_0\",\"s_7265412058882048\",\"ses_18446744073709551615\"]")
    }

    @Test("What is absent is null")
    func optionals() {
        let text = written { json in
            json.object { json in
                json.field("a", Int?.none)
                json.field("b", Double?(1.5))
                json.field("c", utf8: nil)
                json.field("d", JSONValue?.none)
                json.field("e", Bool?(true))
            }
        }
        #expect(text == #"{"a":null,"b":1.5,"c":null,"d":null,"e":true}"#)
    }

    @Test(
        "Text that is not UTF-8 is repaired",
        arguments: [
            ([0x61], "a"), ([], ""), ([0xC3, 0xA9, 0x22], "é\\\""), ([0x61, 0xFF, 0x62], "a\u{FFFD}b"),
            ([0xC3], "\u{FFFD}"), ([0xED, 0xA0, 0x80, 0x0A], "\u{FFFD}\u{FFFD}\u{FFFD}\\n"),
        ] as [([UInt8], String)])
    func repair(bytes: [UInt8], expected: String) {
        bytes.withUnsafeBufferPointer { text in
            #expect(written { $0.element(utf8: text) } == "\"\(expected)\"")
            #expect(written { $0.object { $0.field("a", utf8: text) } } == "{\"a\":\"\(expected)\"}")
        }
    }

    @Test("JSON that is ready is written as it is")
    func raw() {
        let ready = Array(#"{"x":[1]}"#.utf8)
        let text = written { json in
            json.array { json in
                json.element(raw: ready)
                json.element(raw: ready)
                json.object { json in
                    json.field("a", raw: ready)
                    json.field("b", 1)
                }
            }
        }
        #expect(text == #"[{"x":[1]},{"x":[1]},{"a":{"x":[1]},"b":1}]"#)
    }

    @Test("A closure's error comes out as it is")
    func errors() {
        struct Stop: Error {}
        var json = JSONWriter()
        #expect(throws: Stop.self) { try json.object { _ throws(Stop) in throw Stop() } }
    }
}
