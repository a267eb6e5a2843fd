import CSQLite

/// What a statement costs, in terms that are the same on every machine: for tests that a list's last page costs what
/// its first one does.
package struct StatementReport: Sendable {
    package let sql: String
    /// The steps of its plan, https://sqlite.org/eqp.html
    package let plan: [String]
    /// Operations of SQLite's virtual machine since the last report.
    package let operations: Int
}

extension Connection {
    /// Of every statement that is kept prepared and reads or changes rows.
    package final func reports() throws(DatabaseError) -> [StatementReport] {
        let explained = statements.statements.values.filter { statement in
            ["SELECT", "WITH", "INSERT", "UPDATE", "DELETE"].contains { statement.sql.hasPrefix($0) }
        }
        return try explained.map { statement throws(DatabaseError) in
            let text = statement.sql
            let explanation = try Statement("EXPLAIN QUERY PLAN " + text, database: database)
            var plan: [String] = []
            while try explanation.step() { plan.append(try Row(statement: explanation.handle).text(3)) }
            let operations = sqlite3_stmt_status(statement.handle, SQLITE_STMTSTATUS_VM_STEP, 1)
            return StatementReport(sql: text, plan: plan, operations: Int(operations))
        }
    }
}
