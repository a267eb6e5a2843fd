import PDF
import TestSupport
import Time

/// A document in a file, as programs that are not ours see it.
struct PrintedPDF {
    let path = temporaryPath("document.pdf")

    init(_ bytes: [UInt8]) throws { try writeFile(path, bytes) }

    func text() async throws -> String {
        try await output(of: "/usr/bin/pdftotext", ["-enc", "UTF-8", "-layout", path, "-"])
    }

    func information() async throws -> String { try await output(of: "/usr/bin/pdfinfo", ["-isodates", path]) }

    func fonts() async throws -> String { try await output(of: "/usr/bin/pdffonts", [path]) }

    /// The first page, in pixels of a 150th of an inch.
    func picture() async throws -> String {
        _ = try await output(of: "/usr/bin/pdftoppm", ["-r", "150", "-singlefile", "-png", path, path])
        return path + ".png"
    }
}

let typefaces = Result { () throws(PDFError) in try Typefaces() }

func document(
    title: String = "Été", created: Int64 = 1_795_000_000_000, limits: PDFDocument.Limits = PDFDocument.Limits()
) throws -> PDFDocument {
    let metadata = PDFDocument.Metadata(title: title, language: "fr", created: Timestamp(rawValue: created))
    return try PDFDocument(metadata, typefaces.get(), limits: limits)
}

/// A page with one text on it, as bytes.
func onePage(_ text: String, _ style: TextStyle = TextStyle(size: 12)) throws -> [UInt8] {
    let document = try document()
    try document.addPage(width: 595, height: 842).text(text, at: Point(x: 40, y: 60), style)
    return try document.finish()
}
