extension String {
    /// Unicode code points, the measure of every length limit: `count` takes a family emoji for one.
    public var codePointCount: Int { unicodeScalars.count }

    /// Whether the text holds a control character (general category Cc), U+0000 among them.
    /// - Parameter allowingLineBreaks: whether line feed, carriage return and tab are taken.
    public func hasControlCharacters(allowingLineBreaks: Bool = false) -> Bool {
        unicodeScalars.contains { scalar in
            switch scalar {
            case "\n", "\r", "\t": !allowingLineBreaks
            case "\0"..<" ", "\u{7F}"..."\u{9F}": true
            default: false
            }
        }
    }

    /// Without the white space (Unicode White_Space) at both ends.
    public var trimmed: String {
        let scalars = unicodeScalars
        guard let first = scalars.firstIndex(where: { !$0.properties.isWhitespace }),
            let last = scalars.lastIndex(where: { !$0.properties.isWhitespace })
        else { return "" }
        return String(scalars[first...last])
    }
}
