/// Whether text is an absolute http(s) URL: a host with or without a port, then what RFC 3986 has after it. A user name
/// before the host is none that a poster needs, and one that misleads.
package func isWebAddress(_ text: String) -> Bool {
    var rest = Substring(text).utf8
    guard let scheme = ["https://", "http://"].first(where: { rest.starts(with: $0.utf8) }) else { return false }
    rest = rest.dropFirst(scheme.utf8.count)
    let authority = rest.prefix { !"/?#".utf8.contains($0) }
    let host = authority.prefix { isAlphanumeric($0) || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-") }
    let port = authority.dropFirst(host.count)
    guard !host.isEmpty, port.isEmpty || isPort(port) else { return false }
    let parts = rest.dropFirst(authority.count).split(
        separator: UInt8(ascii: "#"), maxSplits: 1, omittingEmptySubsequences: false)
    return parts.allSatisfy(isPathOrQuery)
}

private func isPort(_ text: Substring.UTF8View) -> Bool {
    text.first == UInt8(ascii: ":") && (2...6).contains(text.count)
        && text.dropFirst().allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
}

/// RFC 3986, 3.3 and 3.4.
private func isPathOrQuery(_ text: Substring.UTF8View) -> Bool {
    var rest = text
    while let byte = rest.popFirst() {
        if byte == UInt8(ascii: "%") {
            guard let high = rest.popFirst(), let low = rest.popFirst(), isHex(high), isHex(low) else { return false }
        } else if !isAlphanumeric(byte), !"-._~!$&'()*+,;=:@/?".utf8.contains(byte) {
            return false
        }
    }
    return true
}

private func isHex(_ byte: UInt8) -> Bool { "0123456789abcdefABCDEF".utf8.contains(byte) }

private func isAlphanumeric(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
}
