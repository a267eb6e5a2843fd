/// A value that knows how to stand in JSON.
public protocol JSONWritable {
    /// Writes exactly one value.
    func write(to json: inout JSONWriter)
}

extension String: JSONWritable {
    public func write(to json: inout JSONWriter) { json.string(utf8.span) }
}

extension Bool: JSONWritable {
    public func write(to json: inout JSONWriter) { json.literal(self ? "true" : "false") }
}

extension Int: JSONWritable {
    public func write(to json: inout JSONWriter) { json.integer(Int64(self)) }
}

extension Int64: JSONWritable {
    public func write(to json: inout JSONWriter) { json.integer(self) }
}

extension Double: JSONWritable {
    /// The shortest digits that read back as the same value; `4`, not `4.0`; null when it is not finite.
    public func write(to json: inout JSONWriter) {
        guard isFinite else { return json.literal("null") }
        // Up to 2^53 every integer is a Double of its own, so the integer's digits are exact and the shortest.
        if magnitude < 0x1p53, let integer = Int64(exactly: self) { return json.integer(integer) }
        // So is a decimal of few digits that reads back as this value: no two of them are one Double.
        let hundredths = (self * 100).rounded()
        if magnitude < 1e9, hundredths / 100 == self { return json.decimal(hundredths: Int64(hundredths)) }
        json.verbatim(description.utf8.span)
    }
}

extension Optional: JSONWritable where Wrapped: JSONWritable {
    /// null when there is none.
    @inlinable
    public func write(to json: inout JSONWriter) {
        if let self { self.write(to: &json) } else { JSONValue.null.write(to: &json) }
    }
}

extension JSONValue: JSONWritable {
    public func write(to json: inout JSONWriter) {
        switch self {
        case .null: json.literal("null")
        case .bool(let value): value.write(to: &json)
        case .integer(let value): json.integer(value)
        case .number(let value): value.write(to: &json)
        case .string(let value): value.write(to: &json)
        case .array(let elements): json.array { json in for element in elements { json.element(element) } }
        case .object(let object): object.write(to: &json)
        }
    }
}

extension JSONObject: JSONWritable {
    public func write(to json: inout JSONWriter) {
        json.object { json in for member in members { json.field(named: member.name, member.value) } }
    }
}
