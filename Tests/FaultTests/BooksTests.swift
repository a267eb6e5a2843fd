import TestSupport
import Testing

@Suite struct BooksTests {
    @Test("the books balance at any moment while customers buy, and an audit leaves nothing behind")
    func whileSelling() async throws {
        let seed = environment("FAULT_SEED").flatMap { UInt64($0) } ?? .random(in: 0...9_999_999)
        try await Stack.run(settings: ["HOLD_SECONDS": "3600"], fixtures: Self.fixtures) { stack in
            var heads: [Substring] = []
            let witnesses = try await Load(stack).run(seed: seed) {
                for _ in 0..<8 {
                    try await Task.sleep(for: .milliseconds(200))
                    let expected = heads.last.map { ["--expect", String($0)] } ?? []
                    let (ending, text) = try await stack["booking"].outcome(of: ["audit"] + expected)
                    #expect(ending == .exited(0) && text.hasSuffix("no differences\n"), "\(text)")
                    heads.append(text.prefix { $0 != "\n" }.suffix(64))
                }
            }
            print("books, FAULT_SEED=\(seed): \(Audit(stack: stack, witnesses: witnesses).summary)")
            #expect(witnesses.flatMap(\.unexpected) == [])
            #expect(Set(heads).count == heads.count, "nothing happened between two audits")
            #expect(entries(of: stack.directory).filter { $0.contains("looked-at") } == [])
        }
    }

    private static let fixtures = ["catalog": StackSession.rows(allocations: [10_000, 200, 10_000])]
}
