import CJansson
import JSON
import Testing

/// SplitMix64: the same values for the same seed, on every machine.
private struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func value(depth: Int) -> JSONValue {
        switch Int.random(in: 0..<(depth > 0 ? 8 : 6), using: &self) {
        case 0: return .null
        case 1: return .bool(Bool.random(using: &self))
        case 2: return .integer(Int64(bitPattern: next()) >> Int64.random(in: 0..<64, using: &self))
        case 3: return .number(number())
        case 4, 5: return .string(text())
        case 6: return .array((0..<Int.random(in: 0..<6, using: &self)).map { _ in value(depth: depth - 1) })
        default:
            var object = JSONObject()
            for _ in 0..<Int.random(in: 0..<6, using: &self) {
                object[text().filter { $0 != "\0" }] = value(depth: depth - 1)
            }
            return .object(object)
        }
    }

    private mutating func number() -> Double {
        let value = Double(bitPattern: next())
        return value.isFinite ? value : Double(Int32(truncatingIfNeeded: next())) / 100
    }

    private mutating func text() -> String {
        let ranges: [ClosedRange<UInt32>] = [0...0x7F, 0x20...0x7E, 0x80...0x7FF, 0x800...0xD7FF, 0xE000...0x10FFFF]
        var text = String.UnicodeScalarView()
        for _ in 0..<Int.random(in: 0..<40, using: &self) {
            let range = ranges[Int.random(in: 0..<ranges.count, using: &self)]
            if let scalar = Unicode.Scalar(UInt32.random(in: range, using: &self)) { text.append(scalar) }
        }
        return String(text)
    }
}

/// The value as libjansson makes it, without any text in between.
private func tree(_ value: JSONValue) -> UnsafeMutablePointer<json_t>? {
    switch value {
    case .null: return json_null()
    case .bool(let value): return value ? json_true() : json_false()
    case .integer(let value): return json_integer(json_int_t(value))
    case .number(let value):
        guard value.magnitude < 0x1p53, let integer = Int64(exactly: value) else { return json_real(value) }
        return json_integer(json_int_t(integer))
    case .string(let value): return value.withCString { json_stringn($0, value.utf8.count) }
    case .array(let elements):
        let array = json_array()
        for element in elements { json_array_append_new(array, tree(element)) }
        return array
    case .object(let value):
        let object = json_object()
        for member in value.members {
            _ = member.name.withCString { json_object_setn_new(object, $0, member.name.utf8.count, tree(member.value)) }
        }
        return object
    }
}

@Suite struct JSONRoundTripTests {
    @Test("Whatever is written is what libjansson reads, and reads back as it was")
    func roundTrip() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var generator = SeededGenerator(seed: seed)
        for round in 0..<2000 {
            let value = generator.value(depth: 4)
            var json = JSONWriter()
            json.element(value)
            let text = json.bytes

            let expected = tree(value)
            let read = text.withUnsafeBytes { bytes in
                json_loadb(
                    bytes.baseAddress?.assumingMemoryBound(to: CChar.self), bytes.count,
                    Int(JSON_DECODE_ANY | JSON_ALLOW_NUL | JSON_REJECT_DUPLICATES), nil)
            }
            defer {
                json_decref(expected)
                json_decref(read)
            }
            try #require(json_equal(expected, read) == 1, "seed \(seed), round \(round)")

            var again = JSONWriter()
            again.element(try JSONValue(parsing: text))
            try #require(again.bytes == text, "seed \(seed), round \(round)")
        }
    }

    @Test("A text cut short or with a byte changed is refused or read, and never traps")
    func damage() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var generator = SeededGenerator(seed: seed)
        for round in 0..<500 {
            var json = JSONWriter()
            json.array { json in json.element(generator.value(depth: 3)) }
            var text = json.bytes
            let cut = Int.random(in: 0..<text.count, using: &generator)
            #expect(throws: JSONSyntaxError.self, "seed \(seed), round \(round)") {
                try JSONValue(parsing: Array(text.prefix(cut)))
            }
            text[cut] = UInt8.random(in: 0...255, using: &generator)
            guard let value = try? JSONValue(parsing: text) else { continue }
            var again = JSONWriter()
            again.element(value)
            #expect(throws: Never.self, "seed \(seed), round \(round)") { try JSONValue(parsing: again.bytes) }
        }
    }
}
