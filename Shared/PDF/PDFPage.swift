import CHaru
import Text

/// A place on a page in points, from its top left corner.
public struct Point: Hashable, Sendable {
    public var x: Double
    public var y: Double

    public init(x: Double, y: Double) {
        self.x = x
        self.y = y
    }
}

/// From its top left corner, in points.
public struct Rectangle: Hashable, Sendable {
    public var origin: Point
    public var width: Double
    public var height: Double

    public init(x: Double, y: Double, width: Double, height: Double) {
        origin = Point(x: x, y: y)
        self.width = width
        self.height = height
    }
}

/// A page that is drawn on. What is drawn last lies on top; what lies outside the page is not seen.
public struct PDFPage {
    public let width: Double
    public let height: Double
    /// Keeps what `page` points into.
    private let document: PDFDocument
    private let page: HPDF_Page

    init(_ document: PDFDocument, _ page: HPDF_Page, width: Double, height: Double) {
        self.document = document
        self.page = page
        self.width = width
        self.height = height
    }

    /// One line of text, whose baseline begins at `point`. It is neither cut nor broken: see `Typefaces`.
    public func text(_ text: String, at point: Point, _ style: TextStyle) throws(PDFError) {
        guard (1...1_000).contains(style.size) else { throw .invalidMeasure }
        let (x, y) = try place(point)
        guard text.codePointCount <= Typefaces.longestText else {
            throw .textTooLong(limit: Typefaces.longestText)
        }
        let drawable = document.typefaces.drawable(text, style.face)
        try document.mark(1 + drawable.utf8.count / 32)
        let font = try document.font(style.face)
        document.note(drawable, style.face)
        try fill(style.gray)
        try document.check(HPDF_Page_SetFontAndSize(page, font, Float(style.size)))
        try document.check(HPDF_Page_BeginText(page))
        try document.check(HPDF_Page_TextOut(page, x, y, drawable))
        try document.check(HPDF_Page_EndText(page))
    }

    /// Filled, all as one shape: where they touch there is no seam.
    public func fill(_ rectangles: [Rectangle], gray: Double = 0) throws(PDFError) {
        guard !rectangles.isEmpty else { return }
        try document.mark(rectangles.count)
        var corners: [(Float, Float, Float, Float)] = []
        for rectangle in rectangles {
            guard (0...14_400).contains(rectangle.width), (0...14_400).contains(rectangle.height) else {
                throw .invalidMeasure
            }
            let (x, y) = try place(rectangle.origin)
            corners.append((x, y, Float(rectangle.width), Float(rectangle.height)))
        }
        try fill(gray)
        for (x, y, width, height) in corners {
            try document.check(HPDF_Page_Rectangle(page, x, y - height, width, height))
        }
        try document.check(HPDF_Page_Fill(page))
    }

    public func line(from start: Point, to end: Point, width: Double = 1, gray: Double = 0) throws(PDFError) {
        guard (0...100).contains(width), (0...1).contains(gray) else { throw .invalidMeasure }
        let ((x1, y1), (x2, y2)) = (try place(start), try place(end))
        try document.mark()
        try document.check(HPDF_Page_SetLineWidth(page, Float(width)))
        try document.check(HPDF_Page_SetGrayStroke(page, Float(gray)))
        try document.check(HPDF_Page_MoveTo(page, x1, y1))
        try document.check(HPDF_Page_LineTo(page, x2, y2))
        try document.check(HPDF_Page_Stroke(page))
    }

    private func fill(_ gray: Double) throws(PDFError) {
        guard (0...1).contains(gray) else { throw .invalidMeasure }
        try document.check(HPDF_Page_SetGrayFill(page, Float(gray)))
    }

    /// PDF counts from the bottom.
    private func place(_ point: Point) throws(PDFError) -> (Float, Float) {
        guard (-14_400...14_400).contains(point.x), (-14_400...14_400).contains(point.y) else { throw .invalidMeasure }
        return (Float(point.x), Float(height - point.y))
    }
}
