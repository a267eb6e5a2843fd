import Testing
import Text

@Suite struct InspectionTests {
    @Test(
        "Control characters are those of category Cc",
        arguments: [
            ("", false, false), ("Amélie 🎬", false, false), ("a\0b", true, true), ("\u{1F}", true, true),
            ("\u{7F}", true, true), ("\u{85}", true, true), ("\u{9F}", true, true), ("\u{A0}", false, false),
            ("a\nb", true, false), ("a\r\nb", true, false), ("a\tb", true, false), ("a\u{B}b", true, true),
            ("\u{200B}\u{2028}", false, false),
        ])
    func controlCharacters(text: String, anywhere: Bool, besideLineBreaks: Bool) {
        #expect(text.hasControlCharacters() == anywhere)
        #expect(text.hasControlCharacters(allowingLineBreaks: true) == besideLineBreaks)
    }

    @Test(
        "Lengths are in code points, not graphemes or bytes",
        arguments: [("", 0), ("abc", 3), ("é", 1), ("e\u{301}", 2), ("👨‍👩‍👧", 5), ("\r\n", 2)])
    func codePoints(text: String, count: Int) {
        #expect(text.codePointCount == count)
    }

    @Test(
        "White space goes from the ends only",
        arguments: [
            ("  a b  ", "a b"), ("\u{A0}\u{3000}\u{2028}a\t\r\n", "a"), ("a", "a"), (" \n ", ""), ("", ""),
            ("\u{200B}a", "\u{200B}a"), (" \u{301}a ", "\u{301}a"),
        ])
    func trimmed(text: String, expected: String) {
        #expect(Array(text.trimmed.utf8) == Array(expected.utf8))
    }
}
