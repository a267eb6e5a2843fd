import JSON
import Testing

@Suite struct PlantedFaultTests {
    /// Without it, a fuzzer that finds nothing proves nothing.
    @Test("a fault that is planted in a parser is found, and told with the seed of the input that shows it")
    func found() async throws {
        let fuzz = Fuzz(name: "planted", corpus: [Array(#"{"seats":2,"ids":["sea_1","sea_2"]}"#.utf8)])
        try await withKnownIssue {
            // A busy machine may get through few inputs at a time.
            var (isFound, tries) = (false, 0)
            while !isFound, tries < 100 {
                isFound = try await fuzz.run(Self.faultOfMistaken)
                tries += 1
            }
        } matching: { issue in
            issue.comments.contains { $0.rawValue.contains("planted: taken, FUZZ_SEED=") }
        }
    }

    private static func faultOfMistaken(_ input: [UInt8]) -> String? {
        isTakenByMistake(input) == isTaken(input) ? nil : "taken"
    }

    private static func isTaken(_ input: [UInt8]) -> Bool { (try? JSONValue(parsing: input)) != nil }

    /// A parser that overlooks one comma.
    private static func isTakenByMistake(_ input: [UInt8]) -> Bool {
        guard !isTaken(input), let comma = input.lastIndex(of: UInt8(ascii: ",")) else { return isTaken(input) }
        return isTaken(Array(input[..<comma] + input[(comma + 1)...]))
    }
}
