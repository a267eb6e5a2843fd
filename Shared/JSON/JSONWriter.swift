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
public struct JSONWriter: Sendable {
    /// What has been written so far.
    public private(set) var bytes: [UInt8]
    /// Something stands before the next name or element, in the array or object that is open.
    private var needsComma = false

    public init(reserving capacity: Int = 512) {
        bytes = []
        bytes.reserveCapacity(capacity)
    }

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

    /// One value that is JSON already, written as it is.
    public mutating func element(raw json: [UInt8]) {
        verbatim(json.span)
    }

    // MARK: Tokens

    @usableFromInline
    mutating func open(_ bracket: UInt8) {
        append(1) { $0.append(bracket) }
        needsComma = false
    }

    @usableFromInline
    mutating func close(_ bracket: UInt8) {
        bytes.append(bracket)
        needsComma = true
    }

    @usableFromInline
    mutating func name(_ name: StaticString) {
        append(name.utf8CodeUnitCount + 3) { output in
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
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    /// `null`, `true`, `false`.
    mutating func literal(_ text: StaticString) {
        text.withUTF8Buffer { verbatim($0.span) }
    }

    /// A value that needs no quotes and no escape.
    mutating func verbatim(_ text: Span<UInt8>) {
        append(text.count) { $0.append(copying: text) }
    }

    /// A string of valid UTF-8.
    mutating func string(_ text: Span<UInt8>) {
        let plain = text.firstEscape(from: 0)
        append(text.count + 2) { output in
            output.append(UInt8(ascii: "\""))
            output.append(copying: text.extracting(..<plain))
            if plain == text.count { output.append(UInt8(ascii: "\"")) }
        }
        guard plain < text.count else { return }
        bytes.append(escaping: text.extracting(plain...))
        bytes.append(UInt8(ascii: "\""))
    }

    /// Appends a comma if one is due, and up to `count` bytes.
    @inline(__always)
    mutating func append(_ count: Int, _ write: (inout OutputSpan<UInt8>) -> Void) {
        bytes.append(addingCapacity: count + 1) { output in
            if needsComma { output.append(UInt8(ascii: ",")) }
            write(&output)
        }
        needsComma = true
    }
}
