import CSQLite

extension Transaction {
    /// Runs any number of statements that bind nothing: a migration, sample data. None of them may begin or end a
    /// transaction.
    public func executeScript(_ sql: String) throws(DatabaseError) {
        var message: UnsafeMutablePointer<CChar>?
        let status = sqlite3_exec(database, sql, nil, nil, &message)
        defer { sqlite3_free(message) }
        guard status == SQLITE_OK else {
            let reason = message.map { String(cString: $0) } ?? String(cString: sqlite3_errstr(status))
            throw DatabaseError(code: status, message: reason, sql: sql)
        }
        guard isInTransaction else { throw .sql("it ended the transaction itself", sql: sql) }
    }
}
