import CHaru
import Time

/// A document that is written page after page, over libharu. The same calls make the same bytes. It belongs to one
/// caller, on one thread; the first error ends it.
public final class PDFDocument {
    /// What readers show about a document.
    public struct Metadata: Sendable {
        public var title: String
        /// BCP 47, as `fr` or `pt-BR`.
        public var language: String
        public var created: Timestamp

        public init(title: String, language: String, created: Timestamp) {
            self.title = title
            self.language = language
            self.created = created
        }
    }

    /// How large a document may become.
    public struct Limits: Sendable {
        public var pages = 500
        public var marks = 200_000
        public var bytes = 16 << 20

        public init() {}
    }

    public let typefaces: Typefaces
    private let limits: Limits
    let handle: HPDF_Doc
    private var fonts: [Face: HPDF_Font] = [:]
    /// The code points that were drawn.
    private var drawn: [Face: Set<UInt16>] = [:]
    private var pages = 0
    private var marks = 0
    private var failure: PDFError?

    public init(_ metadata: Metadata, _ typefaces: Typefaces, limits: Limits = Limits()) throws(PDFError) {
        // Without a handler libharu returns its errors, and never leaves a function by another way.
        guard let handle = HPDF_NewEx(nil, nil, nil, 0, nil) else {
            throw .library(code: UInt(HPDF_FAILD_TO_ALLOC_MEM))
        }
        self.handle = handle
        self.typefaces = typefaces
        self.limits = limits
        try check(HPDF_UseUTFEncodings(handle))
        try check(HPDF_SetCompressionMode(handle, HPDF_UINT(HPDF_COMP_ALL)))
        try write(metadata)
    }

    deinit { HPDF_Free(handle) }

    /// A new last page of `width` by `height` points (1/72 inch).
    public func addPage(width: Double, height: Double) throws(PDFError) -> PDFPage {
        try proceed()
        guard (3...14_400).contains(width), (3...14_400).contains(height) else { throw .invalidMeasure }
        guard pages < limits.pages else { throw fail(.tooManyPages(limit: limits.pages)) }
        pages += 1
        guard let page = HPDF_AddPage(handle) else { throw fail(.library(code: UInt(HPDF_GetError(handle)))) }
        try check(HPDF_Page_SetWidth(page, Float(width)))
        try check(HPDF_Page_SetHeight(page, Float(height)))
        return PDFPage(self, page, width: width, height: height)
    }

    /// The document as a file has it. Nothing can be added any more.
    public func finish() throws(PDFError) -> [UInt8] {
        try proceed()
        try listWidths()
        try check(HPDF_SaveToStream(handle))
        let size = Int(HPDF_GetStreamSize(handle))
        guard size <= limits.bytes else { throw fail(.tooLarge(limit: limits.bytes)) }
        try check(HPDF_ResetStream(handle))
        var bytes = [UInt8](repeating: 0, count: size)
        var count = HPDF_UINT32(size)
        try check(HPDF_ReadFromStream(handle, &bytes, &count))
        guard Int(count) == size else { throw fail(.library(code: UInt(HPDF_STREAM_EOF))) }
        failure = .library(code: UInt(HPDF_INVALID_DOCUMENT_STATE))
        return bytes
    }

    /// Counts something that is drawn.
    func mark(_ count: Int = 1) throws(PDFError) {
        try proceed()
        guard count <= limits.marks - marks else { throw fail(.tooManyMarks(limit: limits.marks)) }
        marks += count
    }

    /// Before it is drawn in a face.
    func note(_ text: String, _ face: Face) {
        drawn[face, default: []].formUnion(text.unicodeScalars.lazy.compactMap { UInt16(exactly: $0.value) })
    }

    /// libharu lists the width of every glyph there is, a third of a small document. Past 2,000 that is as good.
    private func listWidths() throws(PDFError) {
        for (face, font) in fonts {
            let codes = (drawn[face] ?? []).sorted()
            guard codes.count <= 2_000 else { continue }
            let widths = codes.map { typefaces.width($0, face) ?? 0 }
            try check(marquee_pdf_set_widths(font, codes, widths, HPDF_UINT(codes.count)))
        }
    }

    /// The face's font, embedded once it is used; only the glyphs that are drawn go with it.
    func font(_ face: Face) throws(PDFError) -> HPDF_Font {
        if let known = fonts[face] { return known }
        let path = typefaces.path(of: face)
        guard let name = HPDF_LoadTTFontFromFile(handle, path, 1), let font = HPDF_GetFont(handle, name, "UTF-8")
        else { throw fail(.fontUnusable(path: path)) }
        try check(marquee_pdf_set_to_unicode(font, ToUnicode.identity))
        fonts[face] = font
        return font
    }

    func check(_ status: HPDF_STATUS) throws(PDFError) {
        guard status == 0 else { throw fail(.library(code: UInt(status))) }
    }

    private func proceed() throws(PDFError) {
        if let failure { throw failure }
    }

    private func fail(_ error: PDFError) -> PDFError {
        failure = error
        return error
    }

    private func write(_ metadata: Metadata) throws(PDFError) {
        let isTag = metadata.language.utf8.allSatisfy { byte in
            byte == UInt8(ascii: "-") || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        }
        guard isTag, (2...35).contains(metadata.language.utf8.count) else { throw .invalidMetadata }
        try check(marquee_pdf_set_language(handle, metadata.language))
        try check(HPDF_SetCurrentEncoder(handle, "UTF-8"))
        let title = String(typefaces.drawable(metadata.title, .regular).unicodeScalars.prefix(1_000))
        try check(HPDF_SetInfoAttr(handle, HPDF_INFO_TITLE, title))
        try check(HPDF_SetInfoDateAttr(handle, HPDF_INFO_CREATION_DATE, Self.date(metadata.created)))
    }

    private static func date(_ moment: Timestamp) throws(PDFError) -> HPDF_Date {
        let (days, rest) = moment.rawValue.quotientAndRemainder(dividingBy: 86_400_000)
        let second = Int32((rest < 0 ? rest + 86_400_000 : rest) / 1000)
        guard let days = Int(exactly: rest < 0 ? days - 1 : days), let day = CalendarDate(daysSinceEpoch: days) else {
            throw .invalidMetadata
        }
        return HPDF_Date(
            year: Int32(day.year), month: Int32(day.month), day: Int32(day.day), hour: second / 3600,
            minutes: second / 60 % 60, seconds: second % 60, ind: CChar(UInt8(ascii: "Z")), off_hour: 0, off_minutes: 0)
    }
}
