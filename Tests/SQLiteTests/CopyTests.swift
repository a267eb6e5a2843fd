import Glibc
import SQLite
import Synchronization
import TestSupport
import Testing

@Suite struct CopyTests {
    private static let pairs = Migration(
        "v0001_pairs",
        sql: """
            CREATE TABLE pairs (id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT;
            CREATE TABLE twins (id INTEGER PRIMARY KEY REFERENCES pairs (id), text TEXT NOT NULL) STRICT;
            """)

    /// Both rows, or neither.
    private func write(_ id: Int64, in database: Database) async throws {
        let text = String(repeating: "\(id) ", count: 200)
        try await database.write { transaction in
            try transaction.execute("INSERT INTO pairs (id, text) VALUES (\(id), \(text))")
            try transaction.execute("INSERT INTO twins (id, text) VALUES (\(id), \(text))")
        }
    }

    private func counts(_ database: Database) throws -> [Int64] {
        try database.read { connection in
            try connection.rows(
                """
                SELECT count(*) FROM pairs UNION ALL SELECT count(*) FROM twins
                UNION ALL SELECT count(*) FROM pairs JOIN twins USING (id, text)
                """
            ) { try $0.int(0) }
        }
    }

    @Test("a copy made while others write is whole, of one moment, and holds what was acknowledged before")
    func underLoad() async throws {
        let directory = TemporaryDirectory()
        let target = directory.path + "/copy.db"
        defer { unlink(target) }
        let database = try Database(in: directory, migrations: [Self.pairs])
        for id in 1...3_000 as ClosedRange<Int64> { try await write(id, in: database) }
        let isCopied = Atomic(false)
        async let written: Int64 = {
            var id: Int64 = 3_000
            while !isCopied.load(ordering: .acquiring) {
                id += 1
                try await write(id, in: database)
            }
            return id
        }()
        for _ in 0..<3 {
            let before = try counts(database)[0]
            try Database.copy(directory.file, to: target, migrations: [Self.pairs])
            var status = stat()
            #expect(stat(target, &status) == 0 && status.st_mode & 0o777 == 0o600)
            let copy = try Database(.init(path: target), migrations: [Self.pairs])
            let found = try counts(copy)
            #expect(found[0] >= before && found == [found[0], found[0], found[0]])
            #expect(try copy.isCopy())
            try await copy.write { try $0.forgetBeingCopy() }
            #expect(try !copy.isCopy())
            copy.close()
            for suffix in ["", "-wal", "-shm"] { unlink(target + suffix) }
        }
        isCopied.store(true, ordering: .releasing)
        #expect(try await written > 3_000, "nobody wrote meanwhile")
        #expect(try !database.isCopy())
        database.close()
    }

