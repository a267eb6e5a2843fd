import SQLite
import Synchronization
import Testing

/// A database without a thread, whose statements fail when they are told to: what simulations run on.
@Suite struct SteppingTests {
    private struct Refused: Error {}

    private let directory: TemporaryDirectory
    private let database: Database
    /// Of the next statements, in their order.
    private let faults: Faults

    private final class Faults: Sendable {
        let next = Mutex<[StatementFault?]>([])
        func take() -> StatementFault? { next.withLock { $0.isEmpty ? nil : $0.removeFirst() } }
    }

    init() throws {
        let faults = Faults()
        directory = TemporaryDirectory()
        database = try Database(in: directory) { configuration in
            configuration.isStepped = true
            configuration.faults = { _ in faults.take() }
        }
        self.faults = faults
    }

    private func add(_ ids: ClosedRange<Int64>) async -> [Task<Int, any Error>] {
        var writes: [Task<Int, any Error>] = []
        for id in ids {
            let waiting = database.waitingWrites
            writes.append(
                Task { [database] in
                    try await database.write { try $0.execute("INSERT INTO things (id) VALUES (\(id))") }
                })
            while database.waitingWrites == waiting { await Task.yield() }
        }
        return writes
    }

    @Test("nothing is written but in the batches that are asked for")
    func batches() async throws {
        let writes = await add(1...3)
        #expect(try database.count() == 0)
        database.runBatch(upTo: 2)
        #expect(try database.count() == 2)
        database.runBatch(upTo: 2)
        for write in writes { #expect(try await write.value == 1) }
        #expect(database.waitingWrites == 0)
    }

    @Test("a crash leaves the last commit, and what waits fails")
    func crash() async throws {
        let writes = await add(1...3)
        database.runBatch(upTo: 1)
        // BEGIN, SAVEPOINT, INSERT, RELEASE, and from then on nothing.
        let end = StatementFault(.io("the process has ended"))
        faults.next.withLock { $0 = [nil, nil, nil, nil] + [StatementFault?](repeating: end, count: 20) }
        database.runBatch(upTo: 1)
        database.crash()
        #expect(try await writes[0].value == 1)
        await #expect(throws: DatabaseError.self) { try await writes[1].value }
        await #expect(throws: DatabaseError.closed) { try await writes[2].value }
        #expect(try Database(in: directory).count() == 1)
    }

    @Test("one statement that fails fails its own write; one that ends the transaction, the whole batch")
    func failingStatements() async throws {
        let writes = await add(1...2)
        faults.next.withLock { $0 = [nil, nil, StatementFault(.diskFull)] }
        database.runBatch(upTo: 2)
        await #expect(throws: DatabaseError.diskFull) { try await writes[0].value }
        #expect(try await writes[1].value == 1)
        let others = await add(3...4)
        faults.next.withLock { $0 = [nil, nil, StatementFault(.diskFull, endsTransaction: true)] }
        database.runBatch(upTo: 2)
        for write in others { await #expect(throws: DatabaseError.diskFull) { try await write.value } }
        #expect(try database.count() == 1)
    }

    @Test("a commit that is done and seems to have failed fails all of its batch, and what follows is built on it")
    func unheardCommit() async throws {
        let writes = await add(1...2)
        // BEGIN, twice SAVEPOINT, INSERT and RELEASE, and COMMIT.
        let unheard = StatementFault(.busy, comesAfterCommit: true)
        faults.next.withLock { $0 = [StatementFault?](repeating: nil, count: 7) + [unheard] }
        database.runBatch(upTo: 2)
        for write in writes { await #expect(throws: DatabaseError.busy) { try await write.value } }
        #expect(try database.count() == 2)
        let later = await add(3...3)
        database.runBatch(upTo: 1)
        #expect(try await later[0].value == 1)
        #expect(try database.count() == 3)
    }

    @Test("where a refused write cannot be undone for a while, its batch is told to come back, and the next one works")
    func lockedUndoing() async throws {
        let refused = Task { [database] in try await database.write { _ in throw Refused() } }
        while database.waitingWrites == 0 { await Task.yield() }
        let writes = await add(1...1)
        // BEGIN, SAVEPOINT, and ROLLBACK TO.
        faults.next.withLock { $0 = [nil, nil, StatementFault(.busy)] }
        database.runBatch(upTo: 2)
        await #expect(throws: DatabaseError.busy) { try await refused.value }
        await #expect(throws: DatabaseError.busy) { try await writes[0].value }
        #expect(DatabaseError.busy.isTemporary)
        let later = await add(2...2)
        database.runBatch(upTo: 1)
        #expect(try await later[0].value == 1)
    }
}
