import EventLoop
import Glibc
import SQLite
import Synchronization
import Testing

@Suite("The file and its readers")
struct FileTests {
    let directory = TemporaryDirectory()

    private func mode(_ suffix: String) throws -> mode_t {
        var status = stat()
        guard stat(directory.file + suffix, &status) == 0 else { throw SystemFailure(errno: errno) }
        return status.st_mode & 0o777
    }

    @Test("only its owner may read the file, its log and its index")
    func modes() async throws {
        let database = try Database(in: directory)
        try await database.write { try $0.execute("INSERT INTO things (id) VALUES (1)") }
        for suffix in ["", "-wal", "-shm"] { #expect(try mode(suffix) == 0o600, "\(suffix)") }
    }

    @Test("a file that others may read is taken from them")
    func widerMode() throws {
        try Database(in: directory).close()
        chmod(directory.file, 0o644)
        try Database(in: directory).close()
        #expect(try mode("") == 0o600)
    }

    @Test("the settings that durability and safety rest on are in force")
    func settings() async throws {
        let database = try Database(in: directory)
        let found = try await database.write { transaction in
            let pragmas: [SQL] = [
                "PRAGMA synchronous", "PRAGMA foreign_keys", "PRAGMA trusted_schema", "PRAGMA wal_autocheckpoint",
                "PRAGMA mmap_size", "PRAGMA secure_delete",
            ]
            return try pragmas.map { try transaction.first($0) { try $0.int(0) } ?? -1 }
        }
        #expect(found == [2, 1, 0, 1_000, 0, 2])
        #expect(try database.read { try $0.first("PRAGMA journal_mode") { try $0.text(0) } } == "wal")
    }

    @Test("the log is empty after closing")
    func emptyLog() async throws {
        let database = try Database(in: directory)
        try await database.write { try $0.execute("INSERT INTO things (id) VALUES (1)") }
        database.close()
        var status = stat()
        #expect(stat(directory.file + "-wal", &status) != 0 || status.st_size == 0)
    }

    @Test("one read is one snapshot, on a loop's own connection")
    func snapshot() async throws {
        let database = try Database(in: directory)
        let loop = try EventLoop(name: "reader")
        defer { loop.stop() }
        let gate = Gate()
        let counts = Task {
            try await loop.perform {
                try database.read { connection in
                    let before = try connection.first("SELECT count(*) FROM things") { try $0.int(0) }
                    gate.pass()
                    return [before, try connection.first("SELECT count(*) FROM things") { try $0.int(0) }]
                }
            }
        }
        await gate.reached()
        try await database.write { try $0.execute("INSERT INTO things (id) VALUES (1)") }
        gate.open()
        #expect(try await counts.value == [0, 0])
        #expect(try await loop.perform { try database.count() } == 1)
    }

    @Test("a read inside a read belongs to its snapshot, on a loop and off it")
    func nestedReads() async throws {
        let database = try Database(in: directory)
        let loop = try EventLoop(name: "reader")
        defer { loop.stop() }
        #expect(try await loop.perform { try database.read { _ in try database.count() } } == 0)
        #expect(try database.read { _ in try database.count() } == 0)
    }

    @Test("a write from a loop is answered on that loop")
    func answerOnLoop() async throws {
        let database = try Database(in: directory)
        let loop = try EventLoop(name: "writer")
        defer { loop.stop() }
        let isThere = try await loop.perform {
            try await database.write { try $0.execute("INSERT INTO things (id) VALUES (1)") }
            return loop.isCurrent
        }
        #expect(isThere)
    }

    @Test("each database has its own connection on a loop")
    func severalDatabases() async throws {
        let loop = try EventLoop(name: "reader")
        defer { loop.stop() }
        for count in 0..<20 {
            let other = TemporaryDirectory()
            let database = try Database(in: other)
            for id in 0..<count {
                try await database.write { try $0.execute("INSERT INTO things (id) VALUES (\(id))") }
            }
            #expect(try await loop.perform { try database.count() } == Int64(count))
            database.close()
        }
    }

    @Test("a read that throws leaves its connection ready for the next")
    func throwingRead() throws {
        let database = try Database(in: directory)
        for _ in 1...5 {
            #expect(throws: Refusal.self) {
                try database.read { connection in
                    try connection.forEach("SELECT 1 UNION SELECT 2") { _ in throw Refusal() }
                }
            }
        }
        #expect(try database.count() == 0)
    }

    @Test("more statements than are kept still work")
    func manyStatements() throws {
        let database = try Database(in: directory) { $0.statementLimit = 3 }
        let statements: [SQL] = ["SELECT 0", "SELECT 1", "SELECT 2", "SELECT 3", "SELECT 4", "SELECT 5"]
        for _ in 1...3 {
            for (number, sql) in statements.enumerated() {
                #expect(try database.read { try $0.first(sql) { try $0.int(0) } } == Int64(number))
            }
        }
    }

    @Test("a database let go of without closing ends its thread and keeps its rows")
    func letGo() async throws {
        try await Database(in: directory).write { try $0.execute("INSERT INTO things (id) VALUES (1)") }
        #expect(try Database(in: directory).count() == 1)
    }
}
