import JSON
import Testing

@Suite struct JSONParsingTests {
    private func parse(_ text: String) throws(JSONSyntaxError) -> JSONValue { try JSONValue(parsing: Array(text.utf8)) }

    private func reason(_ bytes: [UInt8]) -> JSONSyntaxError.Reason? {
        do throws(JSONSyntaxError) {
            _ = try JSONValue(parsing: bytes)
            return nil
        } catch {
            return error.reason
        }
    }

    @Test("Any value may stand at the top")
    func topLevel() throws {
        #expect(try parse("null") == .null)
        #expect(try parse(" true\n") == .bool(true))
        #expect(try parse("false") == .bool(false))
        #expect(try parse("-7") == .integer(-7))
        #expect(try parse("1.7976931348623157e308") == .number(.greatestFiniteMagnitude))
        #expect(try parse("2.0") == .number(2))
        #expect(try parse(#""a""#) == .string("a"))
        #expect(try parse("[1, [], {}]") == .array([.integer(1), .array([]), .object(JSONObject())]))
    }

    @Test("An object keeps its order, and the last of equal names wins")
    func objects() throws {
        let object = try #require(try parse(#"{"b": 1, "a": 2, "b": 3, "é": 4, "e\u0301": 5}"#).objectValue)
        #expect(object.members.map(\.name.utf8.count) == [1, 1, 2, 3])
        #expect(object["b"] == 3)
        #expect(object["a"] == 2)
        #expect(object["\u{E9}"] == 4)
        #expect(object["e\u{301}"] == 5)
        #expect(object["c"] == nil)
    }

    @Test(
        "Numbers keep their kind, and none is too large to be read",
        arguments: [
            ("9223372036854775807", JSONValue.integer(.max)), ("-9223372036854775808", .integer(.min)),
            ("9223372036854775808", .number(0x1p63)), ("-9223372036854775809", .number(-0x1p63)),
            ("123456789012345678901234567890", .number(1.2345678901234568e29)), ("1e2", .number(100)),
            ("1E400", .number(.infinity)), ("-1.5e+400", .number(-.infinity)), ("1e-400", .number(0)),
            ("0e999", .number(0)), ("1.7976931348623155e308", .number(.greatestFiniteMagnitude.nextDown)),
            (String(repeating: "9", count: 400), .number(.infinity)), ("0.1", .number(0.1)), ("-0", .integer(0)),
        ])
    func numbers(text: String, expected: JSONValue) throws {
        #expect(try parse(text) == expected)
        // A large one elsewhere must not make this one less exact.
        #expect(try parse("[1e999,\(text),18446744073709551616]") == [.number(.infinity), expected, .number(0x1p64)])
        #expect(try parse("[\"18446744073709551616\\\"1e999\"]") == ["18446744073709551616\"1e999"])
    }

    @Test(
        "Rewriting a large number makes nothing valid that is not",
        arguments: [
            "01e400", "-01e400", "1.e400", ".5e400", "-.5e400", "+1e400", "1e400e5", "1e400.5", "1e400 5", "1e400x",
            "1e",
            "99999999999999999999.", "99999999999999999999e", "99999999999999999999e+", "-99999999999999999999-",
            "--1e400",
            "00000000000000000000000", "Infinity", "-Infinity", "NaN", "0x10", "-",
        ])
    func malformedNumbers(text: String) {
        #expect(throws: JSONSyntaxError.self) { try parse(text) }
        #expect(throws: JSONSyntaxError.self) { try parse("[\(text), 1e999]") }
    }

    @Test("Strings keep U+0000 and every escape")
    func strings() throws {
        #expect(try parse(#""a\u0000b""#) == .string("a\0b"))
        #expect(try parse(#""\"\\\/\b\f\n\r\t\u00e9\uD83C\uDFAC""#) == .string("\"\\/\u{8}\u{C}\n\r\té🎬"))
    }

    @Test("A name that holds U+0000 is another name, and still holds a control character")
    func nullInName() throws {
        #expect(try parse(#"{"a\u0000" : 1, "a": "b\u0000"}"#) == .object(["a\u{1}": 1, "a": "b\0"]))
        #expect(try parse(#"{"\\u0000\u0000\u0000": 1}"#) == .object([#"\u0000"# + "\u{1}\u{1}": 1]))
        #expect(reason(Array(#"["a\u0000": 1]"#.utf8)) != nil)
        #expect(reason(Array(#"{"a\u0000: 1}"#.utf8)) != nil)
        #expect(reason(Array(#"{"a\u000": 1}"#.utf8)) != nil)
    }

