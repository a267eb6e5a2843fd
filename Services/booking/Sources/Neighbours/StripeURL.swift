extension Stripe {
    private static let ownHosts: Set<Substring> = ["127.0.0.1", "localhost", "[::1]"]

    /// Whether the key may be sent there: over TLS, or in the clear without leaving this machine. Paths are added to it, so it
    /// has none.
    package static func mayHaveKey(_ url: String) -> Bool {
        let (isSecret, prefix) = url.hasPrefix("https://") ? (true, "https://") : (false, "http://")
        guard url.hasPrefix(prefix) else { return false }
        let authority = url.dropFirst(prefix.count)
        // A bracket holds colons that are none before a port (RFC 3986, 3.2.2).
        let hostEnd = authority.firstIndex(of: "]").map { authority.index(after: $0) } ?? authority.firstIndex(of: ":")
        let host = authority[..<(hostEnd ?? authority.endIndex)]
        let rest = authority[host.endIndex...]
        guard !host.isEmpty, !host.contains(where: { "/?#@\\".contains($0) }), rest.isEmpty || isPort(rest) else {
            return false
        }
        return isSecret || ownHosts.contains(host)
    }

    private static func isPort(_ text: Substring) -> Bool {
        let digits = text.dropFirst()
        return text.first == ":" && (1...5).contains(digits.utf8.count)
            && digits.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            && Int(digits).map((1...65_535).contains) == true
    }
}
