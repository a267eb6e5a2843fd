import Glibc
import SQLite
import Testing

private let names = Migration(
    "v0002_names", sql: "ALTER TABLE things ADD COLUMN label TEXT; CREATE TABLE names (n TEXT);")

@Suite("Migrations")
struct MigrationTests {
    let directory = TemporaryDirectory()

    private func tables() throws -> [String] {
        let database = try Database(in: directory)
        return try database.read {
            try $0.rows("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name") { try $0.text(0) }
        }
    }

    private func ledger(_ database: Database) throws -> [String] {
        try database.read { try $0.rows("SELECT name FROM migrations ORDER BY rowid") { try $0.text(0) } }
    }

    @Test("a new file gets all of them, an old one what it lacks, and each only once")
    func forward() async throws {
        let first = try Database(in: directory)
        try await first.write { try $0.execute("INSERT INTO things (id) VALUES (1)") }
        first.close()
        for _ in 1...2 {
            let database = try Database(in: directory, migrations: [things, names])
            #expect(try ledger(database) == ["v0001_things", "v0002_names"])
            #expect(try database.read { try $0.first("SELECT label FROM things") { $0.isNil(0) } } == true)
            database.close()
        }
    }

    @Test("foreign keys hold again after a migration")
    func foreignKeys() async throws {
        let parts = Migration("v0002_parts", sql: "CREATE TABLE parts (thing INTEGER REFERENCES things (id)) STRICT;")
        let database = try Database(in: directory, migrations: [things, parts])
        await #expect(throws: DatabaseError.self) {
            try await database.write { try $0.execute("INSERT INTO parts (thing) VALUES (9)") }
        }
    }

    @Test("a migration that was edited after it was applied is refused")
    func edited() throws {
        try Database(in: directory).close()
        let edited = Migration(things.name, sql: things.sql + " -- edited")
        #expect(throws: DatabaseError.changedMigration("v0001_things")) {
            try Database(in: directory, migrations: [edited])
        }
    }

    @Test("one that comes before what was applied is refused")
    func outOfOrder() throws {
        try Database(in: directory).close()
        #expect(throws: DatabaseError.self) { try Database(in: directory, migrations: [names, things]) }
    }

    @Test("a newer schema is refused by name")
    func newer() throws {
        try Database(in: directory, migrations: [things, names]).close()
        #expect(throws: DatabaseError.newerSchema(migration: "v0002_names")) { try Database(in: directory) }
    }

    @Test("a newer schema that is safe for older code is not refused")
    func newerButSafe() async throws {
        let safe = Migration(names.name, sql: names.sql, safeForOlderCode: true)
        try Database(in: directory, migrations: [things, safe]).close()
        let database = try Database(in: directory)
        try await database.write { try $0.execute("INSERT INTO things (id) VALUES (1)") }
        #expect(try database.count() == 1)
    }

    @Test("what fails half-way leaves nothing behind")
    func failure() throws {
        let broken = Migration("v0002_broken", sql: "CREATE TABLE half (id INTEGER); INSERT INTO half VALUES (1, 2);")
        do {
            _ = try Database(in: directory, migrations: [things, broken])
            Issue.record("accepted")
        } catch DatabaseError.failedMigration(let name, let message) {
            #expect(name == "v0002_broken")
            #expect(message.contains("2 values"))
        }
        #expect(try tables() == ["migrations", "things"])
    }

    @Test("one that ends its transaction, or leaves a foreign key pointing nowhere, fails")
    func misbehaving() throws {
        let ending = Migration("v0002_ending", sql: "COMMIT;")
        #expect(throws: DatabaseError.self) { try Database(in: directory, migrations: [things, ending]) }
        let dangling = Migration(
            "v0002_dangling",
            sql: "CREATE TABLE parts (thing INTEGER REFERENCES things (id)); INSERT INTO parts VALUES (9);")
        #expect(throws: DatabaseError.self) { try Database(in: directory, migrations: [things, dangling]) }
        #expect(try tables() == ["migrations", "things"])
    }

    @Test("a file with tables of unknown origin is refused")
    func foreignFile() throws {
        #expect(try shell("sqlite3 \(directory.file) 'CREATE TABLE x (y)'") == "")
        do {
            _ = try Database(in: directory)
            Issue.record("accepted")
        } catch DatabaseError.cannotOpen(let path, let reason) {
            #expect(path == directory.file)
            #expect(reason.contains("ledger"))
        }
    }

    @Test("a file that is no database is refused")
    func noDatabase() throws {
        #expect(try shell("head -c 8192 /dev/zero | tr '\\0' x > \(directory.file)") == "")
        #expect(throws: DatabaseError.self) { try Database(in: directory) }
    }

    @Test("a directory that is not there is named")
    func noDirectory() {
        let path = directory.path + "/nowhere/x.db"
        #expect(throws: DatabaseError.cannotOpen(path: path, reason: "No such file or directory")) {
            try Database(Database.Configuration(path: path), migrations: [])
        }
    }

    @Test("the sqlite3 tool's dump of a schema is the same every time, and makes a database to run on")
    func dump() async throws {
        let other = TemporaryDirectory()
        try Database(in: directory, migrations: [things, names]) { $0.now = { 0 } }.close()
        try Database(in: other, migrations: [things, names]) { $0.now = { 0 } }.close()
        let dump = try shell("sqlite3 \(directory.file) .dump")
        #expect(try dump == shell("sqlite3 \(other.file) .dump"))
        #expect(dump.contains("INSERT INTO migrations VALUES('v0002_names',"))

        let restored = TemporaryDirectory()
        #expect(try shell("sqlite3 \(directory.file) .dump | sqlite3 \(restored.file)") == "")
        let database = try Database(in: restored, migrations: [things, names])
        try await database.write { try $0.execute("INSERT INTO things (id) VALUES (1)") }
        #expect(try database.count() == 1)
    }

    /// What a shell command prints, its errors too.
    private func shell(_ command: String) throws -> String {
        guard let pipe = popen("{ \(command); } 2>&1", "r") else { throw SystemFailure(errno: errno) }
        defer { pclose(pipe) }
        var output: [UInt8] = []
        while case let byte = fgetc(pipe), byte != EOF { output.append(UInt8(truncatingIfNeeded: byte)) }
        return String(decoding: output, as: UTF8.self)
    }
}