    @Test(
        "What is not JSON is refused with its reason",
        arguments: [
            ("", JSONSyntaxError.Reason.empty), (" \t\r\n", .empty), ("{", .truncated), ("[1", .truncated),
            ("\"a", .truncated),
            ("{} x", .trailingContent), ("1 2", .trailingContent), ("[1,]", .malformed), ("{\"a\":1,}", .malformed),
            ("{a:1}", .malformed), ("'a'", .malformed), ("// a\n1", .malformed), ("nul", .malformed),
            ("TRUE", .malformed),
            ("\"\\x\"", .malformed), ("\"\n\"", .malformed), ("\"\\uD800\"", .malformed), ("\"\\uDC00\"", .malformed),
            ("\"\\uD800\\u0041\"", .malformed), ("\u{FEFF}{}", .byteOrderMark), ("]", .malformed),
        ])
    func malformed(text: String, expected: JSONSyntaxError.Reason) {
        #expect(reason(Array(text.utf8)) == expected)
    }

    @Test(
        "Broken UTF-8 is refused",
        arguments: [
            [0xFF], [0xC3], [0xC0, 0x80], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0x80],
            [0xF0, 0x9F, 0x8E],
        ] as [[UInt8]])
    func brokenUTF8(bytes: [UInt8]) {
        #expect(reason([0x22] + bytes + [0x22]) == .invalidUTF8)
        #expect(reason([0x22] + bytes + Array("\":1e999".utf8)) != nil)
    }

    @Test("A NUL byte ends nothing")
    func nulBytes() {
        #expect(reason([0x31, 0x00]) == .malformed)
        #expect(reason(Array("{}\0x".utf8)) == .malformed)
        #expect(reason([0x22, 0x61, 0x00, 0x22]) == .malformed)
        #expect(reason([0x00]) == .malformed)
    }

    @Test("64 levels are taken, 65 are refused, and a hostile depth costs nothing")
    func depth() throws {
        func nested(_ levels: Int, _ open: String, _ close: String) -> String {
            String(repeating: open, count: levels) + "1" + String(repeating: close, count: levels)
        }
        _ = try parse(nested(64, "[", "]"))
        _ = try parse(nested(64, "{\"a\":", "}"))
        #expect(reason(Array(nested(65, "[", "]").utf8)) == .tooDeep)
        #expect(reason(Array(nested(65, "{\"a\":", "}").utf8)) == .tooDeep)
        #expect(reason(Array(String(repeating: "[", count: 1_000_000).utf8)) == .tooDeep)
        _ = try parse("[\"\(String(repeating: "[", count: 100))\\\"[\"]")
    }

    @Test("A long text is gone over once: nothing in it has the rest looked through again and again")
    func work() {
        // The square of a million would take hours.
        let million = 1_000_000
        #expect(reason([UInt8](repeating: UInt8(ascii: "0"), count: million)) != nil)
        let nulls = "\"" + String(repeating: "\\u0000", count: million / 10) + "\""
        let space = String(repeating: " ", count: million)
        #expect(reason(Array("[\(nulls)\(space)]".utf8)) == nil)
        #expect(reason(Array("{\(nulls)\(space):1}".utf8)) == nil)
    }

    @Test("An error is where it is in the text that came, also behind numbers that were rewritten")
    func columnsOfRewritten() {
        let nines = String(repeating: "9", count: 400)
        for (text, line, column) in [
            ("[\(nines), 18446744073709551616, x]", 1, 426), ("[1e999,\n1e999, x]", 2, 8), ("[\n\(nines),\nx]", 3, 1),
        ] {
            let error = #expect(throws: JSONSyntaxError.self) { try parse(text) }
            #expect(error?.line == line && error?.column == column, "\(text.prefix(20)): \(error.debugDescription)")
        }
    }

    @Test("An error says where, and nothing of the text")
    func places() {
        do throws(JSONSyntaxError) {
            _ = try parse("{\n  \"é\": secret\n}")
            Issue.record("parsed")
        } catch {
            #expect(error.line == 2)
            #expect(error.column == 13)
            #expect(!error.description.contains("secret"))
        }
        let deep = String(repeating: "[\n", count: 64) + "  [é"
        #expect(throws: JSONSyntaxError(reason: .tooDeep, line: 65, column: 3)) { try parse(deep) }
    }
}
