import TestSupport
import Testing

struct NamedTests {
    /// A test that was renamed shows nothing any more, and a filter that fits none of its tests says nothing of it.
    @Test(
        "every suite that a page or a script names is there",
        arguments: ["Docs/proven.md", "Docs/limits.md", ".ci/prove", ".ci/sanitize"])
    func suites(file: String) throws {
        let targets = entries(of: "\(checkoutPath)/Tests")
        let suites = targets.flatMap { entries(of: "\(checkoutPath)/Tests/\($0)") }
            .filter { $0.hasSuffix(".swift") }.map { String($0.dropLast(6)) }
        let text = try readFile("\(checkoutPath)/\(file)")
        let named = Set(text.matches(of: /[A-Z][A-Za-z0-9]*Tests/).map { String($0.0) })
            // What SwiftPM calls all of them.
            .subtracting(["MarqueePackageTests"])
        #expect(named.count > 10)
        #expect(named.subtracting(targets).subtracting(suites).sorted() == [])
    }
}
