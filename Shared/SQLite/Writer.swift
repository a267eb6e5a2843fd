import CSQLite
import Glibc
import Synchronization
import Telemetry

/// The one connection that writes, on a thread of its own: whatever has been queued meanwhile goes into one
/// transaction, so that many writers share one sync.
///
/// `@unchecked Sendable`: `transaction` and `isSuspect` are touched by the thread alone, from `start` on; in a database
/// that is stepped there is no such thread, and only one that steps it.
final class Writer: @unchecked Sendable {
    private let opening: Opening
    private let queue: WriteQueue
    private let metrics: WriterMetrics
    private let emptiesLog: Bool
    private var transaction: Transaction
    /// The disk failed under this connection: it is replaced before it is used again.
    private var isSuspect = false
    private let committed = Atomic<UInt64>(0)

    /// - Parameter emptiesLog: whether it does at its end: not where the log may be another process's.
    init(_ transaction: Transaction, opening: Opening, queue: WriteQueue, metrics: WriterMetrics, emptiesLog: Bool) {
        self.transaction = transaction
        self.emptiesLog = emptiesLog
        self.opening = opening
        self.queue = queue
        self.metrics = metrics
    }

    /// Batches committed so far that changed something.
    var generation: UInt64 { committed.load(ordering: .acquiring) }

    /// The thread's whole life: until the queue is closed and drained.
    func run() {
        while let batch = queue.take(upTo: opening.configuration.batchLimit) { run(timely(batch)) }
        if emptiesLog { checkpoint() }
    }

    /// Without those that have waited too long, which are the first ones.
    private func timely(_ batch: ArraySlice<Write>) -> ArraySlice<Write> {
        let oldest = Clock.monotonicMicroseconds() - opening.configuration.longestWaitMilliseconds * 1_000
        guard let first = batch.first, first.arrived < oldest else { return batch }
        let late = batch.prefix { $0.arrived < oldest }
        metrics.refusals.increment(by: UInt64(late.count))
        for write in late { write.fail(DatabaseError.overloaded) }
        return batch.dropFirst(late.count)
    }

    /// All of a batch is answered by one commit or one failure. A closure that threw is answered with its error after
    /// the commit too: what it saw of the others' work must have happened.
    func run(_ batch: ArraySlice<Write>) {
        guard !batch.isEmpty else { return }
        let start = Clock.monotonicMicroseconds()
        func observe(didFail: Bool) {
            let duration = Clock.monotonicMicroseconds() - start
            metrics.observe(writes: batch.count, microseconds: duration, didFail: didFail)
        }
        do {
            let (answers, didChange) = try attempt(batch)
            observe(didFail: false)
            if didChange { committed.wrappingAdd(1, ordering: .releasing) }
            for answer in answers { answer() }
        } catch {
            recover(from: error)
            observe(didFail: true)
            for write in batch { write.fail(error) }
        }
    }

    private func attempt(
        _ batch: ArraySlice<Write>
    ) throws(DatabaseError) -> (answers: [@Sendable () -> Void], didChange: Bool) {
        if isSuspect { try replaceConnection() }
        try transaction.run("BEGIN IMMEDIATE")
        var answers: [@Sendable () -> Void] = []
        answers.reserveCapacity(batch.count)
        var didChange = false
        for write in batch {
            let before = transaction.totalChanges
            do {
                answers.append(try attempt(write))
                didChange = didChange || transaction.totalChanges != before
            } catch {
                guard transaction.isInTransaction, !transaction.isBroken else { throw lost(error) }
                answers.append { write.fail(error) }
            }
        }
        try transaction.run("COMMIT")
        return (answers, didChange)
    }

    private func attempt(_ write: Write) throws -> @Sendable () -> Void {
        transaction.isLent = true
        defer { transaction.isLent = false }
        return try transaction.savepoint {
            let answer = try write.run(transaction)
            try transaction.checkDeferredForeignKeys()
            return answer
        }
    }

    /// Why a closure left no transaction behind that may be committed: SQLite rolled all of it back, a savepoint could not
    /// be undone, or the closure ended it.
    private func lost(_ error: any Error) -> DatabaseError {
        if let error = error as? DatabaseError, error.isOfTheFile || error.isTemporary { return error }
        return .sql("a write ended its batch's transaction: \(error)", sql: "")
    }

    private func recover(from error: DatabaseError) {
        isSuspect = transaction.isBroken
        if transaction.isInTransaction {
            do {
                try transaction.run("ROLLBACK")
            } catch {
                isSuspect = true
            }
        }
        if error.isOfTheFile && error != .diskFull { isSuspect = true }
    }

    /// After a failed sync the kernel may hold the failed pages as clean: they look written and are not. SQLite's next
    /// commit writes them again, because its index of the log (`-shm`) ends before them. An index made anew would be
    /// read from these pages and take the lost commit for a good one: so the new connection is opened before the old
    /// one lets go of the index.
    private func replaceConnection() throws(DatabaseError) {
        transaction = try opening.writer()
        isSuspect = false
    }

    /// What a process leaves behind that ends here: the last commit.
    func abandon() {
        transaction.faults = nil
        if transaction.isInTransaction { sqlite3_exec(transaction.database, "ROLLBACK", nil, nil, nil) }
    }

    /// Empties the log, so that the file alone holds everything; a reader at work may prevent it, which loses nothing.
    private func checkpoint() {
        sqlite3_wal_checkpoint_v2(transaction.database, nil, SQLITE_CHECKPOINT_TRUNCATE, nil, nil)
    }
}
