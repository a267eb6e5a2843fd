import JSON
import Testing

@Suite struct PlantedFaultTests {
    /// Without it, a fuzzer that finds nothing proves nothing.
    @Test("a fault that is planted in a parser is found, and told with the seed of the input that shows it")
    func found() async throws {
        let fuzz = Fuzz(name: "planted", corpus: [Array(#"{"seats":2,"ids":["sea_1","sea_2"]}"#.utf8)])
        var found: String?
        // A busy machine may get through few inputs at a time.
        for _ in 0..<100 where found == nil {
            found = try await fuzz.firstFault(
                { $0.input(from: fuzz.corpus, limit: fuzz.limit) }, fault: Self.faultOfMistaken)
        }
        #expect(found?.hasPrefix("planted: taken, FUZZ_SEED=") == true)
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
