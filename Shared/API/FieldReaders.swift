import JSON
import Text
import Time
import TypedID

extension Fields {
    /// Text in NFC without control characters, `length` code points long.
    /// - Parameters:
    ///   - trim: whether white space at the ends goes first.
    ///   - multiline: whether line breaks and tabs are taken.
    public mutating func text(
        _ name: String, _ length: ClosedRange<Int>, trim: Bool = false, multiline: Bool = false, required: Bool = true
    ) -> String? {
        guard let value = present(name, required: required) else { return nil }
        guard let given = value.stringValue else {
            refuse(name, "invalid", "must be text")
            return nil
        }
        let text = trim ? given.nfc.trimmed : given.nfc
        guard !text.hasControlCharacters(allowingLineBreaks: multiline) else {
            refuse(name, "invalid", "must not contain control characters")
            return nil
        }
        let count = text.codePointCount
        if count < length.lowerBound {
            refuse(name, "too_short", "must have \(counted(length.lowerBound, "character")) or more")
        } else if count > length.upperBound {
            refuse(name, "too_long", "must have \(counted(length.upperBound, "character")) at most")
        } else {
            return text
        }
        return nil
    }

    /// A whole number: `2.0` is 2, `2.5` and `true` are invalid.
    public mutating func integer(_ name: String, _ range: ClosedRange<Int64>, required: Bool = true) -> Int64? {
        guard let value = presentScalar(name, required: required) else { return nil }
        guard let number = value.doubleValue, number.isInfinite || number == number.rounded() else {
            refuse(name, "invalid", "must be a whole number")
            return nil
        }
        // What no Int64 can hold is a whole number all the same, and outside of every range.
        if let integer = value.integerValue, range.contains(integer) { return integer }
        refuse(name, "out_of_range", "must be \(described(range))")
        return nil
    }

    /// Any finite number.
    public mutating func number(_ name: String, _ range: ClosedRange<Double>, required: Bool = true) -> Double? {
        guard let value = presentScalar(name, required: required) else { return nil }
        guard let number = value.doubleValue else {
            refuse(name, "invalid", "must be a number")
            return nil
        }
        // Adding 0 makes 0 of -0, which would sort and print apart from it.
        if number.isFinite, range.contains(number) { return number + 0 }
        refuse(name, "out_of_range", "must be from \(written(range.lowerBound)) to \(written(range.upperBound))")
        return nil
    }

    public mutating func bool(_ name: String, required: Bool = true) -> Bool? {
        guard let value = presentScalar(name, required: required) else { return nil }
        if let bool = value.boolValue { return bool }
        refuse(name, "invalid", "must be true or false")
        return nil
    }

    /// One of an enumeration's raw values.
    public mutating func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ name: String, of _: Choice.Type = Choice.self, required: Bool = true
    ) -> Choice? {
        guard let value = present(name, required: required) else { return nil }
        if let choice = value.stringValue.flatMap(Choice.init(rawValue:)) { return choice }
        refuse(name, "invalid", "must be \(alternatives(Choice.allCases.map(\.rawValue)))")
        return nil
    }

    /// A date and time as RFC 3339 has it.
    public mutating func timestamp(_ name: String, required: Bool = true) -> Timestamp? {
        guard let value = present(name, required: required) else { return nil }
        if let moment = value.stringValue.flatMap(Timestamp.init(rfc3339:)) { return moment }
        refuse(name, "invalid", "must be a date and time, such as 2026-11-20T18:30:00Z")
        return nil
    }

    /// An identifier of that kind; whether anything has it is the caller's to find out.
    public mutating func id<Tag>(
        _ name: String, _: TypedID<Tag>.Type = TypedID<Tag>.self, required: Bool = true
    ) -> TypedID<Tag>? {
        guard let value = present(name, required: required) else { return nil }
        if let id = value.stringValue.flatMap(TypedID<Tag>.init) { return id }
        refuse(name, "invalid", "must be an ID that begins with \(Tag.prefix)_")
        return nil
    }

    /// A list of anything, `count` elements long.
    public mutating func list(_ name: String, _ count: ClosedRange<Int>, required: Bool = true) -> [JSONValue]? {
        guard let value = present(name, required: required) else { return nil }
        guard let elements = value.arrayValue else {
            refuse(name, "invalid", "must be a list")
            return nil
        }
        if elements.count < count.lowerBound {
            refuse(name, "too_short", "must have \(counted(count.lowerBound, "element")) or more")
        } else if elements.count > count.upperBound {
            refuse(name, "too_long", "must have \(counted(count.upperBound, "element")) at most")
        } else {
            return elements
        }
        return nil
    }

    /// A list whose elements are all of one kind: `<field>_invalid` when `element` answers nil for any of them.
    /// - Parameter kind: what they are, for the message.
    public mutating func list<Element>(
        _ name: String, _ count: ClosedRange<Int>, of kind: String, required: Bool = true,
        _ element: (JSONValue) -> Element?
    ) -> [Element]? {
        guard let values = list(name, count, required: required) else { return nil }
        let elements = values.compactMap(element)
        if elements.count == values.count { return elements }
        refuse(name, "invalid", "must have nothing but \(kind)")
        return nil
    }

    /// A bound of a range of time, for a query: a date, or a date and time. Nil where there is none.
    public mutating func bound(_ name: String) -> DateBound? {
        guard let text = value(name)?.stringValue else { return nil }
        if let bound = DateBound(text) { return bound }
        refuse(name, "invalid", "must be a date, or a date and time, such as 2026-11-20T18:30:00Z")
        return nil
    }

    /// An object as it came, for one whose names are data.
    public mutating func object(_ name: String, required: Bool = true) -> JSONObject? {
        guard let value = present(name, required: required) else { return nil }
        if let object = value.objectValue { return object }
        refuse(name, "invalid", "must be an object")
        return nil
    }
}

private func counted(_ count: Int, _ noun: String) -> String { count == 1 ? "1 \(noun)" : "\(count) \(noun)s" }

private func described(_ range: ClosedRange<Int64>) -> String {
    range.upperBound == .max
        ? "\(range.lowerBound) or more" : "from \(range.lowerBound) to \(range.upperBound)"
}

private func written(_ bound: Double) -> String { Int64(exactly: bound).map { "\($0)" } ?? "\(bound)" }

private func alternatives(_ values: [String]) -> String {
    guard values.count > 1, let last = values.last else { return values.joined() }
    return values.dropLast().joined(separator: ", ") + " or " + last
}
