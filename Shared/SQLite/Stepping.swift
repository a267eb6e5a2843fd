import Synchronization

/// A database whose writes are run when the caller says so (`Configuration.isStepped`): by the same code as everywhere,
/// on the caller's thread.
extension Database {
    package var waitingWrites: Int { queue.count }

    /// Runs up to `count` of the writes that wait as one batch.
    package func runBatch(upTo count: Int) {
        let batch = queue.takeWaiting(upTo: count)
        if !batch.isEmpty { writer?.run(batch) }
    }

    /// Does no more, as if the process had ended at this moment: what is not committed is gone, and what waits fails.
    package func crash() {
        isClosed.store(true, ordering: .releasing)
        queue.close()
        writer?.abandon()
        readers.release()
        for write in queue.takeWaiting(upTo: .max) { write.fail(DatabaseError.closed) }
    }
}
