import CSQLite

/// Everything that is set on a connection, https://sqlite.org/pragma.html
enum Pragmas {
    /// Switches of the C interface: they can't be undone by a statement. https://sqlite.org/c3ref/c_dbconfig_defensive.html
    static let switches: [(option: Int32, on: Int32)] = [
        // No writable_schema, no journal that can't roll back: an injected statement could not break the file.
        (SQLITE_DBCONFIG_DEFENSIVE, 1),
        // A function in a tampered schema is not run.
        (SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0),
        // "name" is a column or an error, never a string.
        (SQLITE_DBCONFIG_DQS_DDL, 0),
        (SQLITE_DBCONFIG_DQS_DML, 0),
        // Checkpoints are the writer's, at moments it chooses: not hidden in whichever connection closes last.
        (SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1),
    ]

    static func writer(_ configuration: Database.Configuration) -> [String] {
        [
            // First, as the change to WAL may have to wait already.
            "PRAGMA busy_timeout = \(configuration.busyTimeoutMilliseconds)",
            // Readers see the last commit while the writer writes; a commit is one append and one sync.
            "PRAGMA journal_mode = WAL",
            // Every commit is synced before it is answered; NORMAL would lose the last ones in a power cut.
            "PRAGMA synchronous = FULL",
            "PRAGMA foreign_keys = ON",
            // Triggers fire for what triggers change, and for the rows that REPLACE deletes.
            "PRAGMA recursive_triggers = ON",
            // Deleted content is overwritten where that costs no write of its own.
            "PRAGMA secure_delete = FAST",
            "PRAGMA wal_autocheckpoint = \(configuration.checkpointPages)",
            "PRAGMA journal_size_limit = \(configuration.journalSizeLimitBytes)",
            "PRAGMA cache_size = -\(configuration.writerCacheKiB)",
        ] + both
    }

    static func reader(_ configuration: Database.Configuration) -> [String] {
        [
            "PRAGMA busy_timeout = \(configuration.busyTimeoutMilliseconds)",
            // Said twice: the handle is opened read-only too.
            "PRAGMA query_only = ON",
            "PRAGMA cache_size = -\(configuration.readerCacheKiB)",
        ] + both
    }

    private static let both: [String] = [
        // A failing disk under a memory map is SIGBUS, which no one can answer with 503.
        "PRAGMA mmap_size = 0",
        // No temporary files: nothing is sorted on disk, nothing is left behind.
        "PRAGMA temp_store = MEMORY",
    ]
    // Neither ANALYZE nor PRAGMA optimize: without statistics a plan depends on the schema alone, the same on every
    // machine and under load (https://sqlite.org/queryplanner-ng.html, "query planner stability guarantee").
}
