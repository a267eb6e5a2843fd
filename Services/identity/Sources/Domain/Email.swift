import Text

/// An e-mail address: what people wrote, and the form in which no two accounts may share it.
package struct Email: Sendable, Equatable {
    static let longest = 254

    package let text: String
    /// The same for every spelling in another case, width or composition. Accents stay: they make another address.
    package let folded: String

    /// - Parameter text: in NFC and trimmed. Nil unless it is a Dot-string of RFC 5321, an `@` and a domain of two
    ///   labels or more, both with the letters, marks and digits beyond ASCII that RFC 6531 lets in. Quoted local
    ///   parts and address literals are passed over: people have neither. The local part has no limit of its own, as
    ///   RFC 5321, 4.5.3.1 recommends.
    package init?(_ text: String) {
        let parts = text.unicodeScalars.split(separator: "@", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 2, text.unicodeScalars.count <= Self.longest else { return nil }
        let atoms = parts[0].split(separator: ".", omittingEmptySubsequences: false)
        let labels = parts[1].split(separator: ".", omittingEmptySubsequences: false)
        guard atoms.allSatisfy(Self.isAtom), labels.count >= 2, labels.allSatisfy(Self.isLabel) else { return nil }
        self.text = text
        folded = text.caseFolded
    }

    private static func isAtom(_ atom: Substring.UnicodeScalarView) -> Bool {
        !atom.isEmpty && atom.allSatisfy { isAlphanumeric($0) || "!#$%&'*+-/=?^_`{|}~".unicodeScalars.contains($0) }
    }

    private static func isLabel(_ label: Substring.UnicodeScalarView) -> Bool {
        guard (1...63).contains(label.count), label.first != "-", label.last != "-" else { return false }
        return label.allSatisfy { isAlphanumeric($0) || $0 == "-" }
    }

    /// General categories L, M and N: letters, marks and digits of whatever script, ASCII's among them.
    private static func isAlphanumeric(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
            .nonspacingMark, .spacingMark, .enclosingMark, .decimalNumber, .letterNumber, .otherNumber:
            true
        default:
            false
        }
    }
}
