import Foundation
import TestSupport
import Testing

@Suite struct SeedTableTests {
    @Test("Docs/seeds.md names every test of a seed's rows, and none that is not there")
    func table() throws {
        let page = try String(contentsOf: URL(filePath: checkoutPath).appending(path: "Docs/seeds.md"), encoding: .utf8)
        let folder = URL(filePath: checkoutPath).appending(path: "Tests/EndToEndTests/Seeds")
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        let sources = try files.map { try String(contentsOf: $0, encoding: .utf8) }.joined()
        let tests = Set(sources.matches(of: /"(00[0-4]: [^"]+)"/).map { String($0.1) })
        let named = Set(page.matches(of: /\| (00[0-4]: [^|]+?) \|\n/).map { String($0.1) })
        #expect(tests.count > 40)
        #expect(tests.subtracting(named) == [], "the page does not name these")
        #expect(named.subtracting(tests) == [], "there are no such tests")
    }
}
