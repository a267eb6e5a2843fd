import PDF
import QRCode
import Time

/// Draws tickets for paper: a page of A5 each, in one typeface, since each one costs a document as much as its pages.
struct SheetDrawing {
    /// In one document. Who has more of them prints them one by one.
    static let mostPages = 500
    private static let (width, height, margin) = (420.0, 595.0, 36.0)
    private static let codeSide = 230.0

    let typefaces: Typefaces

    /// - Parameters:
    ///   - sheets: of one booking and one language; one or more.
    ///   - issued: when the booking was confirmed; the same sheets make the same bytes.
    func document(_ sheets: [TicketSheet], issued: Timestamp) throws -> [UInt8] {
        guard let first = sheets.first else { throw PDFError.tooManyPages(limit: 0) }
        var limits = PDFDocument.Limits()
        limits.pages = Self.mostPages
        // A large code has some 8,000 runs.
        limits.marks = 10_000 * Self.mostPages
        let title = first.said("Billets : \(first.film)", "Tickets: \(first.film)")
        let document = try PDFDocument(
            .init(title: title, language: first.language.rawValue, created: issued), typefaces, limits: limits)
        for sheet in sheets { try draw(sheet, on: document.addPage(width: Self.width, height: Self.height)) }
        return try document.finish()
    }

    private func draw(_ sheet: TicketSheet, on page: PDFPage) throws {
        var pen = Pen(page: page, typefaces: typefaces, left: Self.margin, width: Self.width - 2 * Self.margin)
        pen.y = Self.margin
        try pen.write(sheet.said("BILLET", "TICKET"), TextStyle(size: 9, gray: 0.45), lines: 1)
        try pen.write(sheet.film, TextStyle(size: 20), lines: 2)
        try pen.write(sheet.time, TextStyle(size: 12), lines: 2)
        try pen.rule()
        try pen.write(sheet.place, TextStyle(size: 12), lines: 2)
        try pen.write(sheet.address, TextStyle(size: 9, gray: 0.35), lines: 2)
        try pen.write(sheet.roomText, TextStyle(size: 12), lines: 1)
        try pen.write(sheet.seatText, TextStyle(size: 16), lines: 1)
        try pen.write(sheet.priceText, TextStyle(size: 10), lines: 1)
        try pen.write(sheet.dueText, TextStyle(size: 10), lines: 1)
        let bottom = Self.height - Self.margin - 34
        if let code = sheet.code {
            try draw(code: QRCode(code), on: page, bottom: bottom)
        } else {
            let style = TextStyle(size: 26)
            let x = (Self.width - typefaces.width(of: sheet.voidText, style)) / 2
            try page.text(sheet.voidText, at: Point(x: x, y: bottom - Self.codeSide / 2), style)
        }
        pen.y = bottom + 12
        try pen.write("\(sheet.ticketID)   \(sheet.bookingID)", TextStyle(size: 8, gray: 0.35), lines: 1)
    }

    private func draw(code: QRCode, on page: PDFPage, bottom: Double) throws {
        let module = Self.codeSide / Double(code.size)
        let (left, top) = ((Self.width - Self.codeSide) / 2, bottom - Self.codeSide)
        try page.fill(
            code.runs.map { run in
                Rectangle(
                    x: left + Double(run.column) * module, y: top + Double(run.row) * module,
                    width: Double(run.length) * module, height: module)
            })
    }
}

/// Writes one line below the other.
private struct Pen {
    let page: PDFPage
    let typefaces: Typefaces
    let left: Double
    let width: Double
    /// Where the last line ended.
    var y = 0.0

    /// Nothing for an empty text.
    mutating func write(_ text: String, _ style: TextStyle, lines: Int) throws {
        guard !text.isEmpty else { return }
        for line in typefaces.lines(text, width: width, style, limit: lines) {
            y += style.size * 1.35
            try page.text(line, at: Point(x: left, y: y), style)
        }
    }

    mutating func rule() throws {
        y += 10
        try page.line(from: Point(x: left, y: y), to: Point(x: left + width, y: y), width: 0.5, gray: 0.6)
        y += 2
    }
}
