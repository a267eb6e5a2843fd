import PDF
import TestSupport
import Testing
import Time

@Suite("A PDF document refuses")
struct LimitTests {
    @Test("to begin without its fonts")
    func noFont() throws {
        #expect(throws: PDFError.fontUnusable(path: "/nowhere/DejaVuSans.ttf")) {
            try Typefaces(directory: "/nowhere")
        }
        let broken = temporaryPath("DejaVuSans.ttf")
        try writeFile(broken, Array("not a font at all, but long enough to be looked at".utf8))
        #expect(throws: PDFError.fontUnusable(path: broken)) {
            try Typefaces(directory: String(broken.dropLast("/DejaVuSans.ttf".count)))
        }
    }

    @Test("pages, marks and bytes beyond its limits, and stays refused")
    func limits() throws {
        var limits = PDFDocument.Limits()
        limits.pages = 2
        let pages = try document(limits: limits)
        _ = try pages.addPage(width: 100, height: 100)
        _ = try pages.addPage(width: 100, height: 100)
        #expect(throws: PDFError.tooManyPages(limit: 2)) { try pages.addPage(width: 100, height: 100) }
        #expect(throws: PDFError.tooManyPages(limit: 2)) { try pages.finish() }

        limits.marks = 3
        let marks = try document(limits: limits).addPage(width: 100, height: 100)
        let square = Rectangle(x: 0, y: 0, width: 1, height: 1)
        try marks.fill([square, square])
        #expect(throws: PDFError.tooManyMarks(limit: 3)) { try marks.fill([square, square]) }

        limits.bytes = 100
        let bytes = try document(limits: limits)
        _ = try bytes.addPage(width: 100, height: 100)
        #expect(throws: PDFError.tooLarge(limit: 100)) { try bytes.finish() }
    }

    @Test("measures that no page has, and text without end")
    func measures() throws {
        let document = try document()
        for side in [0, -1, 20_000, Double.nan, .infinity] {
            #expect(throws: PDFError.invalidMeasure) { try document.addPage(width: side, height: 100) }
        }
        let page = try document.addPage(width: 100, height: 100)
        for number in [-20_000, Double.nan, .infinity] {
            #expect(throws: PDFError.invalidMeasure) {
                try page.text("a", at: Point(x: number, y: 0), TextStyle(size: 10))
            }
            #expect(throws: PDFError.invalidMeasure) {
                try page.text("a", at: Point(x: 0, y: 0), TextStyle(size: number))
            }
            #expect(throws: PDFError.invalidMeasure) {
                try page.fill([Rectangle(x: 0, y: 0, width: number, height: 1)])
            }
        }
        #expect(throws: PDFError.textTooLong(limit: 10_000)) {
            try page.text(String(repeating: "a", count: 10_001), at: Point(x: 0, y: 0), TextStyle(size: 10))
        }
        try page.text(String(repeating: "é", count: 10_000), at: Point(x: 0, y: 0), TextStyle(size: 10))
        #expect(try !document.finish().isEmpty)
    }

    @Test("a language that is none and a date that cannot be written")
    func metadata() throws {
        for (language, created) in [("fr)", 0), ("", 0), ("fr", Int64.max), ("fr", Int64.min)] {
            let metadata = PDFDocument.Metadata(
                title: "", language: language, created: Timestamp(rawValue: created))
            #expect(throws: PDFError.invalidMetadata) { try PDFDocument(metadata, typefaces.get()) }
        }
    }

    @Test("to be added to once it is finished")
    func finished() throws {
        let document = try document()
        let page = try document.addPage(width: 100, height: 100)
        _ = try document.finish()
        #expect(throws: PDFError.self) { try document.finish() }
        #expect(throws: PDFError.self) { try page.text("late", at: Point(x: 0, y: 0), TextStyle(size: 10)) }
    }
}
