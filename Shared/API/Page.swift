import JSON
import SQLite

/// Which part of a list a client wants.
public struct Page: Sendable {
    public let limit: Int
    /// The sort keys of the last item that the client has seen; nil for the first page.
    public let after: [Int64]?
    private let seal: CursorSeal
    private let list: String

    /// - Parameters:
    ///   - limit: as `Fields.limit()` read it.
    ///   - cursor: as it was sent.
    ///   - list: names the list with its sort, its filters and, where it is personal, its reader.
    ///   - keys: how many sort keys a cursor of this list has.
    /// - Throws: 400 `invalid_cursor`.
    public init(
        limit: Int64, cursor: String?, of list: String, keys: Int, seal: CursorSeal
    ) throws(APIError) {
        self.limit = Int(limit)
        self.list = list
        self.seal = seal
        guard let cursor else {
            after = nil
            return
        }
        guard let after = seal.keys(cursor, of: list), after.count == keys else {
            throw APIError(
                400, "invalid_cursor", "The cursor does not belong to this list. Begin again without a cursor.")
        }
        self.after = after
    }

    /// How many rows to ask for: one more than shown tells whether there is another page.
    public var fetched: Int64 { Int64(limit) + 1 }

    /// Writes `name: […], metadata: {has_more, end_cursor}` into an object.
    /// - Parameters:
    ///   - rows: what was fetched, at most `fetched` of them.
    ///   - keys: an item's sort keys.
    @inlinable
    public func write<Row, E: Error>(
        _ name: StaticString, _ rows: [Row], to json: inout JSONWriter, keys: (Row) -> [Int64],
        item: (Row, inout JSONWriter) throws(E) -> Void
    ) throws(E) {
        let shown = rows.prefix(limit)
        try json.array(name) { json throws(E) in
            for row in shown { try item(row, &json) }
        }
        writeMetadata(hasMore: rows.count > limit, shown.last.map(keys), to: &json)
    }

    /// The same with objects as items, each written from its row as that is read: nothing is kept of it.
    /// - Parameters:
    ///   - sql: reads at most `fetched` rows.
    ///   - item: writes the members of an item, and returns its two sort keys.
    @inlinable
    public func write(
        _ name: StaticString, _ sql: SQL, from connection: Connection, to json: inout JSONWriter,
        item: (Row, inout JSONWriter) throws -> (Int64, Int64)
    ) throws {
        var count = 0
        var last: (Int64, Int64)?
        try json.array(name) { json in
            try connection.forEach(sql) { row in
                count += 1
                if count <= limit { try json.object { last = try item(row, &$0) } }
            }
        }
        writeMetadata(hasMore: count > limit, last.map { [$0.0, $0.1] }, to: &json)
    }
}

extension Page {
    @usableFromInline
    func writeMetadata(hasMore: Bool, _ last: [Int64]?, to json: inout JSONWriter) {
        json.object("metadata") { json in
            json.field("has_more", hasMore)
            json.field("end_cursor", last.map { seal.cursor($0, of: list) })
        }
    }
}

extension Fields {
    /// How long a page shall be: `limit`, 1 to 100, 20 when it is not given.
    public mutating func limit() -> Int64 { integer("limit", 1...100, required: false) ?? 20 }
}
