import Glibc
import TestSupport
import Testing

/// Commands about data, where there is none.
@Suite struct MissingDataTests {
    @Test(
        "a command on a database that is not there says so and fails, and makes none",
        arguments: [
            ("catalog", ["export", "--from", "2026-11-23"]), ("catalog", ["import", "/dev/null"]),
            ("identity", ["grant", "ada@marquee.example", "admin"]), ("identity", ["rotate-keys"]),
            ("booking", ["audit", "payments"]),
        ])
    func refused(service: String, command: [String]) async throws {
        let (path, log) = (temporaryPath("missing.db"), temporaryPath("missing.log"))
        let child = try ChildProcess(
            "\(executables)/\(service)", command, environment: ["DATABASE": path], output: log)
        #expect(try await child.end() == .exited(1))
        let told = try readFile(log)
        #expect(told == "\(service): There is no database '\(path)': DATABASE must name that of \(service).\n")
        #expect(access(path, F_OK) != 0)
    }
}