    @Test("nothing is overwritten, nothing of another program's is copied, and nothing that is damaged")
    func refusals() async throws {
        let directory = TemporaryDirectory()
        let target = directory.path + "/copy.db"
        let database = try Database(in: directory, migrations: [Self.pairs])
        for id in 1...200 as ClosedRange<Int64> { try await write(id, in: database) }
        database.close()
        #expect(throws: DatabaseError.self) {
            try Database.copy(directory.file, to: directory.file, migrations: [Self.pairs])
        }
        #expect(throws: DatabaseError.newerSchema(migration: "v0001_pairs")) {
            try Database.copy(directory.file, to: target, migrations: [things])
        }
        #expect(throws: DatabaseError.self) {
            try Database.copy(directory.path + "/none.db", to: target, migrations: [Self.pairs])
        }
        let file = open(directory.file, O_RDWR)
        let noise = [UInt8](repeating: 0xa5, count: 40_000)
        #expect(pwrite(file, noise, noise.count, 8_192) == noise.count)
        close(file)
        #expect(throws: DatabaseError.self) {
            try Database.copy(directory.file, to: target, migrations: [Self.pairs])
        }
        #expect(access(target, F_OK) != 0 && access(target + ".partial", F_OK) != 0)
    }

    @Test("a copy is restored where nobody has the database open, and what was there is kept")
    func restored() async throws {
        let directory = TemporaryDirectory()
        let target = directory.path + "/copy.db"
        defer { unlink(target) }
        try await use(directory.file, copyingTo: target)
        #expect(access(directory.file + ".restored", F_OK) != 0, "a restore that was refused has left something")
        let aside = try #require(try Database.restore(target, to: directory.file, migrations: [Self.pairs]))
        for (path, count) in [(directory.file, 1), (aside, 3)] as [(String, Int64)] {
            let found = try Database(.init(path: path), migrations: [Self.pairs])
            #expect(try counts(found)[0] == count)
            found.close()
        }
        for suffix in ["", "-wal", "-shm"] { unlink(aside + suffix) }
        unlink(directory.file)
        #expect(try Database.restore(target, to: directory.file, migrations: [Self.pairs]) == nil)
    }

    /// A writer's connection is closed with its database, which is gone at the end of this.
    private func use(_ file: String, copyingTo target: String) async throws {
        let database = try Database(.init(path: file), migrations: [Self.pairs])
        try await write(1, in: database)
        try Database.copy(file, to: target, migrations: [Self.pairs])
        try await write(2, in: database)
        #expect(throws: DatabaseError.busy) { try Database.restore(target, to: file, migrations: [Self.pairs]) }
        try await write(3, in: database)
        #expect(try counts(database)[0] == 3)
        database.close()
    }

    private struct Interrupted: Error {}

    @Test("where a restore was interrupted nobody begins a new database, and it can be done again")
    func interrupted() async throws {
        let directory = TemporaryDirectory()
        let target = directory.path + "/copy.db"
        defer { unlink(target) }
        try await use(directory.file, copyingTo: target)
        var aside: String?
        #expect(throws: Interrupted.self) {
            try Database.restore(target, to: directory.file, migrations: [Self.pairs]) { name in
                aside = name
                #expect(access(directory.file, F_OK) != 0)
                throw Interrupted()
            }
        }
        let old = try #require(aside)
        let elsewhere = directory.path + "/elsewhere"
        // Each of the two alone, and what a copy that was not finished leaves.
        let draft = directory.file + ".restored"
        for (moved, name) in [(draft, elsewhere), (old, elsewhere), (draft, draft + ".partial")] {
            #expect(rename(moved, name) == 0)
            #expect(throws: DatabaseError.self) {
                try Database(.init(path: directory.file), migrations: [Self.pairs])
            }
            #expect(access(directory.file, F_OK) != 0, "without \(moved)")
            #expect(rename(name, moved) == 0)
        }
        #expect(try Database.restore(target, to: directory.file, migrations: [Self.pairs]) == nil)
        let found = try Database(.init(path: directory.file), migrations: [Self.pairs])
        #expect(try counts(found)[0] == 1)
        found.close()
        unlink(old)
    }

    @Test("the log of a database whose file is gone has no part in what is restored")
    func leftLog() async throws {
        let directory = TemporaryDirectory()
        let (target, log) = (directory.path + "/copy.db", directory.path + "/log")
        defer { for path in [target, log] { unlink(path) } }
        let database = try Database(in: directory, migrations: [Self.pairs])
        try await write(1, in: database)
        try Database.copy(directory.file, to: target, migrations: [Self.pairs])
        try await write(2, in: database)
        #expect(link(directory.file + "-wal", log) == 0)
        let bytes = try bytes(of: log)
        database.close()
        unlink(directory.file)
        try writeFile(directory.file + "-wal", bytes)
        #expect(try Database.restore(target, to: directory.file, migrations: [Self.pairs]) == nil)
        let found = try Database(.init(path: directory.file), migrations: [Self.pairs])
        #expect(try counts(found) == [1, 1, 1])
        found.close()
        for name in entries(of: directory.path) where name.contains(".replaced-") {
            unlink("\(directory.path)/\(name)")
        }
    }

    private func bytes(of path: String) throws -> [UInt8] {
        let file = open(path, O_RDONLY)
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: Int(lseek(file, 0, SEEK_END)))
        #expect(pread(file, &bytes, bytes.count, 0) == bytes.count)
        return bytes
    }

    @Test("a database that is damaged is replaced too")
    func damaged() async throws {
        let directory = TemporaryDirectory()
        let target = directory.path + "/copy.db"
        defer { unlink(target) }
        let database = try Database(in: directory, migrations: [Self.pairs])
        try await write(1, in: database)
        try Database.copy(directory.file, to: target, migrations: [Self.pairs])
        database.close()
        for suffix in ["-wal", "-shm"] { unlink(directory.file + suffix) }
        let file = open(directory.file, O_WRONLY | O_TRUNC)
        #expect(Glibc.write(file, [UInt8](repeating: 7, count: 9_000), 9_000) == 9_000)
        close(file)
        let aside = try #require(try Database.restore(target, to: directory.file, migrations: [Self.pairs]))
        let found = try Database(.init(path: directory.file), migrations: [Self.pairs])
        #expect(try counts(found)[0] == 1)
        found.close()
        unlink(aside)
    }

    @Test("what is looked at in a copy holds up nobody: neither who writes, nor that the log is emptied")
    func looking() async throws {
        let directory = TemporaryDirectory()
        let database = try Database(in: directory, migrations: [Self.pairs])
        for id in 1...100 as ClosedRange<Int64> { try await write(id, in: database) }
        try database.withCopy(migrations: [Self.pairs]) { copy in
            let count = try copy.first("SELECT count(*) FROM pairs") { try $0.int(0) }
            #expect(count == 100)
            #expect(entries(of: directory.path).filter { $0.contains("looked") } == [])
            // Whoever reads an older state of the file is in the way of this.
            let change = "INSERT INTO pairs VALUES (101, ''); PRAGMA wal_checkpoint(TRUNCATE)"
            #expect(try SchemaDump.sqlite(directory.file, change) == "0|0|0\n")
        }
        #expect(throws: DatabaseError.self) { try database.withCopy(migrations: [things]) { _ in } }
        #expect(entries(of: directory.path).filter { $0.contains("looked") } == [])
    }
}
