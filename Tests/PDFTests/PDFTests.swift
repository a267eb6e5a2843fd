import CHaru
import PDF
import QRCode
import TestSupport
import Testing

@Suite("A PDF document")
struct PDFTests {
    @Test(
        "says in every alphabet of Europe what it was given, in both faces",
        arguments: [
            "Été à la plage, naïve façade, œuvre, Çà et là", "Zażółć gęślą jaźń", "Ξεσκεπάζω την ψυχοφθόρα σκουριά",
            "Съешь ещё этих мягких французских булок", "Ğüşıİ Řeřicha Őrült", "“quotes” – dash … € ½ ©",
            "ﬁn de la ﬂotte", "(back\\slash) <<tag>> %comment",
        ], [Face.regular, .bold])
    func alphabets(text: String, face: Face) async throws {
        let printed = try PrintedPDF(onePage(text, TextStyle(face, size: 12)))
        // pdftotext itself takes ligatures apart.
        let read = try await printed.text().replacing("ﬁ", with: "fi").replacing("ﬂ", with: "fl")
        #expect(read.contains(text.replacing("ﬁ", with: "fi").replacing("ﬂ", with: "fl")))
        #expect(!read.contains("Syntax"))
        #expect(try await printed.fonts().contains(face == .bold ? "Bold" : "DejaVuSans,Book"))
    }

    @Test("composes accents, and replaces what its font lacks")
    func replaced() async throws {
        let read = try await PrintedPDF(onePage("e\u{301}te\u{301} 映画\u{1F600}\u{0}\u{7}!")).text()
        #expect(read.contains("été \u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}!"))
    }

    @Test("carries its title, its language and its date, and nothing of the day it was made")
    func metadata() async throws {
        let document = try document(title: "Łódź — (été)")
        _ = try document.addPage(width: 200, height: 100)
        let bytes = try document.finish()
        let information = try await PrintedPDF(bytes).information()
        #expect(information.contains("Łódź — (été)"))
        #expect(information.contains("2026-11-18T11:06:40"))
        #expect(information.contains("200 x 100 pts"))
        #expect(String(decoding: bytes, as: UTF8.self).contains("/Lang (fr)"))
    }

    @Test("carries of its font only what it draws")
    func subset() throws {
        let (short, long) = try (onePage("Été"), onePage("Été, Ωμέγα, Жук, Łódź, “1234567890” ABCDEFGHIJKLMNOP"))
        // The font alone has 757,076 bytes, and the widths of its glyphs 26,000.
        #expect(short.count < 65_000)
        #expect(short.count < long.count)
        let widths = String(decoding: short, as: UTF8.self).split(separator: "/W ").dropFirst().first
        // E acute, e acute and t.
        #expect(widths?.hasPrefix("[ 116 [ 392 ] 201 [ 631 ] 233 [ 615 ] ]") == true)
    }

    @Test("is made of the same bytes by the same calls")
    func deterministic() throws {
        #expect(try onePage("twice") == onePage("twice"))
        #expect(try onePage("twice") != onePage("once"))
    }

    @Test("draws a bar code that is read from the page")
    func barcode() async throws {
        let code = try QRCode("tkt_7265412058882048.k1.3q2-7wEAAQ")
        let document = try document()
        let page = try document.addPage(width: 298, height: 420)
        let module = 3.0
        try page.fill([Rectangle(x: 0, y: 0, width: 298, height: 420)], gray: 0.9)
        try page.fill([Rectangle(x: 40, y: 40, width: 180, height: 180)], gray: 1)
        try page.fill(
            code.runs.map { run in
                Rectangle(
                    x: 60 + Double(run.column) * module, y: 60 + Double(run.row) * module,
                    width: Double(run.length) * module, height: module)
            })
        try page.line(from: Point(x: 10, y: 300), to: Point(x: 280, y: 300), width: 0.5, gray: 0.5)
        let printed = try PrintedPDF(document.finish())
        #expect(try await barcodes(in: printed.picture()) == ["tkt_7265412058882048.k1.3q2-7wEAAQ"])
    }

    @Test("of a hundred pages has them all, in their order")
    func pages() async throws {
        let document = try document()
        for number in 1...100 {
            try document.addPage(width: 298, height: 420).text(
                "page \(number)", at: Point(x: 20, y: 40), TextStyle(size: 10))
        }
        let read = try await PrintedPDF(document.finish()).text()
        let numbers = read.split(whereSeparator: { $0.isWhitespace }).compactMap { Int($0) }
        #expect(numbers == Array(1...100))
    }

    @Test("gives back all its memory, a thousand times")
    func memory() throws {
        func make(_ face: Face) throws {
            let document = try document()
            let page = try document.addPage(width: 298, height: 420)
            try page.text("Été", at: Point(x: 20, y: 40), TextStyle(face, size: 10))
            #expect(try document.finish().starts(with: Array("%PDF-".utf8)))
        }
        for number in 0..<20 { try make(number % 10 == 0 ? .bold : .regular) }
        let before = marquee_pdf_allocated()
        for number in 0..<1_000 { try make(number % 10 == 0 ? .bold : .regular) }
        let after = marquee_pdf_allocated()
        // A kilobyte lost with each would be four times this.
        #expect(after < before + 256 << 10)
    }
}
