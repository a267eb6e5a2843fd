import CSQLite
import Glibc

/// Makes connections to one database file.
struct Opening: Sendable {
    let configuration: Database.Configuration

    /// SQLite reads this once, before the first connection of the process.
    private static let withoutMemoryStatistics: Bool = csqlite_omit_memory_statistics() == SQLITE_OK

    /// Makes the file when there is none, and takes it from everyone but its owner.
    func prepareFile() throws(DatabaseError) {
        let path = configuration.path
        let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        if descriptor >= 0 {
            close(descriptor)
        } else if errno != EEXIST {
            throw .cannotOpen(path: path, reason: String(cString: strerror(errno)))
        }
        // By name: to close a second descriptor of the file would drop the locks that SQLite holds on the first.
        for file in [path, path + "-wal", path + "-shm"] where chmod(file, 0o600) != 0 && errno != ENOENT {
            throw .cannotOpen(path: file, reason: "its mode can't be set to 0600: \(String(cString: strerror(errno)))")
        }
    }

    /// - Throws: `readOnly` where the file may only be read just now. SQLite opens such a file all the same: that
    ///   connection would stay what it is once the disk is well again, and, while others hold locks, its descriptor
    ///   would outlive it.
    func writer() throws(DatabaseError) -> Transaction {
        guard access(configuration.path, W_OK) == 0 || errno == ENOENT else { throw .readOnly }
        let handle = try handle(SQLITE_OPEN_READWRITE)
        let transaction = Transaction(handle, statementLimit: configuration.statementLimit)
        guard sqlite3_db_readonly(handle, "main") == 0 else { throw .readOnly }
        try set(Pragmas.writer(configuration), on: transaction)
        let mode = try read { () throws in try transaction.first("PRAGMA journal_mode") { row in try row.text(0) } }
        guard mode == "wal" else { throw .cannotOpen(path: configuration.path, reason: "its file system has no WAL") }
        transaction.faults = configuration.faults
        return transaction
    }

    func reader() throws(DatabaseError) -> Connection {
        try requireFile()
        let handle = try handle(SQLITE_OPEN_READONLY)
        let connection = Connection(handle, statementLimit: configuration.statementLimit)
        try set(Pragmas.reader(configuration), on: connection)
        return connection
    }

    /// To be copied while others use it. It may have to look through the log, for which a handle that is read-only has no
    /// right; nothing is written with it.
    func copied() throws(DatabaseError) -> Connection {
        try requireFile()
        let connection = Connection(try handle(SQLITE_OPEN_READWRITE), statementLimit: configuration.statementLimit)
        try set(Pragmas.reader(configuration), on: connection)
        return connection
    }

    /// Nothing is set but how long a lock is waited for: for a file that no service uses.
    func unset() throws(DatabaseError) -> Transaction {
        let transaction = Transaction(try handle(SQLITE_OPEN_READWRITE), statementLimit: 8)
        try transaction.set("PRAGMA busy_timeout = \(configuration.busyTimeoutMilliseconds)")
        return transaction
    }

    /// SQLite says only that it cannot open what is not there.
    private func requireFile() throws(DatabaseError) {
        guard access(configuration.path, F_OK) == 0 || errno != ENOENT else {
            throw .cannotOpen(path: configuration.path, reason: "there is none")
        }
    }

    /// No mutex in the handle: a connection is used by one thread at a time.
    private func handle(_ access: Int32) throws(DatabaseError) -> OpaquePointer {
        _ = Self.withoutMemoryStatistics
        var handle: OpaquePointer?
        let flags = access | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE
        let status = sqlite3_open_v2(configuration.path, &handle, flags, nil)
        guard status == SQLITE_OK, let handle else {
            defer { sqlite3_close_v2(handle) }
            let reason = String(cString: handle.map { sqlite3_errmsg($0) } ?? sqlite3_errstr(status))
            throw DatabaseError(code: status, message: "\(configuration.path): \(reason)", sql: "")
        }
        for (option, on) in Pragmas.switches { csqlite_switch(handle, option, on) }
        return handle
    }

    private func set(_ pragmas: [String], on connection: Connection) throws(DatabaseError) {
        for pragma in pragmas { try connection.set(pragma) }
    }
}

/// Calls whose closure is our own throw nothing but what SQLite does.
func read<T>(_ body: () throws -> T) throws(DatabaseError) -> T {
    do {
        return try body()
    } catch let error as DatabaseError {
        throw error
    } catch {
        throw .sql("\(error)", sql: "")
    }
}
