import SQLite
import Synchronization
import Telemetry
import Testing

@Suite("Batches")
struct BatchTests {
    let directory: TemporaryDirectory
    let database: Database
    let metrics = Metrics()

    init() throws {
        directory = TemporaryDirectory()
        database = try Database(in: directory, metrics: metrics) { $0.queueLimit = 500 }
    }

    private enum Outcome: Equatable, Sendable {
        case done
        case refused
        case failed(DatabaseError)
    }

    /// Runs the writes of 1…count in one batch, behind a writer that is held until all of them are queued.
    private func batch(
        _ count: Int, _ body: @escaping @Sendable (Transaction, Int) throws -> Void
    ) async throws -> [Int: Outcome] {
        let gate = Gate()
        let held = Task { try await database.write { _ in gate.pass() } }
        await gate.reached()
        async let outcomes = withTaskGroup(of: (Int, Outcome).self) { group in
            for id in 1...count {
                group.addTask { (id, await outcome { try body($0, id) }) }
            }
            return await group.reduce(into: [Int: Outcome]()) { $0[$1.0] = $1.1 }
        }
        await metrics.queued(Int64(count))
        gate.open()
        try await held.value
        return await outcomes
    }

    private func outcome(_ body: @escaping @Sendable (Transaction) throws -> Void) async -> Outcome {
        do {
            try await database.write(body)
            return .done
        } catch {
            return (error as? DatabaseError).map { .failed($0) } ?? .refused
        }
    }

    private func ids() throws -> Set<Int> {
        Set(try database.read { try $0.rows("SELECT id FROM things") { Int(try $0.int(0)) } })
    }

    @Test("writes that wait together are committed together")
    func groupCommit() async throws {
        let start = database.generation
        let outcomes = try await batch(200) { try $0.execute("INSERT INTO things (id) VALUES (\($1))") }
        #expect(outcomes.values.allSatisfy { $0 == .done })
        #expect(database.generation == start + 1)
        database.close()
        #expect(try Database(in: directory).count() == 200)
        #expect(metrics.histogram("sqlite_batch_writes", "", bounds: []).sum == 201)
    }

