import CSQLite

/// One row of an answer, valid inside the closure that received it.
///
/// Columns count from 0. A column is read as the type it was stored as, otherwise the call throws: SQLite would turn
/// NULL into 0 and "abc" into 0, and a wrong query would pass for an answer.
public struct Row {
    let statement: OpaquePointer

    public func int(_ column: Int) throws(DatabaseError) -> Int64 {
        try require(column, SQLITE_INTEGER)
        return sqlite3_column_int64(statement, Int32(column))
    }

    /// An INTEGER other than 0 is true.
    public func bool(_ column: Int) throws(DatabaseError) -> Bool {
        try int(column) != 0
    }

    /// REAL, or an INTEGER turned into it.
    public func double(_ column: Int) throws(DatabaseError) -> Double {
        if sqlite3_column_type(statement, Int32(column)) != SQLITE_INTEGER { try require(column, SQLITE_FLOAT) }
        return sqlite3_column_double(statement, Int32(column))
    }

    public func text(_ column: Int) throws(DatabaseError) -> String {
        String(decoding: try utf8(column), as: UTF8.self)
    }

    public func bytes(_ column: Int) throws(DatabaseError) -> [UInt8] {
        try require(column, SQLITE_BLOB)
        let start = sqlite3_column_blob(statement, Int32(column))
        return Array(UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(statement, Int32(column)))))
    }

    /// A TEXT's UTF-8 where SQLite holds it: no `String` is made. The bytes are gone when `body` returns.
    public func withText<R>(_ column: Int, _ body: (UnsafeBufferPointer<UInt8>) throws -> R) throws -> R {
        try body(try utf8(column))
    }

    public func isNil(_ column: Int) -> Bool {
        sqlite3_column_type(statement, Int32(column)) == SQLITE_NULL
    }

    private func utf8(_ column: Int) throws(DatabaseError) -> UnsafeBufferPointer<UInt8> {
        try require(column, SQLITE_TEXT)
        // The address first: asking for it is what may convert, and so change the count.
        let start = sqlite3_column_text(statement, Int32(column))
        return UnsafeBufferPointer(start: start, count: Int(sqlite3_column_bytes(statement, Int32(column))))
    }

    private func require(_ column: Int, _ wanted: Int32) throws(DatabaseError) {
        let found = sqlite3_column_type(statement, Int32(column))
        guard found == wanted else { throw mismatch(column, wanted: Self.name(wanted), found: Self.name(found)) }
    }

    fileprivate func mismatch(_ column: Int, wanted: String, found: String) -> DatabaseError {
        .sql("column \(column) holds \(found), not \(wanted)", sql: String(cString: sqlite3_sql(statement)))
    }

    private static func name(_ type: Int32) -> String {
        switch type {
        case SQLITE_INTEGER: "INTEGER"
        case SQLITE_FLOAT: "REAL"
        case SQLITE_TEXT: "TEXT"
        case SQLITE_BLOB: "BLOB"
        default: "NULL"
        }
    }
}

extension Row {
    public func intOrNil(_ column: Int) throws(DatabaseError) -> Int64? { isNil(column) ? nil : try int(column) }
    public func boolOrNil(_ column: Int) throws(DatabaseError) -> Bool? { isNil(column) ? nil : try bool(column) }
    public func doubleOrNil(_ column: Int) throws(DatabaseError) -> Double? { isNil(column) ? nil : try double(column) }
    public func textOrNil(_ column: Int) throws(DatabaseError) -> String? { isNil(column) ? nil : try text(column) }
    public func bytesOrNil(_ column: Int) throws(DatabaseError) -> [UInt8]? { isNil(column) ? nil : try bytes(column) }
}

/// Typed identifiers, timestamps, enumerations: read by their raw value. One that its type refuses throws.
///
/// Inlinable, so that the caller's own types are known where they are made: a generic call across modules looks them up
/// anew for each column.
extension Row {
    @inlinable
    public func value<R: RawRepresentable>(
        _ column: Int, as type: R.Type = R.self
    ) throws(DatabaseError) -> R where R.RawValue == Int64 {
        guard let value = R(rawValue: try int(column)) else { throw refused(column, by: R.self) }
        return value
    }

    @inlinable
    public func value<R: RawRepresentable>(
        _ column: Int, as type: R.Type = R.self
    ) throws(DatabaseError) -> R where R.RawValue == String {
        guard let value = R(rawValue: try text(column)) else { throw refused(column, by: R.self) }
        return value
    }

    @inlinable
    public func valueOrNil<R: RawRepresentable>(
        _ column: Int, as type: R.Type = R.self
    ) throws(DatabaseError) -> R? where R.RawValue == Int64 {
        isNil(column) ? nil : try value(column, as: type)
    }

    @inlinable
    public func valueOrNil<R: RawRepresentable>(
        _ column: Int, as type: R.Type = R.self
    ) throws(DatabaseError) -> R? where R.RawValue == String {
        isNil(column) ? nil : try value(column, as: type)
    }

    @usableFromInline
    func refused(_ column: Int, by type: Any.Type) -> DatabaseError {
        mismatch(column, wanted: "\(type)", found: "another value")
    }
}
