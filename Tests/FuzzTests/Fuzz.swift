import Dispatch
import Glibc
import Synchronization
import TestSupport
import Testing

/// Feeds a parser with inputs made from good ones, for `FUZZ_SECONDS` (a third of one): by default from a new seed, from
/// `FUZZ_SEED` otherwise. Each input has a seed of its own, counted up from the first: whatever is found comes first of
/// all when that seed is given. It is printed where a property does not hold; where the process dies or does not get on,
/// it stands in `.build/fuzz`.
struct Fuzz {
    let name: String
    let corpus: [[UInt8]]
    /// Of an input, in bytes: what the parser's caller lets in.
    var limit = 65_536

    /// - Parameter fault: runs the parser and says what is wrong, or nil.
    func run(_ fault: (_ input: [UInt8]) async throws -> String?) async throws {
        try await run { mutator in
            mutator.input(from: corpus, limit: limit)
        } fault: {
            try await fault($0)
        }
    }

    /// - Parameters:
    ///   - make: an input; everything about it comes from the generator.
    ///   - fault: runs the parser and says what is wrong, or nil.
    func run<Input>(
        _ make: (inout Mutator) -> Input, fault: (Input) async throws -> String?
    ) async throws {
        if let found = try await firstFault(make, fault: fault) { Issue.record("\(found)") }
    }

    /// What `run` tells; nil where nothing is wrong.
    func firstFault<Input>(
        _ make: (inout Mutator) -> Input, fault: (Input) async throws -> String?
    ) async throws -> String? {
        let first = environment("FUZZ_SEED").flatMap { UInt64($0) } ?? UInt64.random(in: 0..<1 << 53)
        let seconds = environment("FUZZ_SECONDS").flatMap { Double($0) } ?? 0.3
        let note = try CaseNote(name)
        let end = DispatchTime.now().uptimeNanoseconds + UInt64(seconds * 1e9)
        var (seed, slowest) = (first, (nanoseconds: UInt64(0), seed: first))
        var told: String?
        repeat {
            note.write("FUZZ_SEED=\(seed)\n")
            var mutator = Mutator(random: SeededGenerator(seed: seed))
            let input = make(&mutator)
            let start = DispatchTime.now().uptimeNanoseconds
            let found = try await fault(input)
            let took = DispatchTime.now().uptimeNanoseconds - start
            if took > slowest.nanoseconds { slowest = (took, seed) }
            if let found {
                told = "\(name): \(found), FUZZ_SEED=\(seed), \(Self.shown(input))"
                break
            }
            seed &+= 1
        } while DispatchTime.now().uptimeNanoseconds < end
        print(
            "fuzz \(name): FUZZ_SEED=\(first), \(seed &- first) inputs, the slowest took",
            "\(slowest.nanoseconds / 1_000) µs (\(slowest.seed))")
        note.remove()
        return told
    }

    private static func shown(_ input: some Any) -> String {
        guard let bytes = input as? [UInt8] else { return "\(input)" }
        return "\(bytes.count) bytes: \(String(decoding: bytes.prefix(2_000), as: UTF8.self).debugDescription)"
    }
}

/// The seed of the input that is at work, in a file that is there when the process is not any more.
private final class CaseNote: Sendable {
    private let path: String
    private let descriptor: Int32
    private let count = Atomic<UInt64>(0)
    private let isDone = Atomic(false)

    init(_ name: String) throws {
        let directory = "\(checkoutPath)/.build/fuzz"
        mkdir("\(checkoutPath)/.build", 0o755)
        mkdir(directory, 0o755)
        path = "\(directory)/\(name.replacing(" ", with: "-"))"
        descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        try #require(descriptor >= 0)
        watch(last: .max)
    }

    deinit { close(descriptor) }

    func write(_ text: String) {
        count.wrappingAdd(1, ordering: .relaxed)
        var text = text + "                "
        _ = text.withUTF8 { pwrite(descriptor, $0.baseAddress, $0.count, 0) }
    }

    func remove() {
        isDone.store(true, ordering: .relaxed)
        unlink(path)
    }

    /// Ends the process when one input takes a minute: what it hangs on cannot be stopped otherwise.
    private func watch(last: UInt64) {
        DispatchQueue.global().asyncAfter(deadline: .now() + 60) { [weak self] in
            guard let self, !isDone.load(ordering: .relaxed) else { return }
            let now = count.load(ordering: .relaxed)
            if now == last { fatalError("one input has taken a minute; its seed is in \(path)") }
            watch(last: now)
        }
    }
}
