import CSQLite

/// One row of an answer, valid inside the closure that received it.
///
/// Columns count from 0. A column is read as the type it was stored as, otherwise the call throws: SQLite would turn
/// NULL into 0 and "abc" into 0, and a wrong query would pass for an answer.
public struct Row {
    let statement: OpaquePointer

    public func int(_ column: Int) throws(DatabaseError) -> Int64 {
        sqlite3_value_int64(try value(column, SQLITE_INTEGER))
    }

    /// An INTEGER other than 0 is true.
    public func bool(_ column: Int) throws(DatabaseError) -> Bool {
        try int(column) != 0
    }

    /// REAL, or an INTEGER turned into it.
    public func double(_ column: Int) throws(DatabaseError) -> Double {
        let value = value(column)
        if sqlite3_value_type(value) != SQLITE_INTEGER { try require(value, column, SQLITE_FLOAT) }
        return sqlite3_value_double(value)
    }

    public func text(_ column: Int) throws(DatabaseError) -> String {
        String(decoding: try utf8(column), as: UTF8.self)
    }

    public func bytes(_ column: Int) throws(DatabaseError) -> [UInt8] {
        let value = try value(column, SQLITE_BLOB)
        let start = sqlite3_value_blob(value)
        return Array(UnsafeRawBufferPointer(start: start, count: Int(sqlite3_value_bytes(value))))
    }

    /// A TEXT's UTF-8 where SQLite holds it: no `String` is made. The bytes are gone when `body` returns.
    @inlinable
    public func withText<R>(_ column: Int, _ body: (UnsafeBufferPointer<UInt8>) throws -> R) throws -> R {
        try body(try utf8(column))
    }

    /// The same; nil for NULL.
    @inlinable
    public func withTextOrNil<R>(_ column: Int, _ body: (UnsafeBufferPointer<UInt8>?) throws -> R) throws -> R {
        try body(try utf8OrNil(column))
    }

    public func isNil(_ column: Int) -> Bool {
        sqlite3_value_type(value(column)) == SQLITE_NULL
    }

    /// Looked up once: each of SQLite's functions for a column does it anew. To read it this way asks that nobody else
    /// uses the connection: https://sqlite.org/c3ref/value.html
    private func value(_ column: Int) -> OpaquePointer? { sqlite3_column_value(statement, Int32(column)) }

    @inline(__always)
    private func value(_ column: Int, _ wanted: Int32) throws(DatabaseError) -> OpaquePointer? {
        let value = value(column)
        try require(value, column, wanted)
        return value
    }

    /// Nil for NULL.
    fileprivate func valueOrNil(_ column: Int, _ wanted: Int32) throws(DatabaseError) -> OpaquePointer? {
        let value = value(column)
        guard sqlite3_value_type(value) != SQLITE_NULL else { return nil }
        try require(value, column, wanted)
        return value
    }

    @usableFromInline
    func utf8(_ column: Int) throws(DatabaseError) -> UnsafeBufferPointer<UInt8> {
        utf8(try value(column, SQLITE_TEXT))
    }

    @usableFromInline
    func utf8OrNil(_ column: Int) throws(DatabaseError) -> UnsafeBufferPointer<UInt8>? {
        guard let value = try valueOrNil(column, SQLITE_TEXT) else { return nil }
        return utf8(value)
    }

    private func utf8(_ value: OpaquePointer?) -> UnsafeBufferPointer<UInt8> {
        // The address first: asking for it is what may convert, and so change the count.
        let start = sqlite3_value_text(value)
        return UnsafeBufferPointer(start: start, count: Int(sqlite3_value_bytes(value)))
    }

    @inline(__always)
    private func require(_ value: OpaquePointer?, _ column: Int, _ wanted: Int32) throws(DatabaseError) {
        let found = sqlite3_value_type(value)
        guard found == wanted else { throw mismatch(column, wanted, found) }
    }

    @inline(never)
    private func mismatch(_ column: Int, _ wanted: Int32, _ found: Int32) -> DatabaseError {
        mismatch(column, wanted: Self.name(wanted), found: Self.name(found))
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
    public func intOrNil(_ column: Int) throws(DatabaseError) -> Int64? {
        try valueOrNil(column, SQLITE_INTEGER).map { sqlite3_value_int64($0) }
    }

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
        guard let raw = try intOrNil(column) else { return nil }
        guard let value = R(rawValue: raw) else { throw refused(column, by: R.self) }
        return value
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
