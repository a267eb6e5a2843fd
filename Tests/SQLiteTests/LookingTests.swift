import Glibc
import SQLite
import TestSupport
import Testing

/// A database that a running service may be using, opened by somebody else.
@Suite struct LookingTests {
    private static let names = Migration("v0002_names", sql: "CREATE TABLE names (id INTEGER PRIMARY KEY) STRICT;")

    /// The file and its log, byte for byte.
    private func bytes(_ path: String) throws -> [String] {
        try ["", "-wal"].map { suffix in
            guard access(path + suffix, F_OK) == 0 else { return "none" }
            return try SchemaDump.sqlite(":memory:", "SELECT hex(readfile('\(path)\(suffix)'))")
        }
    }

    private func add(_ id: Int64, to database: Database) async throws {
        try await database.write { try $0.execute("INSERT INTO things (id) VALUES (\(id))") }
    }

    @Test("who looks reads what is in the log, and leaves it and the file as they are, beside an old reader or alone")
    func untouched() async throws {
        let directory = TemporaryDirectory()
        let database = try Database(in: directory)
        for id in 1...20 as ClosedRange<Int64> { try await add(id, to: database) }
        let before = try bytes(directory.file)
        func look() throws {
            let looking = try Database(.init(path: directory.file), migrations: [things], as: .looking)
            #expect(try looking.count() == 20)
            let copied = try looking.withCopy(migrations: [things]) { copy in
                try copy.first("SELECT count(*) FROM things") { try $0.int(0) }
            }
            #expect(copied == 20)
            looking.close()
            #expect(try bytes(directory.file) == before)
        }
        try look()
        // What is copied meanwhile is of an older state, for which a checkpoint would wait.
        try database.read { connection in
            _ = try connection.first("SELECT count(*) FROM things") { try $0.int(0) }
            try look()
        }
        let looking = try Database(.init(path: directory.file), migrations: [things], as: .looking)
        await #expect(throws: DatabaseError.readOnly) { try await add(21, to: looking) }
        database.close()
    }

    @Test("who writes beside a service leaves its log for it to empty")
    func beside() async throws {
        let directory = TemporaryDirectory()
        let database = try Database(in: directory)
        for id in 1...20 as ClosedRange<Int64> { try await add(id, to: database) }
        var length = stat()
        #expect(stat(directory.file + "-wal", &length) == 0)
        let second = try Database(.init(path: directory.file), migrations: [things], as: .beside)
        try await add(21, to: second)
        second.close()
        var after = stat()
        #expect(stat(directory.file + "-wal", &after) == 0 && after.st_size >= length.st_size)
        #expect(try database.count() == 21)
        database.close()
        #expect(stat(directory.file + "-wal", &after) == 0 && after.st_size == 0, "its owner does")
    }

    @Test("a schema that is older or newer than the program's is refused, and a missing database is not made")
    func refused() async throws {
        let directory = TemporaryDirectory()
        let database = try Database(in: directory)
        try await add(1, to: database)
        let before = try bytes(directory.file)
        for use in [Database.Use.beside, .looking] {
            let error = #expect(throws: DatabaseError.self) {
                try Database(.init(path: directory.file), migrations: [things, Self.names], as: use)
            }
            #expect(error == .olderSchema(has: "v0001_things", wanted: "v0002_names"))
            #expect(
                error?.description == """
                    The database has the schema v0001_things, this program knows v0002_names: use the program of the \
                    service that runs, or bring it up to date by starting this one's.
                    """)
            #expect(throws: DatabaseError.newerSchema(migration: "v0001_things")) {
                try Database(.init(path: directory.file), migrations: [], as: use)
            }
            #expect(throws: DatabaseError.cannotOpen(path: directory.path + "/none.db", reason: "there is none")) {
                try Database(.init(path: directory.path + "/none.db"), migrations: [things], as: use)
            }
        }
        #expect(throws: DatabaseError.olderSchema(has: "v0001_things", wanted: "v0002_names")) {
            try database.withCopy(migrations: [things, Self.names]) { _ in }
        }
        #expect(try bytes(directory.file) == before)
        #expect(entries(of: directory.path) == ["test.db", "test.db-shm", "test.db-wal"])
        database.close()
    }

    @Test("a copy to look at that was left behind goes at the next time, one that is being made stays")
    func leftBehind() async throws {
        let directory = TemporaryDirectory()
        let database = try Database(in: directory)
        let old = ["test.db.looked-at-17", "test.db.looked-at-17-journal"]
        let others = ["other.db.looked-at-17", "test.db.looked-at-18", "test.db.partial"]
        for name in old + others { try writeFile("\(directory.path)/\(name)", [1]) }
        let longAgo = timeval(tv_sec: time(nil) - 90, tv_usec: 0)
        for name in old + ["other.db.looked-at-17", "test.db.partial"] {
            #expect(utimes("\(directory.path)/\(name)", [longAgo, longAgo]) == 0)
        }
        try database.withCopy(migrations: [things]) { _ in }
        let left = entries(of: directory.path).filter { !["test.db", "test.db-shm", "test.db-wal"].contains($0) }
        #expect(left == others)
        for name in others { unlink("\(directory.path)/\(name)") }
        database.close()
    }
}
