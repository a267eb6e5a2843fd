import PDF
import TestSupport
import Testing

@Suite("Text is fitted")
struct FittingTests {
    private let style = TextStyle(.bold, size: 14)
    private let title = "L’étrange histoire des œuvres perdues de Łódź, racontée par ceux qui ne les ont jamais vues"

    @Test("to a width, with an ellipsis when it is longer")
    func fitted() throws {
        let typefaces = try typefaces.get()
        #expect(typefaces.fitted("Court", width: 200, style) == "Court")
        for width in [40.0, 100, 200, 300] {
            let fitted = typefaces.fitted(title, width: width, style)
            #expect(fitted.hasSuffix("…") && !fitted.hasSuffix(" …"))
            #expect(title.hasPrefix(fitted.dropLast()))
            #expect(typefaces.width(of: fitted, style) <= width)
            #expect(typefaces.width(of: fitted, style) > width - 30)
        }
        #expect(typefaces.fitted(title, width: 0, style) == "…")
    }

    @Test("to lines, which together are the whole text")
    func lines() throws {
        let typefaces = try typefaces.get()
        let lines = typefaces.lines(title, width: 150, style, limit: 20)
        #expect(lines.joined(separator: " ") == title)
        #expect(lines.count > 3)
        #expect(lines.allSatisfy { typefaces.width(of: $0, style) <= 150 })
        #expect(typefaces.lines("a\n\nb", width: 150, style, limit: 20) == ["a", "", "b"])
    }

    @Test("to a number of lines, the last with an ellipsis")
    func limited() throws {
        let typefaces = try typefaces.get()
        let whole = typefaces.lines(title, width: 150, style, limit: 20)
        let some = typefaces.lines(title, width: 150, style, limit: 2)
        #expect(some.count == 2 && some[0] == whole[0] && some[1].hasSuffix("…"))
        #expect(some.allSatisfy { typefaces.width(of: $0, style) <= 150 })
        #expect(typefaces.lines(title, width: 150, style, limit: 0) == [])
    }

    @Test("by breaking a word that is wider than the line, never a letter from its accent")
    func longWord() throws {
        let typefaces = try typefaces.get()
        let word = String(repeating: "x\u{302}\u{331}", count: 60)
        let lines = typefaces.lines(word, width: 100, style, limit: 100)
        #expect(lines.count > 3)
        #expect(lines.joined().count == 60)
        #expect(lines.allSatisfy { typefaces.width(of: $0, style) <= 100 })
    }

    @Test("as wide as a reader of the page finds it")
    func measured() async throws {
        let typefaces = try typefaces.get()
        let printed = try PrintedPDF(onePage("Wagénàřж", style))
        let boxes = try await output(of: "/usr/bin/pdftotext", ["-bbox", printed.path, "-"])
        func number(_ name: String) -> Double? {
            boxes.split(separator: "\(name)=\"").dropFirst().first
                .flatMap { Double($0.prefix { $0 != "\"" }) }
        }
        let (left, right) = (try #require(number("<word xMin")), try #require(number("xMax")))
        #expect(abs(left - 40) < 0.5)
        #expect(abs(right - left - typefaces.width(of: "Wagénàřж", style)) < 0.5)
    }
}
