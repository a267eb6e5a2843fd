/// Writes one JSON text into a byte buffer: compact, UTF-8, commas and escapes as RFC 8259 wants them.
///
///     var json = JSONWriter(reserving: 4096)
///     json.object { json in
///         json.array("things") { json in
///             json.object { json in json.field("name", name) }
///         }
///     }
///     response.body = json.bytes
///
/// The caller sees to it that members stand in objects and elements in arrays, and that names differ.
public struct JSONWriter: ~Copyable {
    private var buffer: JSONBuffer
    /// Something stands before the next name or element, in the array or object that is open.
    private var needsComma = false

    public init(reserving capacity: Int = 512) { buffer = JSONBuffer(capacity: max(64, capacity)) }

    /// What has been written so far.
    public var bytes: [UInt8] { buffer.bytes }

    // MARK: Arrays and objects

    /// An object at the top or in an array.
    @inlinable
    public mutating func object<E: Error>(_ members: (inout JSONWriter) throws(E) -> Void) throws(E) {
        open(UInt8(ascii: "{"))
        try members(&self)
        close(UInt8(ascii: "}"))
    }

    /// An object as a member.
    @inlinable
    public mutating func object<E: Error>(
        _ name: StaticString, _ members: (inout JSONWriter) throws(E) -> Void
    ) throws(E) {
        self.name(name)
        try object(members)
    }

    /// An array at the top or in an array.
    @inlinable
    public mutating func array<E: Error>(_ elements: (inout JSONWriter) throws(E) -> Void) throws(E) {
        open(UInt8(ascii: "["))
        try elements(&self)
        close(UInt8(ascii: "]"))
    }

    /// An array as a member.
    @inlinable
    public mutating func array<E: Error>(
        _ name: StaticString, _ elements: (inout JSONWriter) throws(E) -> Void
    ) throws(E) {
        self.name(name)
        try array(elements)
    }

    // MARK: Values

    /// A member. The name is written as it is: it must need no escape.
    @inlinable
    public mutating func field(_ name: StaticString, _ value: some JSONWritable) {
        self.name(name)
        value.write(to: &self)
    }

    /// A member whose name is data.
    @inlinable
    public mutating func field(named name: String, _ value: some JSONWritable) {
        self.name(escaping: name)
        value.write(to: &self)
    }

    /// A member that is text in UTF-8, or null. What is not valid UTF-8 becomes U+FFFD.
    @inlinable
    public mutating func field(_ name: StaticString, utf8 text: UnsafeBufferPointer<UInt8>?) {
        self.name(name)
        element(utf8: text)
    }

    /// A member that is JSON already.
    @inlinable
    public mutating func field(_ name: StaticString, raw json: [UInt8]) {
        self.name(name)
        element(raw: json)
    }

    /// A value at the top or in an array.
    @inlinable
    public mutating func element(_ value: some JSONWritable) {
        value.write(to: &self)
    }

    /// Text in UTF-8, or null. What is not valid UTF-8 becomes U+FFFD.
    public mutating func element(utf8 text: UnsafeBufferPointer<UInt8>?) {
        guard let text else { return literal("null") }
        if let valid = try? UTF8Span(validating: text.span) {
            string(valid.span)
        } else {
            string(String(decoding: text, as: UTF8.self).utf8.span)
        }
    }

    /// Text that needs no escape, of `most` bytes at most, written in place.
    public mutating func element(plain most: Int, _ write: (inout OutputSpan<UInt8>) -> Void) {
        append(atMost: most + 2) { output in
            output.append(UInt8(ascii: "\""))
            write(&output)
            output.append(UInt8(ascii: "\""))
        }
    }

    /// Text such as `abc_17`. The prefix is written as it is: it must need no escape.
    public mutating func element(_ prefix: StaticString, _ number: UInt64) {
        element(plain: prefix.utf8CodeUnitCount + 21) { output in
            prefix.withUTF8Buffer { output.append(copying: $0.span) }
            output.append(UInt8(ascii: "_"))
            output.append(digitsOf: number)
        }
    }

    /// One value that is JSON already, written as it is.
    public mutating func element(raw json: [UInt8]) {
        verbatim(json.span)
    }

    /// Members that are JSON already, with the commas between them.
    public mutating func members(raw json: Span<UInt8>) {
        verbatim(json)
    }

    // MARK: Tokens

    @usableFromInline
    mutating func open(_ bracket: UInt8) {
        append(atMost: 1) { $0.append(bracket) }
        needsComma = false
    }

    @usableFromInline
    mutating func close(_ bracket: UInt8) {
        buffer.append(atMost: 1) { $0.append(bracket) }
        needsComma = true
    }

    @usableFromInline
    mutating func name(_ name: StaticString) {
        append(atMost: name.utf8CodeUnitCount + 3) { output in
            output.append(UInt8(ascii: "\""))
            name.withUTF8Buffer { output.append(copying: $0.span) }
            output.append(UInt8(ascii: "\""))
            output.append(UInt8(ascii: ":"))
        }
        needsComma = false
    }

    @usableFromInline
    mutating func name(escaping name: String) {
        string(name.utf8.span)
        buffer.append(atMost: 1) { $0.append(UInt8(ascii: ":")) }
        needsComma = false
    }

    /// `null`, `true`, `false`.
    mutating func literal(_ text: StaticString) {
        append(atMost: text.utf8CodeUnitCount) { output in
            text.withUTF8Buffer { output.append(copying: $0.span) }
        }
    }

    /// A value that needs no quotes and no escape.
    mutating func verbatim(_ text: Span<UInt8>) {
        append(atMost: text.count) { $0.append(copying: text) }
    }

    /// A string of valid UTF-8.
    mutating func string(_ text: Span<UInt8>) {
        var copied = text.firstEscape(from: 0)
        append(atMost: text.count + 2) { output in
            output.append(UInt8(ascii: "\""))
            output.append(copying: text.extracting(..<copied))
            if copied == text.count { output.append(UInt8(ascii: "\"")) }
        }
        while copied < text.count {
            let escape = copied
            copied = text.firstEscape(from: escape + 1)
            buffer.append(atMost: copied - escape + 6) { output in
                output.append(escapeOf: text[escape])
                output.append(copying: text.extracting(escape + 1..<copied))
                if copied == text.count { output.append(UInt8(ascii: "\"")) }
            }
        }
    }

    /// Appends a comma if one is due, and up to so many bytes.
    @inline(__always)
    mutating func append(atMost most: Int, _ write: (inout OutputSpan<UInt8>) -> Void) {
        buffer.append(atMost: most + 1) { output in
            if needsComma { output.append(UInt8(ascii: ",")) }
            write(&output)
        }
        needsComma = true
    }
}
