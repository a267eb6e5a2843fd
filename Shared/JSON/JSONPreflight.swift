/// One pass over a text before libjansson sees it, for what libjansson cannot do: limit the depth below its own 2,048
/// levels, and take numbers that do not fit and names that hold U+0000 instead of refusing the whole text.
///
/// An integer too large for an Int64 gets an exponent, so that it is read as a Double. A number too large for a Double
/// becomes the largest one (`clamped` says so), which the parser then turns into infinity, together with the largest one
/// itself should it stand beside. Whole tokens are replaced by tokens, so a malformed text stays malformed.
struct JSONPreflight {
    /// The text with what libjansson cannot take rewritten; nil when there is nothing of that.
    var patched: [UInt8]? { copied == 0 ? nil : output }
    private(set) var clamped = false
    /// Where in `patched` each replaced token ends, and how many bytes longer it is than it was.
    private(set) var changes: [(end: Int, growth: Int)] = []
    private var output: [UInt8] = []
    /// How much of the text stands in `output`.
    private var copied = 0

    init(_ text: Span<UInt8>) throws(JSONSyntaxError) {
        if text.count >= 3, text[0] == 0xEF, text[1] == 0xBB, text[2] == 0xBF {
            throw JSONSyntaxError(.byteOrderMark, at: 0, in: text)
        }
        var position = 0
        var depth = 0
        var isEmpty = true
        while position < text.count {
            let start = position
            position += 1
            switch text[start] {
            case 0x20, 0x09, 0x0A, 0x0D: continue
            // libjansson would take it for the end of the text.
            case 0x00: throw JSONSyntaxError(.malformed, at: start, in: text)
            case UInt8(ascii: "\""):
                position = text.endOfString(from: start)
                replaceNulls(start..<position, of: text)
            case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
                position = text.endOfNumber(from: start)
                replaceNumber(start..<position, of: text)
            case UInt8(ascii: "["), UInt8(ascii: "{"):
                depth += 1
                if depth > JSONValue.maximumDepth { throw JSONSyntaxError(.tooDeep, at: start, in: text) }
            case UInt8(ascii: "]"), UInt8(ascii: "}"): depth -= 1
            default: break
            }
            isEmpty = false
        }
        if isEmpty { throw JSONSyntaxError(.empty, at: 0, in: text) }
        if copied > 0 { output.append(copying: text.extracting(copied...)) }
    }

    /// How much longer the line of a position in `patched` has become before it.
    func growth(before position: Int, in patched: Span<UInt8>) -> Int {
        var start = min(max(0, position), patched.count)
        while start > 0, patched[start - 1] != 0x0A { start -= 1 }
        return changes.reduce(0) { $0 + ($1.end > start && $1.end <= position ? $1.growth : 0) }
    }

    /// libjansson cannot hold `\u0000` in the name of a member: it becomes `\u0001`, which no known name has either.
    private mutating func replaceNulls(_ token: Range<Int>, of text: Span<UInt8>) {
        var position = token.lowerBound + 1
        var isName = false
        while position < token.upperBound {
            guard text[position] == UInt8(ascii: "\\") else {
                position += 1
                continue
            }
            if text.isNull(escapedAt: position) {
                // Asked once: the white space behind it may be long.
                isName = isName || text.isName(endingAt: token.upperBound)
                guard isName else { return }
                output.append(copying: text.extracting(copied..<position))
                output += "\\u0001".utf8
                copied = position + 6
            }
            position += 2
        }
    }

    private mutating func replaceNumber(_ token: Range<Int>, of text: Span<UInt8>) {
        // Int64.max has 19 digits: nothing shorter overflows without an exponent.
        guard token.count >= 19 || text.hasExponent(in: token) else { return }
        var digits: [UInt8] = []
        digits.append(copying: text.extracting(token))
        let number = String(decoding: digits, as: UTF8.self)
        let isInteger = !text.hasExponent(in: token) && !digits.contains(UInt8(ascii: "."))
        let isBeyondDouble = Double(number)?.isInfinite == true
        guard isBeyondDouble || isInteger && Int64(number) == nil else { return }
        output.append(copying: text.extracting(copied..<token.lowerBound))
        let start = output.count
        if isBeyondDouble {
            clamped = true
            let largest = Double.greatestFiniteMagnitude
            output += (text[token.lowerBound] == UInt8(ascii: "-") ? -largest : largest).description.utf8
        } else {
            output += digits + "e0".utf8
        }
        copied = token.upperBound
        changes.append((output.count, output.count - start - token.count))
    }
}

extension Span<UInt8> {
    /// Past the closing quote of the string that begins at `start`, or past the text's end.
    fileprivate func endOfString(from start: Int) -> Int {
        var position = start + 1
        while position < count {
            switch self[position] {
            case UInt8(ascii: "\""): return position + 1
            case UInt8(ascii: "\\"): position += 2
            default: position += 1
            }
        }
        return count
    }

    fileprivate func isNull(escapedAt position: Int) -> Bool {
        guard position + 6 <= count, self[position + 1] == UInt8(ascii: "u") else { return false }
        return (2..<6).allSatisfy { self[position + $0] == UInt8(ascii: "0") }
    }

    /// Whether a colon follows.
    fileprivate func isName(endingAt end: Int) -> Bool {
        var position = end
        while position < count, [0x20, 0x09, 0x0A, 0x0D].contains(self[position]) { position += 1 }
        return position < count && self[position] == UInt8(ascii: ":")
    }

    /// Past the longest number by RFC 8259 §6 that begins at `start`; one byte further where there is none.
    fileprivate func endOfNumber(from start: Int) -> Int {
        let integer = self[start] == UInt8(ascii: "-") ? start + 1 : start
        // No further than the zero that begins one: the next of many zeros is another number.
        let isZero = integer < count && self[integer] == UInt8(ascii: "0")
        var end = isZero ? integer + 1 : endOfDigits(from: integer)
        guard end > integer else { return start + 1 }
        if end < count, self[end] == UInt8(ascii: ".") {
            let fraction = endOfDigits(from: end + 1)
            if fraction > end + 1 { end = fraction }
        }
        if end < count, self[end] | 0x20 == UInt8(ascii: "e") {
            var exponent = end + 1
            if exponent < count, self[exponent] == UInt8(ascii: "+") || self[exponent] == UInt8(ascii: "-") {
                exponent += 1
            }
            let exponentEnd = endOfDigits(from: exponent)
            if exponentEnd > exponent { end = exponentEnd }
        }
        return end
    }

    private func endOfDigits(from start: Int) -> Int {
        var position = start
        while position < count, UInt8(ascii: "0")...UInt8(ascii: "9") ~= self[position] { position += 1 }
        return position
    }

    fileprivate func hasExponent(in token: Range<Int>) -> Bool {
        token.contains { self[$0] | 0x20 == UInt8(ascii: "e") }
    }
}

extension JSONSyntaxError {
    fileprivate init(_ reason: Reason, at position: Int, in text: Span<UInt8>) {
        var line = 1
        var column = 1
        for index in 0..<position {
            if text[index] == 0x0A {
                line += 1
                column = 1
            } else if text[index] & 0xC0 != 0x80 {
                column += 1
            }
        }
        self.init(reason: reason, line: line, column: column)
    }
}
