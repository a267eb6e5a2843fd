import JSON
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
    public func write(to json: inout JSONWriter) { json.element(plain: 24) { write(into: $0) } }
}