    @Test("every acknowledged row of many concurrent writers is there after reopening")
    func manyWriters() async throws {
        try await withThrowingTaskGroup(of: Int.self) { group in
            for id in 1...2_000 {
                group.addTask {
                    while true {
                        do {
                            return try await database.write { try $0.execute("INSERT INTO things (id) VALUES (\(id))") }
                        } catch DatabaseError.overloaded {
                            await Task.yield()
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        database.close()
        #expect(try Database(in: directory).count() == 2_000)
    }

    @Test("a closure that throws is undone alone, among the others of its batch")
    func isolation() async throws {
        let outcomes = try await batch(99) { transaction, id in
            try transaction.execute("INSERT INTO things (id) VALUES (\(id))")
            if id % 3 == 0 { throw Refusal() }
        }
        #expect(outcomes.filter { $0.value == .done }.count == 66)
        #expect(outcomes.filter { $0.value == .refused }.count == 33)
        #expect(try ids() == Set(outcomes.filter { $0.value == .done }.keys))
    }

    @Test("each closure sees what the ones before it in the batch did")
    func order() async throws {
        let outcomes = try await batch(50) { transaction, id in
            let last = try transaction.first("SELECT max(id) FROM things") { try $0.intOrNil(0) } ?? nil
            if let last, last >= 10 { throw Refusal() }
            try transaction.execute("INSERT INTO things (id) VALUES (\((last ?? 0) + 1))")
        }
        #expect(outcomes.filter { $0.value == .done }.count == 10)
        #expect(try ids() == Set(1...10))
    }

    @Test("a foreign key checked at the commit fails its own write, not the batch")
    func deferredForeignKey() async throws {
        try await database.write {
            try $0.execute(
                "CREATE TABLE parts (thing INTEGER REFERENCES things (id) DEFERRABLE INITIALLY DEFERRED) STRICT")
        }
        let outcomes = try await batch(10) { transaction, id in
            try transaction.execute("INSERT INTO parts (thing) VALUES (\(id))")
            if id != 5 { try transaction.execute("INSERT INTO things (id) VALUES (\(id))") }
        }
        #expect(outcomes[5] == .failed(.constraint(.foreignKey, message: "FOREIGN KEY constraint failed")))
        #expect(outcomes.filter { $0.value == .done }.count == 9)
        #expect(try ids() == Set(1...10).subtracting([5]))
    }

    @Test("when the disk is full the whole batch fails, and the next one works again")
    func fullDisk() async throws {
        let start = database.generation
        try await database.write { try $0.execute("PRAGMA max_page_count = 20") }
        let name = String(repeating: "x", count: 20_000)
        let outcomes = try await batch(20) { transaction, id in
            try transaction.execute("INSERT INTO things (id, name) VALUES (\(id), \("\(id)" + name))")
        }
        #expect(outcomes.values.allSatisfy { $0 == .failed(.diskFull) })
        #expect(try database.count() == 0)
        #expect(database.generation == start)
        #expect(metrics.counter("sqlite_failed_batches_total", "").value == 1)
        try await database.write { try $0.execute("PRAGMA max_page_count = 10000") }
        try await database.write { try $0.execute("INSERT INTO things (id, name) VALUES (1, \(name))") }
        #expect(try database.count() == 1)
    }

    @Test("a closure that overlooks its rollback cannot write outside of a transaction")
    func overlookedRollback() async throws {
        try await database.write { try $0.execute("PRAGMA max_page_count = 8") }
        await #expect(throws: DatabaseError.self) {
            try await database.write { transaction in
                _ = try? transaction.execute(
                    "INSERT INTO things (name) VALUES (\(String(repeating: "x", count: 99_999)))")
                _ = try? transaction.execute("INSERT INTO things (id) VALUES (1)")
            }
        }
        #expect(try database.count() == 0)
    }

    @Test("a closure that ends the transaction fails its batch", arguments: ["COMMIT", "ROLLBACK"] as [SQL])
    func endedTransaction(statement: SQL) async throws {
        await #expect(throws: DatabaseError.self) { try await database.write { try $0.execute(statement) } }
        try await database.write { try $0.execute("INSERT INTO things (id) VALUES (1)") }
        #expect(try database.count() == 1)
    }

    @Test("a full queue refuses at once and keeps what it has")
    func queueLimit() async throws {
        let gate = Gate()
        let held = Task { try await database.write { _ in gate.pass() } }
        await gate.reached()
        let waiting = (1...500).map { id in
            Task { try await database.write { try $0.execute("INSERT INTO things (id) VALUES (\(id))") } }
        }
        await metrics.queued(500)
        await #expect(throws: DatabaseError.overloaded) { try await database.write { _ in } }
        #expect(metrics.counter("sqlite_refused_writes_total", "").value == 1)
        gate.open()
        try await held.value
        for write in waiting { #expect(try await write.value == 1) }
        #expect(try database.count() == 500)
    }

    @Test("a write that has waited too long is refused instead of done, and those that came later are done")
    func longestWait() async throws {
        let other = TemporaryDirectory()
        let database = try Database(in: other, metrics: metrics) { $0.longestWaitMilliseconds = 100 }
        let gate = Gate()
        let held = Task { try await database.write { _ in gate.pass() } }
        await gate.reached()
        let waiting = (1...3).map { id in
            Task { try await database.write { try $0.execute("INSERT INTO things (id) VALUES (\(id))") } }
        }
        await metrics.queued(3)
        try await Task.sleep(for: .milliseconds(150))
        gate.open()
        try await held.value
        for write in waiting {
            await #expect(throws: DatabaseError.overloaded) { try await write.value }
        }
        #expect(metrics.counter("sqlite_refused_writes_total", "").value == 3)
        try await database.write { try $0.execute("INSERT INTO things (id) VALUES (9)") }
        #expect(try database.read { try $0.rows("SELECT id FROM things") { try $0.int(0) } } == [9])
    }

    @Test("closing does what is queued and refuses what comes later")
    func closing() async throws {
        let gate = Gate()
        let held = Task { try await database.write { _ in gate.pass() } }
        await gate.reached()
        let waiting = Task { try await database.write { try $0.execute("INSERT INTO things (id) VALUES (1)") } }
        await metrics.queued(1)
        gate.open()
        database.close()
        try await held.value
        #expect(try await waiting.value == 1)
        await #expect(throws: DatabaseError.closed) { try await database.write { _ in } }
        #expect(throws: DatabaseError.closed) { try database.count() }
        #expect(try Database(in: directory).count() == 1)
    }
}
