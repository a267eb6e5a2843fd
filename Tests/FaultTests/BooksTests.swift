import Glibc
import JSON
import TestSupport
import Testing

@Suite struct BooksTests {
    @Test("the books balance at any moment while customers buy, and an audit leaves nothing behind")
    func whileSelling() async throws {
        let seed = environment("FAULT_SEED").flatMap { UInt64($0) } ?? .random(in: 0...9_999_999)
        try await Stack.run(settings: ["HOLD_SECONDS": "3600"], fixtures: Self.fixtures) { stack in
            var heads: [Substring] = []
            let witnesses = try await Load(stack).run(seed: seed) {
                for round in 0..<8 {
                    try await Task.sleep(for: .milliseconds(200))
                    async let copied: Void = stack["booking"].run("backup", "\(stack.directory)/\(round).db")
                    let expected = heads.last.map { ["--expect", String($0)] } ?? []
                    let (ending, text) = try await stack["booking"].outcome(of: ["audit"] + expected)
                    #expect(ending == .exited(0) && text.hasSuffix("no differences\n"), "\(text)")
                    try await copied
                    heads.append(text.prefix { $0 != "\n" }.suffix(64))
                }
            }
            print("books, FAULT_SEED=\(seed): \(Audit(stack: stack, witnesses: witnesses).summary)")
            #expect(witnesses.flatMap(\.unexpected) == [])
            #expect(Set(heads).count == heads.count, "nothing happened between two audits")
            #expect(entries(of: stack.directory).filter { $0.contains("looked-at") } == [])
        }
    }

    /// The file and its log, as they lie there.
    private func bytes(of path: String) async throws -> String {
        var log = stat()
        let isEmpty = stat(path + "-wal", &log) != 0 || log.st_size == 0
        return try await output(of: "/usr/bin/sha256sum", [path] + (isEmpty ? [] : [path + "-wal"]))
    }

    private static let looking = [
        "booking": [["audit"], ["audit", "payments"], ["outbox"]],
        "catalog": [["export", "--from", "2026-11-23"]],
    ]
    private static let writing = ["booking": ["retry-mails"], "catalog": ["import", "-"], "identity": ["rotate-keys"]]

    @Test("commands that look leave the database and its log as they are; at another schema all of them refuse")
    func untouched() async throws {
        try await Stack.run(fixtures: Self.fixtures) { stack in
            let token = stack.token(user: 5)
            #expect(try await stack.post("/v1/sessions/\(StackSession.id(1))/book", token: token).status == 201)
            for name in ["booking", "catalog", "identity"] {
                let service = stack[name]
                // What is in its log stays there, and nobody else writes.
                try await service.kill()
                let looking = Self.looking[name] ?? []
                let before = try await bytes(of: service.databasePath)
                for command in looking {
                    let (ending, text) = try await service.outcome(of: command)
                    #expect(ending == .exited(0), "\(command): \(text)")
                    #expect(try await bytes(of: service.databasePath) == before, "\(name) \(command)")
                }
                let newest = try await service.sql("SELECT max(name) AS name FROM migrations")
                let known = try #require(newest.first?["name"]?.stringValue)
                for (change, reason) in [
                    ("INSERT INTO migrations VALUES ('v9999_later', '', 0, 0)", "has the migration v9999_later, which"),
                    ("DELETE FROM migrations WHERE name >= '\(known)'", ", this program knows \(known): use the"),
                ] {
                    _ = try await service.sql(change)
                    let before = try await bytes(of: service.databasePath)
                    for command in looking + (Self.writing[name].map { [$0] } ?? []) {
                        let (ending, text) = try await service.outcome(of: command)
                        #expect(ending == .exited(1) && text.contains(reason), "\(name) \(command): \(text)")
                        #expect(try await bytes(of: service.databasePath) == before, "\(name) \(command)")
                    }
                }
            }
        }
    }

    @Test("commands that look do so on a disk that is read-only, those that write say that it is")
    func readOnly() async throws {
        let trouble = try await Trouble()
        for name in ["booking", "catalog"] {
            let path = temporaryPath("\(name).db")
            func run(_ command: [String]) async throws -> (ending: ChildProcess.Ending, text: String) {
                let log = temporaryPath("told.log")
                let child = try ChildProcess(
                    "\(executables)/\(name)", command, environment: trouble.settings.merging(["DATABASE": path]) { $1 },
                    output: log)
                return (try await child.end(withinSeconds: 120), try readFile(log))
            }
            #expect(try await run(["migrate"]).ending == .exited(0))
            trouble.disk(.readOnly)
            // An audit of the books makes a copy beside the file.
            for command in Self.looking[name] ?? [] where command != ["audit"] {
                let (ending, text) = try await run(command)
                #expect(ending == .exited(0), "\(command): \(text)")
            }
            let (ending, text) = try await run(name == "booking" ? ["retry-mails"] : ["import", "/dev/null"])
            #expect(ending == .exited(1) && text.contains("its file or disk is read-only"), "\(text)")
            trouble.disk(.good)
        }
    }

    private static let fixtures = ["catalog": StackSession.rows(allocations: [10_000, 200, 10_000])]
}
