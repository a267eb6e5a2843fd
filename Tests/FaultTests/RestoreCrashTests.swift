import Glibc
import TestSupport
import Testing

/// `restore`, killed or refused at each of its steps.
@Suite struct RestoreCrashTests {
    private enum State: Hashable { case old, copy, none, mixed(String) }

    @Test("a restore that is killed leaves the old database, the copy, or none, and then nobody begins an empty one")
    func killed() async throws {
        let scene = try await Scene()
        var seen: Set<State> = []
        var step = 0
        while true {
            step += 1
            let path = try scene.old()
            let (ending, text) = try await scene.restore(path, ["DIE_AT": "\(step)"])
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
            #expect(try scene.hasOldSecret(beside: path), "step \(step)")
            #expect(try await scene.restore(path).ending == .exited(0), "step \(step)")
            #expect(try await self.state(of: path) == .copy, "step \(step)")
            #expect(try scene.hasOldSecret(beside: path), "step \(step), restored again")
        }
        #expect(seen.isSubset(of: [.old, .copy, .none]) && seen.isSuperset(of: [.old, .none]), "\(seen)")
    }

    @Test("a restore that is refused a name says so, loses nothing, and leaves no trace where it changed nothing")
    func refused() async throws {
        let scene = try await Scene()
        var problems = ""
        for step in 1... {
            let path = try scene.old()
            let (ending, text) = try await scene.restore(path, ["REFUSE_AT": "\(step)"])
            guard text.contains("a name was refused"), step < 200 else {
                #expect(ending == .exited(0), "step \(step): \(text)")
                break
            }
            let state = try await state(of: path)
            #expect([.old, .copy, .none].contains(state), "step \(step)")
            #expect((ending == .exited(0)) == (state == .copy), "step \(step): \(text)")
            #expect(try scene.hasOldSecret(beside: path), "step \(step): \(text)")
            if state == .old { #expect(access(path + ".restored", F_OK) != 0, "step \(step)") }
            if ending != .exited(0) { problems += text }
        }
        #expect(problems.contains("booking.db.secret can't be moved aside"), "\(problems)")
        #expect(problems.contains("booking.db cannot be opened: it can't be moved aside"), "\(problems)")
    }

    @Test("the draft of a secret that an interrupted restore left goes at the next one, a new one stays")
    func drafts() async throws {
        let scene = try await Scene()
        let path = try scene.old()
        let (old, new) = (path + ".secret.draft-17", path + ".secret.draft-18")
        for file in [old, new] { try writeFile(file, [1]) }
        let longAgo = timeval(tv_sec: time(nil) - 90, tv_usec: 0)
        #expect(utimes(old, [longAgo, longAgo]) == 0)
        #expect(try await scene.restore(path).ending == .exited(0))
        #expect(access(old, F_OK) != 0 && access(new, F_OK) == 0)
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
}

/// A copy, and the database that it takes the place of, each with a secret and a row of its own.
private struct Scene {
    private let library = temporaryPath("die.so")
    private let base = temporaryPath("booking.db")
    private let copy = temporaryPath("copy.db")
    private let oldSecret = [UInt8](repeating: 2, count: 32)

    init() async throws {
        let source = "\(checkoutPath)/Tests/Programs/die.c"
        _ = try await output(of: "/usr/bin/gcc", ["-O1", "-shared", "-fPIC", "-o", library, source, "-ldl"])
        #expect(try await booking(["migrate"], base).ending == .exited(0))
        try writeFile(base + ".secret", [UInt8](repeating: 1, count: 32))
        #expect(try await booking(["backup", copy], base).ending == .exited(0))
        _ = try SchemaDump.sqlite(base, "INSERT INTO closed_sessions VALUES (1, 0); PRAGMA journal_mode = DELETE")
        try writeFile(base + ".secret", oldSecret)
    }

    /// Another one of what is there before a restore.
    func old() throws -> String {
        let path = temporaryPath("booking.db")
        for suffix in ["", ".secret"] { try copyFile(base + suffix, path + suffix) }
        return path
    }

    /// - Parameter trouble: where the command gets into it; nowhere without.
    func restore(
        _ path: String, _ trouble: [String: String] = [:]
    ) async throws -> (ending: ChildProcess.Ending, text: String) {
        let preloaded = trouble.isEmpty ? [:] : ["LD_PRELOAD": library]
        return try await booking(["restore", copy], path, preloaded.merging(trouble) { $1 })
    }

    /// Without it, nobody can read what is sealed in the old database.
    func hasOldSecret(beside path: String) throws -> Bool {
        let directory = String(path.dropLast("/booking.db".count))
        return try entries(of: directory).contains { name in
            try name.contains(".secret") && Array(readFile("\(directory)/\(name)").utf8) == oldSecret
        }
    }
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

private func copyFile(_ path: String, _ target: String) throws {
    let file = open(path, O_RDONLY)
    defer { close(file) }
    var bytes = [UInt8](repeating: 0, count: Int(lseek(file, 0, SEEK_END)))
    #expect(pread(file, &bytes, bytes.count, 0) == bytes.count)
    try writeFile(target, bytes)
}
