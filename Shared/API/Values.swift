import JSON
import Time
import TypedID

extension TypedID: JSONWritable {
    public func write(to json: inout JSONWriter) { description.write(to: &json) }
}

extension Timestamp: JSONWritable {
    public func write(to json: inout JSONWriter) { rfc3339.write(to: &json) }
}
