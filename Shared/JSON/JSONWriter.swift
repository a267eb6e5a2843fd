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

    /// Text that needs no escape, written in place.
    /// - Parameter write: is given room for `most` bytes, and says how many of them it wrote.
    public mutating func element(plain most: Int, _ write: (UnsafeMutableBufferPointer<UInt8>) -> Int) {
        append(atMost: most + 2) { output in
            output[0] = UInt8(ascii: "\"")
            let count = write(UnsafeMutableBufferPointer(start: output + 1, count: most))
            output[count + 1] = UInt8(ascii: "\"")
            return count + 2
        }
    }

    /// Text such as `abc_17`. The prefix is written as it is: it must need no escape.
    public mutating func element(_ prefix: StaticString, _ number: UInt64) {
        append(atMost: prefix.utf8CodeUnitCount + 23) { output in
            output[0] = UInt8(ascii: "\"")
            var count = 1 + (output + 1).write(prefix)
            output[count] = UInt8(ascii: "_")
            count += 1 + (output + count + 1).write(number)
            output[count] = UInt8(ascii: "\"")
            return count + 1
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
        append(atMost: 1) { output in
            output[0] = bracket
            return 1
        }
        needsComma = false
    }

    @usableFromInline
    mutating func close(_ bracket: UInt8) {
        needsComma = false
        append(atMost: 1) { output in
            output[0] = bracket
            return 1
        }
    }

    @usableFromInline
    mutating func name(_ name: StaticString) {
        append(atMost: name.utf8CodeUnitCount + 3) { output in
            output[0] = UInt8(ascii: "\"")
            let count = (output + 1).write(name) + 1
            output[count] = UInt8(ascii: "\"")
            output[count + 1] = UInt8(ascii: ":")
            return count + 2
        }
        needsComma = false
    }

    @usableFromInline
    mutating func name(escaping name: String) {
        string(name.utf8.span)
        buffer.append(atMost: 1) { output in
            output[0] = UInt8(ascii: ":")
            return 1
        }
        needsComma = false
    }

    /// `null`, `true`, `false`.
    mutating func literal(_ text: StaticString) {
        append(atMost: text.utf8CodeUnitCount) { $0.write(text) }
    }

    /// A value that needs no quotes and no escape.
    mutating func verbatim(_ text: Span<UInt8>) {
        append(atMost: text.count) { output in
            text.withUnsafeBufferPointer { text in
                if let start = text.baseAddress { output.update(from: start, count: text.count) }
            }
            return text.count
        }
    }

    /// A string of valid UTF-8.
    mutating func string(_ text: Span<UInt8>) {
        text.withUnsafeBytes { text in
            guard let start = text.baseAddress else { return literal("\"\"") }
            var copied = 0
            append(atMost: text.count + 2) { output in
                output[0] = UInt8(ascii: "\"")
                copied = (output + 1).copy(plain: start, text.count)
                output[copied + 1] = UInt8(ascii: "\"")
                return copied == text.count ? copied + 2 : copied + 1
            }
            while copied < text.count {
                buffer.append(atMost: text.count - copied + 6) { output in
                    let escape = output.writeEscape(of: text[copied])
                    let plain = (output + escape).copy(plain: start + copied + 1, text.count - copied - 1)
                    copied += 1 + plain
                    output[escape + plain] = UInt8(ascii: "\"")
                    return copied == text.count ? escape + plain + 1 : escape + plain
                }
            }
        }
    }

    /// Appends a comma if one is due, and up to so many bytes.
    @inline(__always)
    mutating func append(atMost most: Int, _ write: (UnsafeMutablePointer<UInt8>) -> Int) {
        let comma = needsComma ? 1 : 0
        buffer.append(atMost: most + 1) { output in
            output[0] = UInt8(ascii: ",")
            return comma + write(output + comma)
        }
        needsComma = true
    }
}

extension UnsafeMutablePointer<UInt8> {
    /// Unsafe: there must be room for it.
    /// - Returns: how many bytes it has.
    @inline(__always)
    fileprivate func write(_ text: StaticString) -> Int {
        text.withUTF8Buffer { if let start = $0.baseAddress { update(from: start, count: $0.count) } }
        return text.utf8CodeUnitCount
    }
}
