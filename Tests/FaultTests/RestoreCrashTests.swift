import Glibc
import TestSupport
import Testing

/// `restore`, killed at each of its steps.
@Suite struct RestoreCrashTests {
    private enum State: Hashable { case old, copy, none, mixed(String) }

    @Test("a restore that is killed leaves the old database, the copy, or none, and then nobody begins an empty one")
    func killed() async throws {
        let library = temporaryPath("die.so")
        let source = "\(checkoutPath)/Tests/Programs/die.c"
        _ = try await output(of: "/usr/bin/gcc", ["-O1", "-shared", "-fPIC", "-o", library, source, "-ldl"])
        let (base, copy) = (temporaryPath("booking.db"), temporaryPath("copy.db"))
        #expect(try await booking(["migrate"], base).ending == .exited(0))
        try writeFile(base + ".secret", [UInt8](repeating: 1, count: 32))
        #expect(try await booking(["backup", copy], base).ending == .exited(0))
        _ = try SchemaDump.sqlite(base, "INSERT INTO closed_sessions VALUES (1, 0); PRAGMA journal_mode = DELETE")
        try writeFile(base + ".secret", [UInt8](repeating: 2, count: 32))
        var seen: Set<State> = []
        var step = 0
        while true {
            step += 1
            let path = temporaryPath("booking.db")
            for suffix in ["", ".secret"] { try copyFile(base + suffix, path + suffix) }
            let preloaded = ["LD_PRELOAD": library, "DIE_AT": "\(step)"]
            let (ending, text) = try await booking(["restore", copy], path, preloaded)
            let state = try await state(of: path)
            if ending == .exited(0) {
                #expect(state == .copy)
                break
            }
            guard ending == .killed(SIGKILL), step < 200 else {
                Issue.record("step \(step): \(ending), \(text)")
                break
            }
            seen.insert(state)
            #expect(try await booking(["restore", copy], path).ending == .exited(0), "step \(step)")
            #expect(try await self.state(of: path) == .copy, "step \(step)")
        }
        #expect(seen.isSubset(of: [.old, .copy, .none]) && seen.isSuperset(of: [.old, .none]), "\(seen)")
    }

    private func booking(
        _ arguments: [String], _ database: String, _ environment: [String: String] = [:]
    ) async throws -> (ending: ChildProcess.Ending, text: String) {
        let output = temporaryPath("booking.log")
        let child = try ChildProcess(
            "\(executables)/booking", arguments, environment: environment.merging(["DATABASE": database]) { $1 },
            output: output)
        return (try await child.end(withinSeconds: 120), try readFile(output))
    }

    /// As the service finds it when it opens its database.
    private func state(of path: String) async throws -> State {
        let (ending, text) = try await booking(["migrate"], path)
        if ending != .exited(0), text.contains("a restore was interrupted"), access(path, F_OK) != 0 { return .none }
        let found = try SchemaDump.sqlite(path, "SELECT count(*) FROM closed_sessions")
        let secret = try readFile(path + ".secret").utf8.first
        switch (ending, found, secret) {
        case (.exited(0), "1\n", 2): return .old
        case (.exited(0), "0\n", 1): return .copy
        default: return .mixed("\(ending), \(found) of the old, secret \(secret ?? 0): \(text)")
        }
    }

    private func copyFile(_ path: String, _ target: String) throws {
        let file = open(path, O_RDONLY)
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: Int(lseek(file, 0, SEEK_END)))
        #expect(pread(file, &bytes, bytes.count, 0) == bytes.count)
        try writeFile(target, bytes)
    }
}
