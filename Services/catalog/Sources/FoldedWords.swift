import Text

/// The words of a text as movies are searched for: runs of letters and digits, without case and accents, œ as oe. The
/// same for what is kept and for what is asked for.
enum FoldedWords {
    /// In code points; of a longer word the beginning counts.
    private static let longest = 40

    static func of(_ text: String) -> Set<String> {
        var words: Set<String> = []
        var word = String.UnicodeScalarView()
        for scalar in text.folded.unicodeScalars {
            switch scalar {
            case "œ": word.append(contentsOf: "oe".unicodeScalars)
            case "æ": word.append(contentsOf: "ae".unicodeScalars)
            case _ where isOfWord(scalar): word.append(scalar)
            case _ where !word.isEmpty:
                words.insert(String(word.prefix(longest)))
                word.removeAll()
            default: break
            }
        }
        if !word.isEmpty { words.insert(String(word.prefix(longest))) }
        return words
    }

    /// What a movie's words must begin with, each of them, longest first: one that another begins with says nothing.
    static func beginnings(in text: String) -> [String] {
        let words = of(text).sorted { ($1.utf8.count, $0) < ($0.utf8.count, $1) }
        return words.filter { word in !words.contains { $0 != word && $0.utf8.starts(with: word.utf8) } }
    }

    private static func isOfWord(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .decimalNumber,
            .letterNumber, .otherNumber, .nonspacingMark, .spacingMark, .enclosingMark:
            true
        default: false
        }
    }
}
