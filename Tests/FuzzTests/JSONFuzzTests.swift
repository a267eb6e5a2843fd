import JSON
import Testing

@Suite struct JSONFuzzTests {
    private static let corpus = [
        #"{"seats":2,"ids":["sea_1","sea_2"],"note":null,"a":{"b":[true,false,-0.5e+10]}}"#, "0", "-0.0", "[]", "{}",
        "\"\"",
        #"["\u0000","\ud83d\ude00","\\\"\/\b\f\n\r\t","é\u00e9"]"#, #"{"\u0000":1,"a\u0000":{"":2},"a":1,"a":2}"#,
        "[9223372036854775807,9223372036854775808,-9223372036854775808,-9223372036854775809,1e308,1e309,1e-400]",
        String(repeating: "[", count: 64) + String(repeating: "]", count: 64), " \t\r\n[ 1 , 2 ]\n", "tru", "nul",
        "\"\u{1}\"",
        #"{"sessions":[{"movie":"mov_1","starts_at":"2026-11-23T20:30","price":{"amount":1250,"currency":"EUR"}}]}"#,
    ].map { Array($0.utf8) }

    @Test("a text is read exactly where RFC 8259 calls it JSON, and what was read is written and read again as it was")
    func texts() async throws {
        try await Fuzz(name: "JSON", corpus: Self.corpus).run { input in
            var grammar = JSONGrammar(rest: input[...])
            let isJSON = grammar.accepts()
            let value: JSONValue
            do throws(JSONSyntaxError) {
                value = try JSONValue(parsing: input)
            } catch {
                let lines = input.count { $0 == 0x0A } + 1
                guard error.line >= 1, error.line <= lines, error.column >= 1, error.column <= input.count + 1 else {
                    return "the fault is at \(error.line):\(error.column)"
                }
                return isJSON ? "refused: \(error)" : nil
            }
            guard isJSON else { return "taken" }
            var written = JSONWriter()
            written.element(value)
            guard let again = try? JSONValue(parsing: written.bytes) else { return "what was written is not read" }
            var rewritten = JSONWriter()
            rewritten.element(again)
            return rewritten.bytes == written.bytes ? nil : "not the same when it is read again"
        }
    }
}

/// RFC 8259 in its own words, and our depth: says whether a text is JSON, and nothing more.
private struct JSONGrammar {
    var rest: ArraySlice<UInt8>

    mutating func accepts() -> Bool {
        guard String(validating: rest, as: UTF8.self) != nil, value(depth: 0) else { return false }
        return rest.isEmpty
    }

    private mutating func value(depth: Int) -> Bool {
        space()
        defer { space() }
        switch rest.first {
        case UInt8(ascii: "{"):
            return depth < 64 && list("}") { $0.string() && $0.after(":") && $0.value(depth: depth + 1) }
        case UInt8(ascii: "["): return depth < 64 && list("]") { $0.value(depth: depth + 1) }
        case UInt8(ascii: "\""): return string()
        case UInt8(ascii: "t"): return word("true")
        case UInt8(ascii: "f"): return word("false")
        case UInt8(ascii: "n"): return word("null")
        default: return number()
        }
    }

    private mutating func list(_ end: Unicode.Scalar, _ item: (inout JSONGrammar) -> Bool) -> Bool {
        rest.removeFirst()
        space()
        if skip(end) { return true }
        repeat {
            space()
            guard item(&self) else { return false }
            space()
        } while skip(",")
        return skip(end)
    }

    private mutating func after(_ sign: Unicode.Scalar) -> Bool {
        space()
        return skip(sign)
    }

    private mutating func string() -> Bool {
        guard skip("\"") else { return false }
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "\""): return true
            case UInt8(ascii: "\\"):
                if skip("u") {
                    guard surrogatesMatch() else { return false }
                } else if rest.popFirst().map({ "\"\\/bfnrt".utf8.contains($0) }) != true {
                    return false
                }
            case 0..<0x20: return false
            default: break
            }
        }
        return false
    }

    /// A text is Unicode: a half of a pair without its other is none.
    private mutating func surrogatesMatch() -> Bool {
        guard let first = hex() else { return false }
        guard (0xD800..<0xE000).contains(first) else { return true }
        guard first < 0xDC00, skip("\\"), skip("u"), let second = hex() else { return false }
        return (0xDC00..<0xE000).contains(second)
    }

    private mutating func hex() -> Int? {
        let digits = rest.prefix(4)
        rest = rest.dropFirst(4)
        guard digits.count == 4, digits.allSatisfy({ "0123456789abcdefABCDEF".utf8.contains($0) }) else { return nil }
        return Int(String(decoding: digits, as: UTF8.self), radix: 16)
    }

    private mutating func number() -> Bool {
        _ = skip("-")
        guard skip("0") || digits() else { return false }
        if skip("."), !digits() { return false }
        if skip("e") || skip("E") {
            if !skip("+") { _ = skip("-") }
            return digits()
        }
        return true
    }

    private mutating func digits() -> Bool {
        let found = rest.prefix { (48...57).contains($0) }
        rest = rest[found.endIndex...]
        return !found.isEmpty
    }

    private mutating func word(_ word: String) -> Bool {
        guard rest.starts(with: word.utf8) else { return false }
        rest = rest.dropFirst(word.utf8.count)
        return true
    }

    private mutating func space() { rest = rest.drop { [0x20, 0x09, 0x0A, 0x0D].contains($0) } }

    private mutating func skip(_ sign: Unicode.Scalar) -> Bool {
        guard rest.first == UInt8(ascii: sign) else { return false }
        rest.removeFirst()
        return true
    }
}
