import CSQLite

/// How a statement of the writer's fails though nothing is wrong with it: for simulations of a disk that fails, or of a
/// process that ends.
package struct StatementFault: Sendable {
    package let error: DatabaseError
    /// Whether SQLite rolls the whole transaction back besides, as it may after SQLITE_FULL, SQLITE_IOERR or
    /// SQLITE_NOMEM: https://sqlite.org/lang_transaction.html, "Response To Errors Within A Transaction".
    package let endsTransaction: Bool
    /// Whether all that is open is committed before: of a commit, that is done and seems to have failed.
    package let comesAfterCommit: Bool

    package init(_ error: DatabaseError, endsTransaction: Bool = false, comesAfterCommit: Bool = false) {
        self.error = error
        self.endsTransaction = endsTransaction
        self.comesAfterCommit = comesAfterCommit
    }
}

extension Connection {
    final func inject(_ fault: StatementFault) -> DatabaseError {
        if fault.comesAfterCommit, isInTransaction { sqlite3_exec(database, "COMMIT", nil, nil, nil) }
        if fault.endsTransaction, isInTransaction { sqlite3_exec(database, "ROLLBACK", nil, nil, nil) }
        return fault.error
    }
}
