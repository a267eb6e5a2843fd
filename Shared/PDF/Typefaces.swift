import CHaru
import Glibc
import Text

/// A weight, and with it a font file.
public enum Face: Sendable, CaseIterable {
    case regular, bold

    var fileName: String {
        switch self {
        case .regular: "DejaVuSans.ttf"
        case .bold: "DejaVuSans-Bold.ttf"
        }
    }
}

/// How a text is set: its face, its size in points, and its colour from 0, black, to 1, white.
public struct TextStyle: Hashable, Sendable {
    public var face: Face
    public var size: Double
    public var gray: Double

    public init(_ face: Face = .regular, size: Double, gray: Double = 0) {
        self.face = face
        self.size = size
        self.gray = gray
    }
}

/// The fonts that documents are set in, found and measured once, at the start of the program. Documents read the files
/// again, and embed of them what they use.
public struct Typefaces: Sendable {
    /// Code points of one text.
    public static let longestText = 10_000
    /// Where Debian's `fonts-dejavu-core` has them.
    public static let usualDirectory = "/usr/share/fonts/truetype/dejavu"
    private static let replacement: Unicode.Scalar = "\u{FFFD}"

    private let directory: String
    /// By code point of the Basic Multilingual Plane, in thousandths of the size; negative where there is no glyph.
    private let widths: [Face: [Int16]]

    /// - Throws: `fontUnusable` for the first font that cannot be read.
    public init(directory: String = usualDirectory) throws(PDFError) {
        self.directory = directory
        var widths: [Face: [Int16]] = [:]
        for face in Face.allCases { widths[face] = try Self.measured("\(directory)/\(face.fileName)") }
        self.widths = widths
    }

    func path(of face: Face) -> String { "\(directory)/\(face.fileName)" }

    private static func measured(_ path: String) throws(PDFError) -> [Int16] {
        // Without a handler libharu returns its errors, and never leaves a function by another way.
        guard access(path, R_OK) == 0, let document = HPDF_NewEx(nil, nil, nil, 0, nil) else {
            throw .fontUnusable(path: path)
        }
        defer { HPDF_Free(document) }
        HPDF_UseUTFEncodings(document)
        guard let name = HPDF_LoadTTFontFromFile(document, path, 0), let font = HPDF_GetFont(document, name, "UTF-8")
        else { throw .fontUnusable(path: path) }
        return (0...UInt16.max).map { code in
            let glyph = marquee_pdf_glyph(font, code)
            // Controls, and halves of surrogate pairs, are never drawn, whatever the font has for them.
            let isDrawn =
                glyph != 0 && code >= 0x20 && !(0x7F...0x9F).contains(code) && !(0xD800...0xDFFF).contains(code)
            return isDrawn ? marquee_pdf_glyph_width(font, glyph) : -1
        }
    }

    /// The text as it is drawn: in its composed form, white space as spaces, and U+FFFD for what the face has no glyph of.
    public func drawable(_ text: String, _ face: Face) -> String {
        var drawn = String.UnicodeScalarView()
        for scalar in text.nfc.unicodeScalars {
            if scalar.properties.isWhitespace {
                drawn.append(" ")
            } else {
                drawn.append(width(scalar, face) == nil ? Self.replacement : scalar)
            }
        }
        return String(drawn)
    }

    /// In points, of the text as it is drawn.
    public func width(of text: String, _ style: TextStyle) -> Double {
        drawnWidth(drawable(text, style.face), style)
    }

    /// The text whole, or as much of its beginning as goes into `width` points with an ellipsis after it.
    public func fitted(_ text: String, width: Double, _ style: TextStyle) -> String {
        let text = drawable(text, style.face)
        guard drawnWidth(text, style) > width else { return text }
        return beginning(of: text, width: width, style)
    }

    /// The text in lines of at most `width` points, broken between words, or within a word that is wider. What does not
    /// go into `limit` lines ends the last one with an ellipsis. Line feeds begin a line.
    public func lines(_ text: String, width: Double, _ style: TextStyle, limit: Int) -> [String] {
        var lines: [String] = []
        for paragraph in text.split(separator: "\n", omittingEmptySubsequences: false) {
            var line = ""
            for word in drawable(String(paragraph), style.face).split(separator: " ") {
                let longer = line.isEmpty ? String(word) : "\(line) \(word)"
                if drawnWidth(longer, style) <= width {
                    line = longer
                    continue
                }
                if !line.isEmpty { lines.append(line) }
                let parts = pieces(of: word, width: width, style)
                lines += parts.dropLast()
                line = parts.last ?? ""
                // No more of a long text is measured than is drawn.
                if lines.count > limit { break }
            }
            lines.append(line)
            if lines.count > limit { break }
        }
        guard lines.count > limit else { return lines }
        guard limit > 0 else { return [] }
        return lines[..<(limit - 1)] + [beginning(of: lines[limit - 1], width: width, style)]
    }

    private func pieces(of word: Substring, width: Double, _ style: TextStyle) -> [String] {
        var pieces: [String] = []
        var (piece, used) = ("", 0.0)
        for character in word {
            let more = drawnWidth(String(character), style)
            if used + more > width, !piece.isEmpty {
                pieces.append(piece)
                (piece, used) = ("", 0)
            }
            piece.append(character)
            used += more
        }
        return pieces + [piece]
    }

    /// With an ellipsis, always, and without a space before it.
    private func beginning(of text: String, width: Double, _ style: TextStyle) -> String {
        let ellipsis = "…"
        var room = width - drawnWidth(ellipsis, style)
        let kept = text.prefix { character in
            room -= drawnWidth(String(character), style)
            return room >= 0
        }
        return String(kept).trimmed + ellipsis
    }

    private func drawnWidth(_ text: String, _ style: TextStyle) -> Double {
        let thousandths = text.unicodeScalars.reduce(0) { $0 + Int(width($1, style.face) ?? 0) }
        return Double(thousandths) * style.size / 1000
    }

    private func width(_ scalar: Unicode.Scalar, _ face: Face) -> Int16? {
        UInt16(exactly: scalar.value).flatMap { width($0, face) }
    }

    /// In thousandths of the size; nil where the face has no glyph.
    func width(_ code: UInt16, _ face: Face) -> Int16? {
        guard let width = widths[face]?[Int(code)], width >= 0 else { return nil }
        return width
    }
}
