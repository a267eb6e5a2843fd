import JSON

/// What came back for a request.
public struct Answer: Sendable {
    public let status: Int
    public let headers: [(name: String, value: String)]
    public let body: [UInt8]

    /// The first field of that name, whatever its case.
    public func header(_ name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }

    /// The body read as JSON; null when it is none.
    public var json: JSONValue { (try? JSONValue(parsing: body)) ?? .null }

    /// The codes of the errors array, in their order.
    public var codes: [String] {
        (json["errors"]?.arrayValue ?? []).compactMap { $0["code"]?.stringValue }
    }

    /// The names of an object's members, in their order: answers carry exactly the contract's fields.
    public static func names(_ value: JSONValue?) -> [String] {
        value?.objectValue?.members.map(\.name) ?? []
    }
}
