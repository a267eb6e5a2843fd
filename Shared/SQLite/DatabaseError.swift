import CSQLite

/// Why the database could not do what it was asked. Carries SQL text, never its arguments: those are people's data.
public enum DatabaseError: Error, Equatable {
    /// The rule of the schema that a statement would have broken.
    public enum Constraint: String, Sendable {
        /// UNIQUE, PRIMARY KEY or rowid: it is taken.
        case unique
        case foreignKey, check, notNull
        /// `RAISE(ABORT, …)` in a trigger; its text is the message.
        case trigger
        /// A value that a STRICT table does not take.
        case dataType
        case other
    }

    /// Another process held the lock for longer than the busy timeout.
    case busy
    case diskFull
    case readOnly
    /// The disk failed. What was not yet acknowledged is undone or, after a crash at this moment, may still be found.
    case io(String)
    case outOfMemory
    case corrupt(String)
    /// `message` names the constraint or its columns.
    case constraint(Constraint, message: String)
    /// The ledger holds a migration that this program does not know and that is not safe for older code.
    case newerSchema(migration: String)
    /// It lacks migrations, and this program is not to apply them: a service may be using it as it is.
    case olderSchema(has: String, wanted: String)
    /// A migration is not the one that was applied under its name, or comes before one already applied.
    case changedMigration(String)
    case failedMigration(String, message: String)
    case cannotOpen(path: String, reason: String)
    /// The statement is wrong, or a column does not hold what the program reads from it.
    case sql(String, sql: String)
    case closed
    /// The queue of writes is full.
    case overloaded

    /// Whether the same request may succeed a little later: answered by 503 with Retry-After.
    public var isTemporary: Bool {
        switch self {
        case .busy, .diskFull, .readOnly, .io, .outOfMemory, .closed, .overloaded: true
        case .corrupt, .constraint, .newerSchema, .olderSchema, .changedMigration, .failedMigration, .cannotOpen, .sql:
            false
        }
    }
}

extension DatabaseError: CustomStringConvertible {
    /// A sentence for whoever runs the service: what failed, why, and what to do where there is something to do.
    public var description: String {
        switch self {
        case .busy: "The database is locked by another process for too long."
        case .diskFull: "The disk is full: nothing can be written until there is room."
        case .readOnly: "The database cannot be written: its file or disk is read-only."
        case .io(let reason): "The disk failed: \(reason)."
        case .outOfMemory: "There is no memory left."
        case .corrupt(let reason): "The database is damaged: \(reason). Restore it from a backup."
        case .constraint(let kind, let message): "A rule of the schema forbids it (\(kind.rawValue)): \(message)."
        case .newerSchema(let migration):
            "The database has the migration \(migration), which this program does not know: run the newer program."
        case .olderSchema(let migration, let wanted):
            """
            The database has the schema \(migration), this program knows \(wanted): use the program of the service that \
            runs, or bring it up to date by starting this one's.
            """
        case .changedMigration(let name):
            "The migration \(name) is not the one that this database was made with: run the program that made it."
        case .failedMigration(let name, let message): "The migration \(name) failed, and was undone: \(message)."
        case .cannotOpen(let path, let reason): "The database \(path) cannot be opened: \(reason)."
        case .sql(let message, let sql): "A statement failed: \(message), in: \(sql)"
        case .closed: "The database is closed."
        case .overloaded: "There are too many writes waiting."
        }
    }
}

extension DatabaseError {
    /// Whether the file or what is under it is at fault, and not the statement.
    var isOfTheFile: Bool {
        switch self {
        case .diskFull, .readOnly, .io, .corrupt, .outOfMemory: true
        default: false
        }
    }

    /// - Parameter code: an extended result code, https://sqlite.org/rescode.html
    init(code: Int32, message: String, sql: String) {
        self =
            switch code & 0xff {
            case SQLITE_BUSY, SQLITE_LOCKED, SQLITE_PROTOCOL: .busy
            case SQLITE_FULL: .diskFull
            case SQLITE_READONLY: .readOnly
            case SQLITE_NOMEM: .outOfMemory
            case SQLITE_IOERR: code == csqlite_ioerr_nomem ? .outOfMemory : .io("\(message) (\(code))")
            // Of an open database: its log or a temporary file could not be opened.
            case SQLITE_CANTOPEN: .io("\(message) (\(code))")
            case SQLITE_CORRUPT, SQLITE_NOTADB: .corrupt("\(message) (\(code))")
            case SQLITE_CONSTRAINT: .constraint(Constraint(code: code), message: message)
            default: .sql("\(message) (\(code))", sql: sql)
            }
    }
}

extension DatabaseError.Constraint {
    init(code: Int32) {
        self =
            switch code {
            case csqlite_constraint_unique, csqlite_constraint_primarykey, csqlite_constraint_rowid: .unique
            case csqlite_constraint_foreignkey: .foreignKey
            case csqlite_constraint_check: .check
            case csqlite_constraint_notnull: .notNull
            case csqlite_constraint_trigger: .trigger
            case csqlite_constraint_datatype: .dataType
            default: .other
            }
    }
}
