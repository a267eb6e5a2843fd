import CJansson

extension JSONValue {
    /// How many arrays and objects may stand in one another; bounds every recursion over a parsed value.
    public static let maximumDepth = 64

    /// Parses one JSON text: any value at the top, strict UTF-8, the last of several equal names wins.
    /// The caller bounds its size.
    public init(parsing bytes: [UInt8]) throws(JSONSyntaxError) {
        try self.init(parsing: bytes.span)
    }

    /// The same for bytes that stay the caller's.
    public init(parsing bytes: UnsafeBufferPointer<UInt8>) throws(JSONSyntaxError) {
        try self.init(parsing: bytes.span)
    }

    /// The same for bytes that stay the caller's.
    public init(parsing bytes: Span<UInt8>) throws(JSONSyntaxError) {
        let preflight = try JSONPreflight(bytes)
        self =
            if let patched = preflight.patched {
                try JSONValue.load(patched.span, preflight)
            } else {
                try JSONValue.load(bytes, preflight)
            }
    }

    private static func load(_ bytes: Span<UInt8>, _ preflight: JSONPreflight) throws(JSONSyntaxError) -> JSONValue {
        var fault = json_error_t()
        // Unsafe: libjansson takes a pointer and a length, and reads no further.
        let root = bytes.withUnsafeBufferPointer { buffer in
            buffer.withMemoryRebound(to: CChar.self) { text in
                json_loadb(text.baseAddress, text.count, Int(JSON_DECODE_ANY | JSON_ALLOW_NUL), &fault)
            }
        }
        guard let root else {
            throw JSONSyntaxError(fault, growth: preflight.growth(before: Int(fault.position), in: bytes))
        }
        defer { json_decref(root) }
        return JSONValue(copying: root, clamped: preflight.clamped)
    }

    /// `clamped`: the largest Double stands for a number beyond it (see ``JSONPreflight``).
    fileprivate init(copying json: UnsafeMutablePointer<json_t>, clamped: Bool) {
        switch json.pointee.type {
        case JSON_TRUE: self = .bool(true)
        case JSON_FALSE: self = .bool(false)
        case JSON_INTEGER: self = .integer(Int64(json_integer_value(json)))
        case JSON_REAL:
            let value = json_real_value(json)
            let isBeyond = clamped && value.magnitude == .greatestFiniteMagnitude
            self = .number(isBeyond ? value * 2 : value)
        case JSON_STRING:
            self = .string(String(copying: json_string_value(json), count: json_string_length(json)))
        case JSON_ARRAY:
            self = .array(
                (0..<json_array_size(json)).compactMap { index in
                    json_array_get(json, index).map { JSONValue(copying: $0, clamped: clamped) }
                })
        case JSON_OBJECT: self = .object(JSONObject(copying: json, clamped: clamped))
        default: self = .null
        }
    }
}

extension JSONObject {
    fileprivate init(copying json: UnsafeMutablePointer<json_t>, clamped: Bool) {
        var members: [Member] = []
        members.reserveCapacity(json_object_size(json))
        var next = json_object_iter(json)
        while let member = next, let value = json_object_iter_value(member) {
            let name = String(copying: json_object_iter_key(member), count: json_object_iter_key_len(member))
            members.append(Member(name: name, value: JSONValue(copying: value, clamped: clamped)))
            next = json_object_iter_next(json, member)
        }
        self.init(distinct: members)
    }
}

extension String {
    /// By length, since a string may hold U+0000. libjansson has checked the UTF-8.
    fileprivate init(copying text: UnsafePointer<CChar>?, count: Int) {
        let bytes = UnsafeBufferPointer(start: text, count: text == nil ? 0 : count)
        self = bytes.withMemoryRebound(to: UInt8.self) { String(decoding: $0, as: UTF8.self) }
    }
}

extension JSONSyntaxError {
    /// - Parameter growth: how much further to the right the fault is than it was in the text that came.
    fileprivate init(_ fault: json_error_t, growth: Int) {
        let code = withUnsafePointer(to: fault) { json_error_code($0) }
        let reason: Reason =
            switch code {
            case json_error_invalid_utf8: .invalidUTF8
            case json_error_premature_end_of_input: .truncated
            case json_error_end_of_input_expected: .trailingContent
            default: .malformed
            }
        self.init(reason: reason, line: max(1, Int(fault.line)), column: max(1, Int(fault.column) - growth))
    }
}
