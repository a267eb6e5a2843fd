import API
import JSON
import Testing
import Time
import TypedID

/// How the faults of a body are told.
@Suite struct FieldFaultTests {
    /// Wrong in every way that a reader knows.
    private static let faulty: JSONValue = [
        "short": "a", "long": "abcdefghi", "text": 1, "control": "\0", "whole": 1.5, "big": 101, "low": 0,
        "number": "1", "value": 6, "bool": 0, "sort": "New", "at": "tomorrow", "id": "xyz_1", "list": "a",
        "few": [],
        "many": [1, 2, 3], "mixed": ["a", 1], "map": [],
    ]

    @Test("Every fault of a body is reported at once, in a sentence that names field and rule")
    func messages() {
        var fields = Fields(Self.faulty)
        _ = fields.text("titles", 1...2)
        _ = fields.text("short", 8...128)
        _ = fields.text("long", 1...8)
        _ = fields.text("text", 1...8)
        _ = fields.text("control", 1...8)
        readNumbers(of: &fields)
        _ = fields.bool("bool")
        _ = fields.choice("sort", of: FilmSort.self)
        _ = fields.timestamp("at")
        _ = fields.id("id", TypedID<FilmTag>.self)
        _ = fields.list("list", 1...2)
        _ = fields.list("few", 1...2)
        _ = fields.list("many", 1...2)
        _ = fields.list("mixed", 1...2, of: "texts") { $0.stringValue }
        _ = fields.object("map")
        fields.refuse("password_common", "The password is too common.")
        #expect(fields.faults.map { "\($0.code): \($0.message)" } == Self.sentences)
    }

    private func readNumbers(of fields: inout Fields) {
        _ = fields.integer("whole", 1...100)
        _ = fields.integer("big", 1...100)
        _ = fields.integer("low", 1...Int64.max)
        _ = fields.number("number", 0...5)
        _ = fields.number("value", 0...5)
    }

    /// As right for `titles` as for `title`.
    private static let sentences = [
        "titles_missing: The titles must be given.",
        "short_too_short: The short must have 8 characters or more.",
        "long_too_long: The long must have 8 characters at most.",
        "text_invalid: The text must be text.",
        "control_invalid: The control must not contain control characters.",
        "whole_invalid: The whole must be a whole number.",
        "big_out_of_range: The big must be from 1 to 100.",
        "low_out_of_range: The low must be 1 or more.",
        "number_invalid: The number must be a number.",
        "value_out_of_range: The value must be from 0 to 5.",
        "bool_invalid: The bool must be true or false.",
        "sort_invalid: The sort must be rating, new or leaving_soon.",
        "at_invalid: The at must be a date and time, such as 2026-11-20T18:30:00Z.",
        "id_invalid: The id must be an ID that begins with fil_.",
        "list_invalid: The list must be a list.",
        "few_too_short: The few must have 1 element or more.",
        "many_too_long: The many must have 2 elements at most.",
        "mixed_invalid: The mixed must have nothing but texts.",
        "map_invalid: The map must be an object.",
        "password_common: The password is too common.",
    ]

    @Test("A body that is not an object has that one fault", arguments: [nil, 1, "a", [], true] as [JSONValue])
    func notAnObject(body: JSONValue) {
        var fields = Fields(body)
        #expect(fields.text("a", 1...2) == nil)
        #expect(fields.object("b") { $0.text("c", 1...2) } == nil)
        #expect(fields.faults == [Fault(code: "body_invalid", message: "The body must be a JSON object.")])
    }

    @Test("Faults inside of objects and lists name the way to them")
    func nesting() {
        var fields = Fields([
            "page": ["path": 1], "seats": [["row": "A"], ["row": ""], 3], "good": [["row": "A"], ["row": "B"]],
            "flat": "a",
        ])
        let page: String? = fields.object("page") { page in
            _ = page.object("query") { $0.text("a", 1...2) }
            return page.text("path", 1...9)
        }
        #expect(page == nil)
        #expect(fields.objects("seats", 1...9) { $0.text("row", 1...3) } == nil)
        #expect(fields.objects("good", 1...9) { $0.text("row", 1...3) } == ["A", "B"])
        #expect(fields.object("flat") { $0.text("row", 1...3) } == nil)
        #expect(
            fields.faults.map { "\($0.code): \($0.message)" } == [
                "page_query_missing: The page.query must be given.",
                "page_path_invalid: The page.path must be text.",
                "seats_row_too_short: The seats[1].row must have 1 character or more.",
                "seats_invalid: The seats[2] must be an object.",
                "flat_invalid: The flat must be an object.",
            ])
    }

    @Test("A hostile list does not make an answer of its own size")
    func boundedFaults() {
        var fields = Fields(["seats": .array(Array(repeating: [:], count: 5000))])
        #expect(fields.objects("seats", 1...10_000) { $0.text("row", 1...3) } == nil)
        #expect(fields.faults.count == Fields.maximumFaults)
    }
}
