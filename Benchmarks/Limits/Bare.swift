import CSQLite
import Glibc

struct Failure: Error, CustomStringConvertible {
    let description: String
}

/// One connection, set as the services' writer is, and nothing around it.
final class Bare {
    private let handle: OpaquePointer

    init(_ path: String) throws {
        var handle: OpaquePointer?
        guard sqlite3_open_v2(path, &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nil) == SQLITE_OK, let handle
        else { throw Failure(description: "\(path) cannot be opened") }
        self.handle = handle
        try execute(
            """
            PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;
            PRAGMA recursive_triggers = ON; PRAGMA secure_delete = FAST; PRAGMA cache_size = -8192;
            PRAGMA wal_autocheckpoint = 1000; PRAGMA journal_size_limit = 16777216; PRAGMA mmap_size = 0;
            PRAGMA temp_store = MEMORY
            """)
    }

    func execute(_ sql: String) throws {
        guard sqlite3_exec(handle, sql, nil, nil, nil) == SQLITE_OK else { throw failure() }
    }

    func prepare(_ sql: String) throws -> OpaquePointer {
        var statement: OpaquePointer?
        guard sqlite3_prepare_v3(handle, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &statement, nil) == SQLITE_OK,
            let statement
        else { throw failure() }
        return statement
    }

    /// Runs a prepared statement over its first row, as each of them has one or none.
    func run(_ statement: OpaquePointer, _ integers: Int64...) throws {
        var index: Int32 = 0
        for integer in integers {
            index += 1
            sqlite3_bind_int64(statement, index, integer)
        }
        let status = sqlite3_step(statement)
        sqlite3_reset(statement)
        guard status == SQLITE_ROW || status == SQLITE_DONE else { throw failure() }
    }

    /// The first column of a prepared statement's one row; nil without a row.
    func bytes(_ statement: OpaquePointer) throws -> [UInt8]? {
        defer { sqlite3_reset(statement) }
        switch sqlite3_step(statement) {
        case SQLITE_ROW:
            let start = sqlite3_column_blob(statement, 0)
            return Array(UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(statement, 0))))
        case SQLITE_DONE: return nil
        default: throw failure()
        }
    }

    private func failure() -> Failure { Failure(description: String(cString: sqlite3_errmsg(handle))) }
}

func bind(_ statement: OpaquePointer, _ index: Int32, _ text: String) {
    var text = text
    _ = text.withUTF8 { csqlite_bind_text(statement, index, $0.baseAddress, $0.count) }
}

func bind(_ statement: OpaquePointer, _ index: Int32, _ bytes: [UInt8]) {
    _ = bytes.withUnsafeBytes { csqlite_bind_blob(statement, index, $0.baseAddress, $0.count) }
}

func microseconds(_ clock: clockid_t = CLOCK_MONOTONIC) -> Int64 {
    var time = timespec()
    clock_gettime(clock, &time)
    return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
}
