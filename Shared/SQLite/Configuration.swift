extension Database {
    /// Where the database is and what it may take. Everything that SQLite leaves to a build's default is stated in
    /// `Pragmas.swift`.
    public struct Configuration: Sendable {
        /// The file; made with its `-wal` and `-shm` beside it, all readable by their owner only.
        public var path: String
        /// How long a lock of another process is waited for. This process never waits for itself: it has one writer.
        public var busyTimeoutMilliseconds: Int32 = 2_000
        /// Pages kept in memory by the writer, and by each reader.
        public var writerCacheKiB = 8_192
        public var readerCacheKiB = 4_096
        /// Prepared statements kept by each connection.
        public var statementLimit = 128
        /// Connections kept for readers on threads that belong to no event loop; more are opened when needed.
        public var spareReaders = 2
        /// Writes waiting for the writer. One more is refused with `overloaded`.
        public var queueLimit = 4_096
        /// How long a write may wait for its turn: what has waited for longer is refused with `overloaded` instead of being
        /// done for somebody who has given up.
        public var longestWaitMilliseconds: Int64 = 2_000
        /// Writes in one transaction: more of them share a sync, but all wait for the last.
        public var batchLimit = 256
        /// Pages in the log after which the writer copies them into the file, right after a commit (4 MiB).
        public var checkpointPages = 1_000
        /// The log is cut back to this once it has been copied: a burst must not keep the disk for ever.
        public var journalSizeLimitBytes = 16 * 1_024 * 1_024
        /// What the ledger notes as the moment of a migration, in milliseconds since 1970. A schema that is made to
        /// be dumped gives 0, so that the dump is the same every time.
        public var now: @Sendable () -> Int64 = Clock.wallMilliseconds

        /// Whether writes wait until `runBatch` is called, instead of being run by a thread: for simulations, in which
        /// nothing happens by itself. Whoever opened the database is then the only one who uses it, on one thread.
        package var isStepped = false
        /// Asked before each statement of the writer's whether it fails: for simulations.
        package var faults: (@Sendable (SQL) -> StatementFault?)?

        public init(path: String) {
            self.path = path
        }
    }
}
