import API
import JSON
import Testing
import Time
import TypedID

enum FilmTag: IDTag {
    static let prefix: StaticString = "fil"
}

enum FilmSort: String, CaseIterable, Sendable {
    case rating
    case new
    case leavingSoon = "leaving_soon"
}

/// What reading one field must come to: a value or the code of the only fault; nil for an absent one.
private enum Outcome<Value: Equatable & Sendable>: Equatable, Sendable {
    case value(Value)
    case fault(String)
    case absent

    init(_ json: String, _ read: (inout Fields) -> Value?) throws {
        var fields = Fields(try JSONValue(parsing: Array(json.utf8)))
        let value = read(&fields)
        switch (value, fields.faults.first, fields.faults.count) {
        case (let value?, nil, _): self = .value(value)
        case (nil, let fault?, 1): self = .fault(fault.code)
        case (nil, nil, _): self = .absent
        default: throw Fault(code: "two", message: "A value beside a fault, or two faults: \(fields.faults)")
        }
    }
}

@Suite struct FieldsTests {
    @Test(
        "A bound of a range is a date, or a date and time",
        arguments: [
            (#"{"a": "2026-11-20"}"#, true), (#"{"a": "2026-11-20T18:30:00+01:00"}"#, true), (#"{"a": ""}"#, false),
            (#"{"a": "tomorrow"}"#, false),
        ])
    func bounds(json: String, good: Bool) throws {
        var fields = Fields(try JSONValue(parsing: Array(json.utf8)))
        #expect((fields.bound("a") != nil) == good)
        #expect(fields.faults.map(\.code) == (good ? [] : ["a_invalid"]))
    }

    @Test(
        "Text is NFC, of a bounded length in code points, without control characters",
        arguments: [
            (#"{"a": "abc"}"#, .value("abc")), (#"{"a": " ab "}"#, .value(" ab ")), (#"{}"#, .fault("a_missing")),
            (#"{"a": null}"#, .fault("a_missing")), (#"{"a": 1}"#, .fault("a_invalid")),
            (#"{"a": ["a"]}"#, .fault("a_invalid")), (#"{"a": "a"}"#, .fault("a_too_short")),
            (#"{"a": ""}"#, .fault("a_too_short")), (#"{"a": "abcdef"}"#, .fault("a_too_long")),
            (#"{"a": "a\u0000b"}"#, .fault("a_invalid")), (#"{"a": "a\nb"}"#, .fault("a_invalid")),
            (#"{"a": "a\u0085b"}"#, .fault("a_invalid")), (#"{"a": "👨‍👩‍👧"}"#, .value("👨‍👩‍👧")),
            (#"{"a": "👨‍👩‍👧‍👦"}"#, .fault("a_too_long")), (#"{"a": "abcd", "a": "no"}"#, .value("no")),
        ] as [(String, Outcome<String>)])
    fileprivate func text(json: String, expected: Outcome<String>) throws {
        #expect(try Outcome(json) { $0.text("a", 2...5) } == expected)
    }

    @Test("Text is composed before it is measured, and trimmed when asked")
    func textForms() throws {
        var fields = Fields(["a": "e\u{301}e\u{301}", "b": " \u{3000}x\n", "c": "  ", "d": "x\n\ty"])
        #expect(fields.text("a", 2...2).map { Array($0.utf8) } == Array("\u{E9}\u{E9}".utf8))
        #expect(fields.text("b", 1...1, trim: true) == "x")
        #expect(fields.text("d", 1...4, multiline: true) == "x\n\ty")
        #expect(fields.faults.isEmpty)
        #expect(fields.text("c", 1...2, trim: true) == nil)
        #expect(fields.faults.map(\.code) == ["c_too_short"])
    }

    @Test(
        "A whole number may be spelt as any JSON number that is one",
        arguments: [
            ("2", .value(2)), ("2.0", .value(2)), ("20e-1", .value(2)), ("2.5", .fault("a_invalid")),
            ("-0", .fault("a_out_of_range")), ("1", .value(1)), ("9007199254740993", .value(9_007_199_254_740_993)),
            ("0", .fault("a_out_of_range")), ("9007199254740994", .fault("a_out_of_range")),
            ("9223372036854775808", .fault("a_out_of_range")), ("1e300", .fault("a_out_of_range")),
            ("1e400", .fault("a_out_of_range")), ("-1e400", .fault("a_out_of_range")), ("true", .fault("a_invalid")),
            ("\"2\"", .fault("a_invalid")), ("null", .fault("a_missing")), ("[]", .fault("a_invalid")),
            ("1e-400", .fault("a_out_of_range")), ("0.1", .fault("a_invalid")),
        ] as [(String, Outcome<Int64>)])
    fileprivate func integer(json: String, expected: Outcome<Int64>) throws {
        #expect(try Outcome("{\"a\": \(json)}") { $0.integer("a", 1...9_007_199_254_740_993) } == expected)
    }

    @Test(
        "A number lies within its bounds, both included",
        arguments: [
            ("0", .value(0)), ("5", .value(5)), ("4.75", .value(4.75)), ("-0.0", .value(0)),
            ("5.000000000000001", .fault("a_out_of_range")), ("-0.1", .fault("a_out_of_range")),
            ("1e400", .fault("a_out_of_range")), ("123456789012345678901234567890", .fault("a_out_of_range")),
            ("false", .fault("a_invalid")), ("\"4\"", .fault("a_invalid")), ("{}", .fault("a_invalid")),
        ] as [(String, Outcome<Double>)])
    fileprivate func number(json: String, expected: Outcome<Double>) throws {
        let outcome = try Outcome("{\"a\": \(json)}") { $0.number("a", 0...5) }
        #expect(outcome == expected)
        if case .value(let value) = outcome { #expect(value.sign == .plus) }
    }

    @Test("Bools, choices, moments, IDs, lists and objects are only what they say")
    func others() throws {
        var fields = Fields([
            "yes": true, "sort": "leaving_soon", "at": "2026-11-20T19:30:00+01:00", "id": "fil_12", "ids": ["fil_1"],
            "map": ["b": 1, "a": nil],
        ])
        #expect(fields.bool("yes") == true)
        #expect(fields.choice("sort", of: FilmSort.self) == .leavingSoon)
        #expect(fields.timestamp("at") == Timestamp(rawValue: 1_795_199_400_000))
        #expect(fields.id("id", TypedID<FilmTag>.self) == TypedID(rawValue: 12))
        #expect(fields.list("ids", 1...1) == ["fil_1"])
        #expect(
            fields.list("ids", 1...1, of: "IDs") { $0.stringValue.flatMap(TypedID<FilmTag>.init) } == [
                TypedID(rawValue: 1)
            ])
        #expect(fields.object("map")?.members.map(\.name) == ["b", "a"])
        #expect(fields.faults.isEmpty)
    }

    @Test("What is optional may be absent or null, but not wrong")
    func optional() {
        var fields = Fields(["null": nil, "wrong": 1])
        #expect(fields.text("absent", 1...2, required: false) == nil)
        #expect(fields.integer("null", 1...2, required: false) == nil)
        #expect(fields.object("null", required: false) { $0.text("a", 1...2) } == nil)
        #expect(fields.faults.isEmpty)
        #expect(fields.text("wrong", 1...2, required: false) == nil)
        #expect(fields.faults.map(\.code) == ["wrong_invalid"])
    }

    @Test("A PATCH tells what is absent from what is null")
    func changes() {
        var fields = Fields(["poster": nil, "title": "b", "duration": nil, "wrong": 1])
        #expect(fields.change("poster", clearable: true) { $0.text($1, 1...9) } == .clear)
        #expect(fields.change("title") { $0.text($1, 1...9) } == .set("b"))
        #expect(fields.change("absent", clearable: true) { $0.text($1, 1...9) } == .keep)
        #expect(fields.faults.isEmpty)
        #expect(fields.change("duration") { $0.integer($1, 1...9) } == .keep)
        #expect(fields.change("wrong", clearable: true) { $0.text($1, 1...9) } == .keep)
        #expect(fields.faults.map(\.code) == ["duration_missing", "wrong_invalid"])
        #expect(Change.keep.applied(to: "a") == "a")
        #expect(Change.set("b").applied(to: "a") == "b")
        #expect(Change.clear.applied(to: String?("a")) == nil)
        #expect(Change.set("b").applied(to: String?.none) == "b")
    }

    @Test("A query's parameters are read by the same rules, numbers from their digits")
    func query() throws {
        var fields = Fields(
            try Query(
                parsing: "limit=20&min=2.5&airing=true&sort=new&q=e%CC%81&bad=5x&quoted=%225%22&empty=&huge=1e999"))
        #expect(fields.integer("limit", 1...100) == 20)
        #expect(fields.number("min", 0...5) == 2.5)
        #expect(fields.bool("airing") == true)
        #expect(fields.choice("sort", of: FilmSort.self) == .new)
        #expect(fields.text("q", 1...1) == "é")
        #expect(fields.text("limit", 1...3) == "20")
        #expect(fields.integer("absent", 1...100, required: false) == nil)
        #expect(fields.faults.isEmpty)
        _ = fields.integer("bad", 1...100)
        _ = fields.integer("quoted", 1...100)
        _ = fields.integer("empty", 1...100)
        _ = fields.integer("huge", 1...100)
        #expect(fields.faults.map(\.code) == ["bad_invalid", "quoted_invalid", "empty_invalid", "huge_out_of_range"])
    }
}
