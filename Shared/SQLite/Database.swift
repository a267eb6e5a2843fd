import CSQLite
import EventLoop
import Synchronization
import Telemetry

/// A SQLite file with one writer and many readers.
///
/// A closure given to `read` or `write` is a function of the database alone: no network, no clock, no side effect. It
/// may be run again, and it is not undone outside of the database.
public final class Database: Sendable {
    let queue: WriteQueue
    /// Nil where it is only looked at.
    let writer: Writer?
    /// Nil where it is stepped, or only looked at.
    private let thread: WriterThread?
    let readers: Readers
    let isClosed = Atomic(false)
    let path: String

    /// What somebody may do with a file that others may be using.
    public enum Use: Sendable {
        /// It is his own: he makes it where there is none, brings its schema up to date and empties its log.
        case owning
        /// It may be a running service's: its schema has to be this program's, and its log is left alone.
        case beside
        /// The same, and nothing is written.
        case looking
    }

    /// Opens the file; its owner makes it when there is none, and applies the migrations it lacks.
    /// - Throws: `newerSchema`, `olderSchema`, `changedMigration`, `failedMigration` or `cannotOpen` when this program
    ///   must not work with the file, or a restore of it was interrupted; a temporary error when it can't right now.
    public init(
        _ configuration: Configuration, migrations: [Migration], as use: Use = .owning, metrics: Metrics? = nil
    ) throws(DatabaseError) {
        let opening = Opening(configuration: configuration)
        try Self.refuseHalfRestored(configuration.path)
        let migrator = Migrator(migrations: migrations, path: configuration.path, now: configuration.now)
        var transaction: Transaction?
        if use == .owning {
            try opening.prepareFile()
            let own = try opening.writer()
            try migrator.migrate(own)
            try Self.emptyLog(own)
            transaction = own
        } else {
            // Before a writer is opened, which may change the file already.
            try migrator.requireCurrent(try opening.reader())
            if use == .beside { transaction = try opening.writer() }
        }
        let metrics = WriterMetrics(metrics ?? Metrics())
        let queue = WriteQueue(limit: configuration.queueLimit, metrics: metrics)
        let writer = transaction.map {
            Writer($0, opening: opening, queue: queue, metrics: metrics, emptiesLog: use == .owning)
        }
        path = configuration.path
        self.queue = queue
        self.writer = writer
        readers = Readers(opening)
        if let writer, !configuration.isStepped {
            thread = try WriterThread { writer.run() }
        } else {
            thread = nil
        }
    }

    deinit { close() }

    /// Runs `body` at once, on this thread, on one snapshot of the database. On an event loop it uses that loop's own
    /// connection, so it waits for nobody.
    public func read<T>(_ body: (Connection) throws -> T) throws -> T {
        guard !isClosed.load(ordering: .acquiring) else { throw DatabaseError.closed }
        return try readers.read(body)
    }

    /// Runs `body` on the writer's thread, in one transaction with whatever else is waiting, and returns when that is
    /// durable. When `body` throws, its changes alone are undone.
    ///
    /// A write that was queued is done and answered also when its task is cancelled.
    /// - Throws: what `body` throws, or a `DatabaseError`: then nothing of the batch has happened.
    @discardableResult
    public nonisolated(nonsending) func write<T: Sendable>(
        _ body: @escaping @Sendable (Transaction) throws -> T
    ) async throws -> T {
        guard writer != nil else { throw DatabaseError.readOnly }
        return try await withCheckedThrowingContinuation { continuation in
            let write = Write(
                run: { transaction in
                    let value = try body(transaction)
                    return { continuation.resume(returning: value) }
                },
                fail: { continuation.resume(throwing: $0) })
            do throws(DatabaseError) {
                try queue.append(write)
            } catch {
                continuation.resume(throwing: error)
            }
        }
    }

    /// Goes up with each committed batch that changed something, before its writers are answered: whoever read it
    /// before the database may keep what he read until it changes. Other processes' writes are not counted.
    public var generation: UInt64 { writer?.generation ?? 0 }

    /// Takes no more work, does what is queued, empties the log into the file if that is its own, and waits for all of
    /// that. The event loops' connections close with their loops.
    public func close() {
        let wasClosed = isClosed.exchange(true, ordering: .acquiringAndReleasing)
        queue.close()
        if let thread { thread.join() } else if !wasClosed { writer?.run() }
        readers.removeSpare()
    }

    /// What a crash left in the log goes into the file before anything new is acknowledged: should an earlier sync
    /// have failed, this one is the file's own. A reader of another process, or a full disk, may prevent it.
    private static func emptyLog(_ transaction: Transaction) throws(DatabaseError) {
        let status = sqlite3_wal_checkpoint_v2(transaction.database, nil, SQLITE_CHECKPOINT_TRUNCATE, nil, nil)
        switch status & 0xff {
        case SQLITE_OK, SQLITE_BUSY, SQLITE_LOCKED, SQLITE_FULL: break
        default: throw DatabaseError(code: status, message: String(cString: sqlite3_errstr(status)), sql: "")
        }
    }
}
