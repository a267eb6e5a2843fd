import CSQLite

/// One connection to the database file, lent to a closure: read inside it, do not keep it.
///
/// Everything read in one closure comes from one snapshot.
public class Connection {
    let database: OpaquePointer
    final private(set) var statements: StatementCache
    /// In the hands of a closure, to which no statement may slip out of its transaction: after SQLite has rolled that
    /// back, each further statement would commit by itself.
    final var isLent = false
    /// Asked before each statement whether that fails: nil but where faults are injected.
    final var faults: (@Sendable (SQL) -> StatementFault?)?

    /// - Parameter database: an open handle, closed by `deinit`.
    init(_ database: OpaquePointer, statementLimit: Int) {
        self.database = database
        statements = StatementCache(capacity: statementLimit)
    }

    deinit {
        // Statements first: a handle that has some left would stay open.
        statements.removeAll()
        sqlite3_close_v2(database)
    }

    /// Every row, made into a value.
    @inlinable
    public final func rows<T>(_ sql: SQL, _ make: (Row) throws -> T) throws -> [T] {
        var rows: [T] = []
        try forEach(sql) { rows.append(try make($0)) }
        return rows
    }

    /// The first row, made into a value; nil when there is none. `INSERT … RETURNING` has changed all its rows by then
    /// (https://sqlite.org/lang_returning.html, "Processing Order").
    public final func first<T>(_ sql: SQL, _ make: (Row) throws -> T) throws -> T? {
        let statement = try start(sql)
        defer { finish(statement) }
        guard try statement.step() else { return nil }
        return try make(Row(statement: statement.handle))
    }

    public final func forEach(_ sql: SQL, _ body: (Row) throws -> Void) throws {
        let statement = try start(sql)
        defer { finish(statement) }
        while try statement.step() { try body(Row(statement: statement.handle)) }
    }

    /// Runs a statement to its end, without looking at its rows.
    final func run(_ sql: SQL) throws(DatabaseError) {
        let statement = try start(sql)
        defer { finish(statement) }
        while try statement.step() {}
    }

    /// Sets what only text can set: a pragma takes no parameters.
    final func set(_ pragma: String) throws(DatabaseError) {
        let status = sqlite3_exec(database, pragma, nil, nil, nil)
        guard status == SQLITE_OK else {
            throw DatabaseError(code: status, message: String(cString: sqlite3_errmsg(database)), sql: pragma)
        }
    }

    /// Whether a transaction is open. SQLite ends one by itself when the disk is full or fails, or memory runs out:
    /// https://sqlite.org/lang_transaction.html, "Response To Errors Within A Transaction".
    final var isInTransaction: Bool { sqlite3_get_autocommit(database) == 0 }

    private func start(_ sql: SQL) throws(DatabaseError) -> Statement {
        guard !isLent || isInTransaction else { throw .sql("its transaction was rolled back before", sql: sql.text) }
        if let fault = faults?(sql) { throw inject(fault) }
        let statement = try statements.statement(sql, database: database)
        try statement.bind(sql.arguments)
        statement.isInUse = true
        return statement
    }

    private func finish(_ statement: Statement) {
        statement.reset()
        statement.isInUse = false
    }
}

/// The one writer's connection, lent to a write closure: what it changes is committed together with the rest of its
/// batch, or not at all.
///
/// A closure must not end the transaction itself: no `COMMIT`, no `ROLLBACK`, no `RAISE(ROLLBACK, …)`.
public final class Transaction: Connection {
    /// A savepoint could not be undone: nothing of this transaction may be committed.
    private(set) var isBroken = false

    /// Runs a statement.
    /// - Returns: how many rows it inserted, updated or deleted itself; not those of triggers and cascades.
    @discardableResult
    public func execute(_ sql: SQL) throws(DatabaseError) -> Int {
        let before = totalChanges
        try run(sql)
        // SQLite leaves the count alone when a statement is none that changes rows.
        return totalChanges == before ? 0 : Int(sqlite3_changes64(database))
    }

    /// Runs `body` so that, when it throws, what it changed is undone and what came before it stays.
    @discardableResult
    public func savepoint<T>(_ body: () throws -> T) throws -> T {
        try run("SAVEPOINT inner")
        do {
            let value = try body()
            try run("RELEASE inner")
            return value
        } catch {
            // Without a transaction everything is undone already.
            if isInTransaction { try undoSavepoint() }
            throw error
        }
    }

    private func undoSavepoint() throws(DatabaseError) {
        do throws(DatabaseError) {
            try run("ROLLBACK TO inner")
            try run("RELEASE inner")
        } catch {
            isBroken = true
            throw error
        }
    }

    /// Rows changed through this connection since it was opened, triggers and cascades included.
    var totalChanges: Int64 { sqlite3_total_changes64(database) }

    /// A foreign key that is checked at COMMIT would fail the whole batch there: it is checked after each closure.
    func checkDeferredForeignKeys() throws(DatabaseError) {
        var violated: Int32 = 0
        var unused: Int32 = 0
        sqlite3_db_status(database, SQLITE_DBSTATUS_DEFERRED_FKS, &violated, &unused, 0)
        guard violated == 0 else { throw .constraint(.foreignKey, message: "FOREIGN KEY constraint failed") }
    }
}
