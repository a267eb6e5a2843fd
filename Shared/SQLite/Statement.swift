import CSQLite

/// A prepared statement. Finalised when the last reference goes.
final class Statement {
    let handle: OpaquePointer
    private let database: OpaquePointer
    /// When it was last asked for, counted by its cache.
    var lastUse: UInt64 = 0
    /// Stepped at this moment, by a caller further up the stack.
    var isInUse = false

    /// - Throws: when `text` is not exactly one statement.
    init(_ text: String, database: OpaquePointer) throws(DatabaseError) {
        var text = text
        var handle: OpaquePointer?
        var hasMore = false
        let status = text.withUTF8 { bytes -> Int32 in
            bytes.withMemoryRebound(to: CChar.self) { characters in
                var tail: UnsafePointer<CChar>?
                let status = sqlite3_prepare_v3(
                    database, characters.baseAddress, Int32(clamping: characters.count),
                    UInt32(SQLITE_PREPARE_PERSISTENT), &handle, &tail)
                if status == SQLITE_OK, let tail, let end = characters.baseAddress?.advanced(by: characters.count) {
                    hasMore = UnsafeBufferPointer(start: tail, count: end - tail).contains { !Self.isBlank($0) }
                }
                return status
            }
        }
        guard status == SQLITE_OK else {
            throw DatabaseError(code: status, message: String(cString: sqlite3_errmsg(database)), sql: text)
        }
        guard let handle, !hasMore else {
            sqlite3_finalize(handle)
            throw .sql("not exactly one statement", sql: text)
        }
        self.handle = handle
        self.database = database
    }

    deinit { sqlite3_finalize(handle) }

    func bind(_ arguments: [SQLValue]) throws(DatabaseError) {
        guard Int(sqlite3_bind_parameter_count(handle)) == arguments.count else {
            throw .sql("a parameter that is no interpolated value", sql: sql)
        }
        var index: Int32 = 0
        for argument in arguments {
            index += 1
            let status = bind(argument, at: index)
            guard status == SQLITE_OK else { throw failure(status) }
        }
    }

    /// Whether there is a row to read; false at the end.
    func step() throws(DatabaseError) -> Bool {
        let status = sqlite3_step(handle)
        if status == SQLITE_ROW { return true }
        guard status == SQLITE_DONE else { throw failure(status) }
        return false
    }

    /// Ends the statement, frees what was bound, and lets go of the rows it was reading.
    func reset() {
        sqlite3_reset(handle)
        sqlite3_clear_bindings(handle)
    }

    var sql: String { String(cString: sqlite3_sql(handle)) }

    private func failure(_ status: Int32) -> DatabaseError {
        DatabaseError(code: status, message: String(cString: sqlite3_errmsg(database)), sql: sql)
    }

    private func bind(_ value: SQLValue, at index: Int32) -> Int32 {
        switch value {
        case .null: return sqlite3_bind_null(handle, index)
        case .integer(let integer): return sqlite3_bind_int64(handle, index, integer)
        case .real(let real): return sqlite3_bind_double(handle, index, real)
        case .text(var text):
            return text.withUTF8 { csqlite_bind_text(handle, index, $0.baseAddress, $0.count) }
        case .blob(let bytes):
            return bytes.withUnsafeBytes { csqlite_bind_blob(handle, index, $0.baseAddress, $0.count) }
        }
    }

    private static func isBlank(_ character: CChar) -> Bool {
        character == 0x20 || (0x09...0x0d).contains(character) || character == 0x3b
    }
}

/// A statement's text as a key: its pieces by where they lie in the program, which is compared faster than what they
/// say. The same text written in two places is prepared twice.
struct StatementKey: Hashable {
    private let pieces: [StaticString]

    init(_ sql: SQL) { pieces = sql.pieces }

    static func == (left: StatementKey, right: StatementKey) -> Bool {
        left.pieces.elementsEqual(right.pieces) {
            address($0) == address($1) && $0.utf8CodeUnitCount == $1.utf8CodeUnitCount
        }
    }

    /// Mixed first: the hasher's own rounds for each piece would cost as much as binding the arguments.
    func hash(into hasher: inout Hasher) {
        hasher.combine(pieces.reduce(0) { $0 &* 31 &+ Self.address($1) })
    }

    private static func address(_ piece: StaticString) -> UInt {
        piece.hasPointerRepresentation ? UInt(bitPattern: piece.utf8Start) : UInt(piece.unicodeScalar.value)
    }
}

/// The statements a connection keeps prepared, by their text; past its capacity, the one unused for longest goes.
struct StatementCache {
    private let capacity: Int
    private(set) var statements: [StatementKey: Statement] = [:]
    private var clock: UInt64 = 0

    init(capacity: Int) {
        self.capacity = capacity
        statements.reserveCapacity(capacity)
    }

    /// A statement that nobody is stepping.
    mutating func statement(_ sql: SQL, database: OpaquePointer) throws(DatabaseError) -> Statement {
        clock += 1
        let key = StatementKey(sql)
        if let known = statements[key] {
            // The same text inside its own loop: a second statement, for this once.
            guard !known.isInUse else { return try Statement(sql.text, database: database) }
            known.lastUse = clock
            return known
        }
        let made = try Statement(sql.text, database: database)
        made.lastUse = clock
        if statements.count >= capacity, let oldest = statements.min(by: { $0.value.lastUse < $1.value.lastUse }) {
            statements[oldest.key] = nil
        }
        statements[key] = made
        return made
    }

    mutating func removeAll() {
        statements = [:]
    }
}
