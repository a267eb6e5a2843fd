import CSQLite

/// Brings a schema up to date. Its ledger is a table like any other, so that a dump carries it along.
struct Migrator {
    let migrations: [Migration]
    let path: String
    let now: @Sendable () -> Int64

    private static let ledger: SQL = """
        CREATE TABLE migrations (
            name TEXT NOT NULL PRIMARY KEY,
            checksum TEXT NOT NULL,
            applied_at INTEGER NOT NULL,
            safe_for_older_code INTEGER NOT NULL
        ) STRICT
        """

    /// Applies what is missing, one transaction each. Changes nothing, and takes no lock, when nothing is missing.
    func migrate(_ transaction: Transaction) throws(DatabaseError) {
        guard let known = try ledger(transaction) else { return try begin(transaction) }
        guard try !missing(after: known).isEmpty else { return }
        try apply(transaction)
    }

    /// Makes sure that a database is of these migrations, without changing it.
    func check(_ connection: Connection) throws(DatabaseError) {
        _ = try missing(after: known(connection))
    }

    /// Makes sure that a database has all of these migrations, without changing it: others may be using it as it is.
    func requireCurrent(_ connection: Connection) throws(DatabaseError) {
        let known = try known(connection)
        guard try !missing(after: known).isEmpty else { return }
        throw .olderSchema(has: known.last?.name ?? "none", wanted: migrations.last?.name ?? "none")
    }

    private func known(_ connection: Connection) throws(DatabaseError) -> [Entry] {
        guard let known = try ledger(connection) else {
            throw .cannotOpen(path: path, reason: "there is nothing in it")
        }
        return known
    }

    private func begin(_ transaction: Transaction) throws(DatabaseError) {
        try inTransaction(transaction) { () throws(DatabaseError) in
            // Another process may have been faster.
            if try ledger(transaction) == nil { try transaction.run(Self.ledger) }
        }
        try apply(transaction)
    }

    /// Foreign keys are off meanwhile and checked before the commit, so that a table can be made anew under its name:
    /// https://sqlite.org/lang_altertable.html#otheralter
    private func apply(_ transaction: Transaction) throws(DatabaseError) {
        try transaction.run("PRAGMA foreign_keys = OFF")
        var isDone = false
        while !isDone {
            try inTransaction(transaction) { () throws(DatabaseError) in
                let next = try missing(after: ledger(transaction) ?? []).first
                if let next { try apply(next, transaction) }
                isDone = next == nil
            }
        }
        try transaction.run("PRAGMA foreign_keys = ON")
    }

    private func apply(_ migration: Migration, _ transaction: Transaction) throws(DatabaseError) {
        var message: UnsafeMutablePointer<CChar>?
        let status = sqlite3_exec(transaction.database, migration.sql, nil, nil, &message)
        defer { sqlite3_free(message) }
        guard status == SQLITE_OK else {
            let reason = message.map { String(cString: $0) } ?? String(cString: sqlite3_errstr(status))
            let error = DatabaseError(code: status, message: reason, sql: migration.sql)
            throw error.isTemporary ? error : .failedMigration(migration.name, message: reason)
        }
        guard transaction.isInTransaction else {
            throw .failedMigration(migration.name, message: "it ended the transaction itself")
        }
        let broken = try read { try transaction.first("PRAGMA foreign_key_check") { row in try row.text(0) } }
        if let broken { throw .failedMigration(migration.name, message: "a foreign key of \(broken) points nowhere") }
        try transaction.run(
            """
            INSERT INTO migrations (name, checksum, applied_at, safe_for_older_code)
            VALUES (\(migration.name), \(migration.checksum), \(now()), \(migration.safeForOlderCode))
            """)
    }

    private struct Entry {
        let name: String
        let checksum: String
        let safeForOlderCode: Bool
    }

    /// What was applied, in its order; nil in an empty database.
    private func ledger(_ connection: Connection) throws(DatabaseError) -> [Entry]? {
        let tables = try read {
            try connection.rows("SELECT name FROM sqlite_schema WHERE name NOT LIKE 'sqlite@_%' ESCAPE '@'") { row in
                try row.text(0)
            }
        }
        if tables.isEmpty { return nil }
        guard tables.contains("migrations") else {
            throw .cannotOpen(path: path, reason: "it has tables but no ledger of migrations: it is not this program's")
        }
        return try read {
            try connection.rows("SELECT name, checksum, safe_for_older_code FROM migrations ORDER BY rowid") { row in
                try Entry(name: row.text(0), checksum: row.text(1), safeForOlderCode: row.bool(2))
            }
        }
    }

    /// What is left to apply: always the end of the list, as a migration may count on the ones before it.
    private func missing(after ledger: [Entry]) throws(DatabaseError) -> ArraySlice<Migration> {
        var left = migrations[...]
        for entry in ledger {
            if let next = left.first, next.name == entry.name {
                guard next.checksum == entry.checksum else { throw .changedMigration(entry.name) }
                left.removeFirst()
            } else if left.contains(where: { $0.name == entry.name }) {
                throw .changedMigration(entry.name)
            } else if !entry.safeForOlderCode || !left.isEmpty {
                throw .newerSchema(migration: entry.name)
            }
        }
        return left
    }

    private func inTransaction(
        _ transaction: Transaction, _ body: () throws(DatabaseError) -> Void
    ) throws(DatabaseError) {
        try transaction.run("BEGIN IMMEDIATE")
        do throws(DatabaseError) {
            try body()
            try transaction.run("COMMIT")
        } catch {
            if transaction.isInTransaction { try transaction.run("ROLLBACK") }
            throw error
        }
    }
}
