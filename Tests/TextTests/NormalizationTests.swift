import Testing
import Text

@Suite struct NormalizationTests {
    @Test(
        "NFC composes, and leaves what is composed alone",
        arguments: [
            ("", ""), ("Amelie", "Amelie"), ("Ame\u{301}lie", "Am\u{E9}lie"), ("Am\u{E9}lie", "Am\u{E9}lie"),
            ("\u{212B}", "\u{C5}"), ("\u{1112}\u{1161}\u{11AB}", "\u{D55C}"), ("\u{FB01}", "\u{FB01}"),
            ("a\0é\u{200D}", "a\0é\u{200D}"), ("q\u{307}\u{323}", "q\u{323}\u{307}"),
        ])
    func nfc(text: String, expected: String) {
        #expect(Array(text.nfc.utf8) == Array(expected.utf8))
    }

    @Test(
        "Case folding keeps accents",
        arguments: [
            ("Ada@Example.ORG", "ada@example.org"), ("ÉLODIE@x.fr", "élodie@x.fr"), ("E\u{301}lodie", "élodie"),
            ("straße", "strasse"), ("ΣΊΣΥΦΟΣ", "σίσυφοσ"), ("ﬁlm", "film"), ("Ａda", "ada"),
        ])
    func caseFolded(text: String, expected: String) {
        #expect(Array(text.caseFolded.utf8) == Array(expected.utf8))
        #expect(Array(text.caseFolded.caseFolded.utf8) == Array(expected.utf8))
    }

    @Test(
        "Folding for search drops case, accents and invisible characters",
        arguments: [
            ("Le Fabuleux Destin d'Amélie", "le fabuleux destin d'amelie"), ("ÉTÉ", "ete"), ("Ame\u{301}lie", "amelie"),
            ("so\u{AD}leil", "soleil"), ("Ⅳ", "iv"), ("Čapek", "capek"), ("ПРИВЕТ", "привет"), ("", ""),
        ])
    func folded(text: String, expected: String) {
        #expect(Array(text.folded.utf8) == Array(expected.utf8))
    }

    @Test("A long run of combining marks is broken up, so that sorting it stays cheap")
    func streamSafe() {
        let marks = String(String.UnicodeScalarView((0..<31).map { $0 % 2 == 0 ? "\u{301}" : "\u{323}" }))
        let normalized = Array(("é" + marks).nfc.unicodeScalars)
        #expect(normalized.filter { $0 == "\u{34F}" }.count == 1)
        #expect(normalized.last == "\u{301}", "the 31st mark stands behind the break, unsorted")
        #expect(("é" + marks).folded == "e")
        #expect(!String(("é" + marks).nfc.unicodeScalars.prefix(16)).unicodeScalars.contains("\u{34F}"))
    }
}
