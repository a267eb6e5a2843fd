import JSON
import Time
import TypedID

extension TypedID: JSONWritable {
    public func write(to json: inout JSONWriter) { description.write(to: &json) }
}

extension Timestamp: JSONWritable {
    public func write(to json: inout JSONWriter) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 24) { text in
            _ = write(into: text)
            json.element(utf8: UnsafeBufferPointer(text))
        }
    }
}
