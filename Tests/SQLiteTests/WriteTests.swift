import SQLite
import Testing

@Suite("Writes")
struct WriteTests {
    let directory: TemporaryDirectory
    let database: Database

    init() throws {
        directory = TemporaryDirectory()
        database = try Database(in: directory)
    }

    @Test("a write says how many rows it changed")
    func changes() async throws {
        let changed = try await database.write { transaction in
            [
                try transaction.execute("INSERT INTO things (name) VALUES ('a'), ('b'), ('c')"),
                try transaction.execute("UPDATE things SET name = name || 'x' WHERE name < 'c'"),
                try transaction.execute("CREATE TABLE others (id INTEGER)"),
                try transaction.execute("DELETE FROM things WHERE name = 'nobody'"),
            ]
        }
        #expect(changed == [3, 2, 0, 0])
    }

    @Test("a write is visible to a second connection at the moment it is answered")
    func answeredAfterCommit() async throws {
        let other = try Database(in: directory)
        try await withThrowingTaskGroup(of: Bool?.self) { group in
            for id in 1...200 {
                group.addTask {
                    try await database.write { try $0.execute("INSERT INTO things (id) VALUES (\(id))") }
                    return try other.read { try $0.first("SELECT 1 FROM things WHERE id = \(id)") { try $0.bool(0) } }
                }
            }
            for try await isVisible in group { #expect(isVisible == true) }
        }
    }

    @Test("a savepoint undoes what is in it and leaves the rest")
    func savepoint() async throws {
        try await database.write { transaction in
            try transaction.execute("INSERT INTO things (id) VALUES (1)")
            #expect(throws: Refusal.self) {
                try transaction.savepoint {
                    try transaction.execute("INSERT INTO things (id) VALUES (2)")
                    throw Refusal()
                }
            }
            try transaction.savepoint { try transaction.execute("INSERT INTO things (id) VALUES (3)") }
        }
        #expect(try database.read { try $0.rows("SELECT id FROM things") { try $0.int(0) } } == [1, 3])
    }

    @Test("the generation counts committed changes only")
    func generation() async throws {
        let start = database.generation
        try await database.write { try $0.execute("INSERT INTO things (id) VALUES (1)") }
        #expect(database.generation == start + 1)
        try await database.write { try $0.execute("DELETE FROM things WHERE id = 2") }
        await #expect(throws: Refusal.self) {
            try await database.write { transaction in
                try transaction.execute("INSERT INTO things (id) VALUES (2)")
                throw Refusal()
            }
        }
        #expect(database.generation == start + 1)
    }

    @Test("a write of a cancelled task is done and answered")
    func cancellation() async throws {
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await database.write { try $0.execute("INSERT INTO things (id) VALUES (1)") }
        }
        #expect(try await task.value == 1)
        #expect(try database.count() == 1)
    }
}

struct Refusal: Error {}
