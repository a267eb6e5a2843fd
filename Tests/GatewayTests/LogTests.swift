import Glibc
import TestSupport
import Testing

@Suite struct LogTests {
    @Test("a log that is too long is moved aside, and with a full disk given up, so that room is found again")
    func limited() async throws {
        let directory = temporaryDirectory()
        let text = String(repeating: "a line\n", count: 1_000)
        for name in ["long", "stuck"] { try writeFile("\(directory)/\(name).log", Array(text.utf8)) }
        try writeFile("\(directory)/short.log", Array("a line\n".utf8))
        // Whoever writes to it is told that the disk is full.
        #expect(symlink("/dev/full", "\(directory)/stuck.log.1") == 0)
        let script = try ChildProcess(
            "\(checkoutPath)/Gateway/limit-logs.sh", [directory, "5000"], environment: ["SECONDS_BETWEEN": "0.05"],
            output: temporaryPath("output"))
        func content(_ name: String) -> String? { try? readFile("\(directory)/\(name)") }
        await eventually { content("long.log") == "" && content("stuck.log") == "" }
        #expect(content("long.log") == "" && content("long.log.1") == text)
        #expect(content("stuck.log") == "" && content("short.log") == "a line\n")
        #expect(entries(of: directory) == ["long.log", "long.log.1", "short.log", "stuck.log"])
        script.signal(SIGTERM)
        _ = try await script.end()
    }
}
