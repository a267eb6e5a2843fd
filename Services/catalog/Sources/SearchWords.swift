import Text

/// What somebody searches for, as FTS5 takes it (https://sqlite.org/fts5.html#full_text_query_syntax): all words, each
/// by its beginning. Case and accents are the tokenizer's to fold, for the words and for the text alike.
struct SearchWords {
    /// Nil where there is no word, which is no filter.
    let match: String?

    init(_ text: String?) {
        let words = (text ?? "").nfc.unicodeScalars.split { !Self.isOfWord($0.properties.generalCategory) }
        match = words.isEmpty ? nil : words.map { "\"\(Substring($0))\"*" }.joined(separator: " ")
    }

    /// Letters, numbers and their marks, as the tokenizer `unicode61` has it: a quote is none of them.
    private static func isOfWord(_ category: Unicode.GeneralCategory) -> Bool {
        switch category {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .decimalNumber,
            .letterNumber, .otherNumber, .nonspacingMark, .spacingMark, .enclosingMark:
            true
        default: false
        }
    }
}
