/// Why a document cannot be made.
public enum PDFError: Error, Equatable {
    /// The file is missing or is no TrueType font. `path` is where it was looked for.
    case fontUnusable(path: String)
    case tooManyPages(limit: Int)
    /// More texts, lines and rectangles than a document may have.
    case tooManyMarks(limit: Int)
    /// More code points in one text.
    case textTooLong(limit: Int)
    /// The finished document would have more bytes.
    case tooLarge(limit: Int)
    /// A size or a place that no page can have.
    case invalidMeasure
    /// A date or a language tag that cannot be written.
    case invalidMetadata
    /// libharu's own code, as its `hpdf_consts.h` has it.
    case library(code: UInt)
}
