import JSON

/// Reads the fields of a body or the parameters of a query, and collects everything that is wrong with them.
///
///     var fields = Fields(request.body)
///     let name = fields.text("name", 1...200, trim: true)
///     let size = fields.integer("size", 1...10_000, required: false) ?? 100
///     guard let name, fields.faults.isEmpty else { throw fields.refusal }
///
/// A reader answers nil for a field that is at fault, and for one that is absent. Absent and null are the same: a fault
/// `<field>_missing` if the field is required, nothing otherwise. Fields that nobody reads are ignored.
public struct Fields {
    /// A hostile list must not make an answer many times its size.
    public static let maximumFaults = 100

    private enum Source {
        case object(JSONObject)
        case query(Query)
        case unreadable
    }

    public private(set) var faults: [Fault] = []
    private let source: Source
    /// What stands before a name in codes and in messages: `page_` and `page.`, nothing at the top.
    private let codePrefix: String
    private let messagePrefix: String

    /// A body that is not an object is the fault `body_invalid`, and its fields are not missing besides.
    public init(_ body: JSONValue) {
        if let object = body.objectValue {
            self.init(source: .object(object))
        } else {
            self.init(source: .unreadable)
            refuse("body_invalid", "The body must be a JSON object.")
        }
    }

    /// Parameters are text; where a number or a bool is wanted, they are read as JSON has them.
    public init(_ query: Query) {
        self.init(source: .query(query))
    }

    private init(source: Source, codePrefix: String = "", messagePrefix: String = "") {
        self.source = source
        self.codePrefix = codePrefix
        self.messagePrefix = messagePrefix
    }

    /// Adds a fault that only the caller can see.
    public mutating func refuse(_ code: String, _ message: String) {
        guard faults.count < Fields.maximumFaults else { return }
        faults.append(Fault(code: code, message: message))
    }

    /// Adds the fault `<field>_<reason>`, with `The <field> <rule>.` for a message. A field may be one or many: a rule
    /// says what it must be.
    public mutating func refuse(_ name: String, _ reason: String, _ rule: String) {
        refuse("\(codePrefix)\(name)_\(reason)", "The \(messagePrefix)\(name) \(rule).")
    }

    // MARK: Presence

    /// The field as it came: nil when absent, `.null` when null.
    public func value(_ name: String) -> JSONValue? {
        switch source {
        case .object(let object): object[name]
        case .query(let query): query[name].map(JSONValue.string)
        case .unreadable: nil
        }
    }

    /// The field unless it is absent or null, which is a fault if it is required.
    mutating func present(_ name: String, required: Bool) -> JSONValue? {
        if let value = value(name), value != .null { return value }
        if case .unreadable = source { return nil }
        if required { refuse(name, "missing", "must be given") }
        return nil
    }

    /// As `present`, with a query's text read as the number or bool that it spells.
    mutating func presentScalar(_ name: String, required: Bool) -> JSONValue? {
        guard let value = present(name, required: required) else { return nil }
        guard case .query = source, case .string(let text) = value else { return value }
        return (try? JSONValue(parsing: Array(text.utf8))) ?? value
    }

    /// What a PATCH says about a field, which `read` then reads as usual. Null clears it if that is allowed, and is the
    /// fault `<field>_missing` otherwise. Where there is a fault, the answer is `.keep`.
    public mutating func change<Value>(
        _ name: String, clearable: Bool = false, _ read: (inout Fields, String) -> Value?
    ) -> Change<Value> {
        switch value(name) {
        case nil: .keep
        case .null? where clearable: .clear
        case _?: read(&self, name).map(Change.set) ?? .keep
        }
    }

    // MARK: Nesting

    /// An object, read by `read`. Its faults are named after both: `page_path_missing` for `path` in `page`.
    public mutating func object<Value>(
        _ name: String, required: Bool = true, _ read: (inout Fields) -> Value?
    ) -> Value? {
        guard let value = present(name, required: required) else { return nil }
        return nested(value, name, at: name, read)
    }

    /// A list of objects, each read by `read`; nil unless all of them can be. Their faults are named
    /// `lines_text_missing` for `text` in any of `lines`, and the message says which one.
    public mutating func objects<Value>(
        _ name: String, _ count: ClosedRange<Int>, required: Bool = true, _ read: (inout Fields) -> Value?
    ) -> [Value]? {
        guard let elements = list(name, count, required: required) else { return nil }
        let values = elements.enumerated().compactMap { index, element in
            nested(element, name, at: "\(name)[\(index)]", read)
        }
        return values.count == elements.count ? values : nil
    }

    private mutating func nested<Value>(
        _ value: JSONValue, _ name: String, at place: String, _ read: (inout Fields) -> Value?
    ) -> Value? {
        guard let object = value.objectValue else {
            refuse("\(codePrefix)\(name)_invalid", "The \(messagePrefix)\(place) must be an object.")
            return nil
        }
        var fields = Fields(
            source: .object(object), codePrefix: "\(codePrefix)\(name)_", messagePrefix: "\(messagePrefix)\(place).")
        let value = read(&fields)
        for fault in fields.faults { refuse(fault.code, fault.message) }
        return fields.faults.isEmpty ? value : nil
    }
}

/// What a PATCH says about a field (RFC 7396).
public enum Change<Value> {
    /// It is not named.
    case keep
    /// It is null.
    case clear
    case set(Value)
}

extension Change: Sendable where Value: Sendable {}
extension Change: Equatable where Value: Equatable {}

extension Change {
    /// For a field that may be null.
    public func applied(to current: Value?) -> Value? {
        switch self {
        case .keep: current
        case .clear: nil
        case .set(let value): value
        }
    }

    /// For a field that may not.
    public func applied(to current: Value) -> Value {
        if case .set(let value) = self { value } else { current }
    }
}
