import SQLite
import Testing

private let schema = Migration(
    "v0001_schema",
    sql: """
        CREATE TABLE things (
            id INTEGER PRIMARY KEY,
            name TEXT NOT NULL UNIQUE,
            size INTEGER NOT NULL DEFAULT 1 CONSTRAINT size_positive CHECK (size > 0),
            parent INTEGER REFERENCES things (id)
        ) STRICT;
        CREATE TRIGGER frozen BEFORE DELETE ON things BEGIN SELECT RAISE(ABORT, 'things are for ever'); END;
        INSERT INTO things (id, name) VALUES (1, 'first');
        """)

@Suite("Errors")
struct ErrorTests {
    let directory: TemporaryDirectory
    let database: Database

    init() throws {
        directory = TemporaryDirectory()
        database = try Database(in: directory, migrations: [schema])
    }

    private static let violations: [(SQL, DatabaseError.Constraint, String)] = [
        ("INSERT INTO things (id, name) VALUES (1, 'x')", .unique, "things.id"),
        ("INSERT INTO things (name) VALUES ('first')", .unique, "things.name"),
        ("INSERT INTO things (name) VALUES (NULL)", .notNull, "things.name"),
        ("INSERT INTO things (name, size) VALUES ('x', 0)", .check, "size_positive"),
        ("INSERT INTO things (name, size) VALUES ('x', 'big')", .dataType, "things.size"),
        ("INSERT INTO things (name, parent) VALUES ('x', 99)", .foreignKey, "FOREIGN KEY"),
        ("INSERT INTO things (name, parent) VALUES ('x', 99), ('y', 1) RETURNING id", .foreignKey, "FOREIGN KEY"),
        ("DELETE FROM things", .trigger, "things are for ever"),
    ]

    @Test("a broken constraint says which kind it is and names it", arguments: violations.indices)
    func constraints(index: Int) async throws {
        let (sql, kind, name) = Self.violations[index]
        for run in [{ _ = try $0.execute(sql) }, { _ = try $0.first(sql) { try $0.int(0) } }]
            as [@Sendable (Transaction) throws -> Void]
        {
            do {
                try await database.write(run)
                Issue.record("accepted")
            } catch DatabaseError.constraint(let found, let message) {
                #expect(found == kind)
                #expect(message.contains(name))
            }
        }
        #expect(try database.count() == 1)
    }

    @Test("an error carries the SQL and not its arguments")
    func wrongSQL() async throws {
        do {
            try await database.write { try $0.execute("INSERT INTO nowhere (name) VALUES (\("secret"))") }
            Issue.record("accepted")
        } catch {
            #expect("\(error)".contains("INSERT INTO nowhere (name) VALUES (?)"))
            #expect("\(error)".contains("no such table"))
            #expect(!"\(error)".contains("secret"))
            #expect((error as? DatabaseError)?.isTemporary == false)
        }
    }

    @Test("a reader cannot write")
    func readOnly() throws {
        #expect(throws: DatabaseError.readOnly) {
            try database.read { try $0.rows("INSERT INTO things (name) VALUES ('x') RETURNING id") { try $0.int(0) } }
        }
        #expect(try database.count() == 1)
    }

    @Test("another connection's lock is busy after the timeout, and temporary")
    func busy() async throws {
        let other = try Database(in: directory, migrations: [schema]) { $0.busyTimeoutMilliseconds = 20 }
        let gate = Gate()
        let holder = Task { try await database.write { _ in gate.pass() } }
        await gate.reached()
        await #expect(throws: DatabaseError.busy) {
            try await other.write { try $0.execute("INSERT INTO things (name) VALUES ('x')") }
        }
        #expect(DatabaseError.busy.isTemporary)
        gate.open()
        try await holder.value
        try await other.write { try $0.execute("INSERT INTO things (name) VALUES ('x')") }
        #expect(try database.count() == 2)
    }

    @Test("reads go on while a write is under way")
    func readsDuringWrite() async throws {
        let gate = Gate()
        let holder = Task {
            try await database.write { transaction in
                try transaction.execute("INSERT INTO things (name) VALUES ('x')")
                gate.pass()
            }
        }
        await gate.reached()
        #expect(try database.count() == 1)
        gate.open()
        try await holder.value
        #expect(try database.count() == 2)
    }

    @Test("double quotes never make a string")
    func doubleQuotes() {
        #expect(throws: DatabaseError.self) { try database.read { try $0.first("SELECT \"x\"") { try $0.text(0) } } }
    }
}
