import SQLite
import Testing

@Suite("Writes")
struct WriteTests {
    let directory: TemporaryDirectory
    let database: Database

    init() throws {
        directory = try TemporaryDirectory()
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

    @Test("every acknowledged row of many concurrent writers is there after reopening")
    func manyWriters() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for id in 1...2_000 {
                group.addTask {
                    _ = try await database.write { try $0.execute("INSERT INTO things (id) VALUES (\(id))") }
                }
            }
            try await group.waitForAll()
        }
        #expect(database.generation < 2_000, "many writes share a commit")
        database.close()
        #expect(try Database(in: directory).count() == 2_000)
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

    @Test("a closure that throws is undone alone, among the others of its batch")
    func isolation() async throws {
        let outcomes = await withTaskGroup(of: (Int, Bool).self) { group in
            for id in 1...100 {
                group.addTask {
                    do {
                        try await database.write { transaction in
                            try transaction.execute("INSERT INTO things (id) VALUES (\(id))")
                            if id % 3 == 0 { throw Refusal() }
                        }
                        return (id, true)
                    } catch {
                        #expect(error is Refusal)
                        return (id, false)
                    }
                }
            }
            return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
        let there = try database.read { try $0.rows("SELECT id FROM things") { Int(try $0.int(0)) } }
        #expect(Set(there) == Set(outcomes.filter(\.value).keys))
        #expect(there.count == 67)
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

    @Test("a closed database refuses, after doing what was queued")
    func closing() async throws {
        let pending = Task { try await database.write { try $0.execute("INSERT INTO things (id) VALUES (1)") } }
        _ = try await pending.value
        database.close()
        database.close()
        await #expect(throws: DatabaseError.closed) { try await database.write { _ in } }
        #expect(throws: DatabaseError.closed) { try database.count() }
        #expect(try Database(in: directory).count() == 1)
    }
}

struct Refusal: Error {}
