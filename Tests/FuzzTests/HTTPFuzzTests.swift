import API
import Testing

@testable import HTTPServer

@Suite struct HTTPFuzzTests {
    private static let heads = [
        "GET /v1/movies?limit=1 HTTP/1.1\r\nHost: a\r\n\r\n",
        "POST /v1/sessions/ses_1/book HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}",
        "GET http://a/v1 HTTP/1.0\nConnection: keep-alive\n\n",
        "PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
        (0..<99).map { "X-\($0): a\r\n" }.joined(), String(repeating: "GET / HTTP/1.1\r\n\r\n", count: 9),
    ].map { Array($0.utf8) }

    @Test("what is said of a head depends neither on where the network cuts it nor on how the scan goes over it")
    func headScan() async throws {
        var limits = HTTPLimits()
        (limits.headBytes, limits.headerFields) = (1_000, 20)
        try await Fuzz(name: "heads", corpus: Self.heads, limit: 4_096).run { mutator in
            let input = mutator.input(from: Self.heads, limit: 4_096)
            return (input, (0..<mutator.number(0...6)).map { _ in mutator.number(0...input.count) }.sorted())
        } fault: { [limits] input, cuts in
            let (expected, fields) = plainVerdict(input, limits)
            for cuts in [[], cuts, Array(0..<input.count)] {
                var scan = HeadScan()
                for (start, end) in zip([0] + cuts, cuts + [input.count]) {
                    input[start..<end].withUnsafeBytes { scan.scan($0, limits: limits) }
                }
                guard scan.verdict == expected else { return "\(scan.verdict), not \(expected), cut at \(cuts)" }
                if expected == .complete, scan.headerFields != fields { return "\(scan.headerFields) fields" }
            }
            return nil
        }
    }

    /// The same, a byte after the other and nothing clever.
    private func plainVerdict(_ input: [UInt8], _ limits: HTTPLimits) -> (HeadScan.Verdict, fields: Int) {
        var (lines, line): (Int, [UInt8]) = (0, [])
        for (position, byte) in input.enumerated() {
            if position >= limits.headBytes { return (.refused(lines == 0 ? 414 : 431), 0) }
            if byte != 0x0A, line.last == 0x0D || byte == 0 { return (.refused(400), 0) }
            if line.isEmpty, byte == 0x20 || byte == 0x09 { return (.refused(400), 0) }
            line.append(byte)
            guard byte == 0x0A else { continue }
            if line == [0x0A] || line == [0x0D, 0x0A] {
                return lines == 0 ? (.refused(400), 0) : (.complete, lines - 1)
            }
            lines += 1
            if lines - 1 > limits.headerFields { return (.refused(431), 0) }
            line = []
        }
        return (.incomplete, 0)
    }

    @Test("a target is split into a path and a query, which are all of it but for the authority")
    func targets() async throws {
        let good = ["/v1/movies?limit=1", "http://a:80/v1?x", "https://a?x", "*", "?", "//a/b", "a://"].map {
            Array($0.utf8)
        }
        try await Fuzz(name: "targets", corpus: good, limit: 16_384).run { input in
            let text = String(decoding: input, as: UTF8.self)
            let (path, query) = HTTPRequest.split(text)
            if path.isEmpty || path.utf8.contains(UInt8(ascii: "?")) { return "the path is \(path)" }
            let whole = path + (query.map { "?\($0)" } ?? "")
            return Array(text.utf8).suffix(whole.utf8.count).elementsEqual(whole.utf8) || path == "/" ? nil : "\(whole)"
        }
    }

    @Test("a query is read as the standard for forms reads it")
    func queries() async throws {
        let good = ["limit=1&cursor=abc", "a=%C3%A9+b&a=%00", "q=&&=x&%41=%zz", "a", "%", "a=b=c&%F0%9F%91%AA"].map {
            Array($0.utf8)
        }
        try await Fuzz(name: "queries", corpus: good, limit: 16_384).run { input in
            let text = String(decoding: input, as: UTF8.self)
            let read = try? Query(parsing: text)
            let expected = parameters(of: text)
            guard let read, let expected else { return (read == nil) == (expected == nil) ? nil : "taken or refused" }
            let isSame = read.parameters.elementsEqual(expected) {
                $0.name.utf8.elementsEqual($1.0.utf8) && $0.value.utf8.elementsEqual($1.1.utf8)
            }
            guard isSame else { return "read as \(read.parameters)" }
            return read.parameters.allSatisfy { pair in
                read.all(pair.name).contains(pair.value) && read[pair.name] != nil
            }
                ? nil : "a parameter is not found by its name"
        }
    }

    /// https://url.spec.whatwg.org/#urlencoded-parsing, but that what is broken is refused and not kept.
    private func parameters(of text: String) -> [(String, String)]? {
        let pairs = Array(text.utf8).split(separator: UInt8(ascii: "&"))
        guard pairs.count <= 64 else { return nil }
        var all: [(String, String)] = []
        for pair in pairs {
            let parts = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = decoded(parts[0]), let value = decoded(parts.count > 1 ? parts[1] : []) else { return nil }
            all.append((name, value))
        }
        return all
    }

    private func decoded(_ part: ArraySlice<UInt8>) -> String? {
        let pieces = part.map { $0 == UInt8(ascii: "+") ? 0x20 : $0 }
            .split(separator: UInt8(ascii: "%"), omittingEmptySubsequences: false)
        var bytes = Array(pieces[0])
        for piece in pieces.dropFirst() {
            let digits = piece.prefix(2)
            guard digits.count == 2, digits.allSatisfy({ "0123456789abcdefABCDEF".utf8.contains($0) }),
                let byte = UInt8(String(decoding: digits, as: UTF8.self), radix: 16)
            else { return nil }
            bytes += [byte] + piece.dropFirst(2)
        }
        guard let text = String(validating: bytes, as: UTF8.self) else { return nil }
        return text.unicodeScalars.contains { $0.properties.generalCategory == .control } ? nil : text
    }
}
