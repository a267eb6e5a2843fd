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
            ("booking", ["audit", "payments"]), ("booking", ["audit"]), ("booking", ["outbox"]),
            ("analytics", ["backup", "copy.db"]),
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

    private func run(
        _ path: String, _ arguments: [String], _ environment: [String: String]
    ) async throws -> (ending: ChildProcess.Ending, text: String) {
        let log = temporaryPath("told.log")
        let child = try ChildProcess(path, arguments, environment: environment, output: log)
        return (try await child.end(), try readFile(log))
    }

    @Test("a set is not made of what is not there: where it was looked for is said, and what to set")
    func set() async throws {
        let (data, set) = (temporaryDirectory() + "/data", temporaryDirectory() + "/set")
        let environment = ["DATA_DIR": data, "BINARIES": executables]
        let script = "\(checkoutPath)/Gateway/backup.sh"
        let (ending, text) = try await run(script, [set], environment)
        #expect(ending == .exited(1))
        #expect(
            text == """
                backup: there is no database \(data)/analytics.db; set DATA_DIR to the directory that the services keep \
                theirs in

                """)
        for path in [data, set, set + ".partial"] { #expect(access(path, F_OK) != 0, "\(path)") }
    }

    @Test("a copy that is not there is named, and what an interrupted restore has left is not taken for nothing")
    func restore() async throws {
        let path = temporaryPath("booking.db")
        let copy = temporaryDirectory() + "/copy.db"
        let booking = "\(executables)/booking"
        let (ending, text) = try await run(booking, ["restore", copy], ["DATABASE": path])
        #expect(ending == .exited(1) && text == "booking: The database \(copy) cannot be opened: there is none.\n")
        #expect(access(path, F_OK) != 0)
        try writeFile(path + ".restored", [1])
        for command in [["backup", copy], ["outbox"], ["audit"]] {
            let (ending, text) = try await run(booking, command, ["DATABASE": path])
            #expect(ending == .exited(1) && text.contains("a restore was interrupted"), "\(text)")
        }
        #expect(access(copy, F_OK) != 0 && access(path, F_OK) != 0)
    }
}
