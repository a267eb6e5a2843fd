import JSON
import SQLite
import Time
import TypedID

extension TypedID: JSONWritable {
    @inlinable
    public func write(to json: inout JSONWriter) {
        if let number = UInt64(exactly: rawValue) {
            json.element(Tag.prefix, number)
        } else {
            json.element(description)
        }
    }
}

extension Timestamp: JSONWritable {
    public func write(to json: inout JSONWriter) { json.element(plain: 24) { write(into: &$0) } }
}

extension JSONWriter {
    /// A member that is a column's text, or null, copied from where SQLite holds it.
    public mutating func field(_ name: StaticString, textOf column: Int, in row: Row) throws {
        try row.withTextOrNil(column) { field(name, utf8: $0) }
    }
}
