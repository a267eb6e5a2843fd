import Testing

@testable import HTTPServer

@Suite struct HeadScanTests {
    private func verdict(_ pieces: [ArraySlice<UInt8>]) -> HeadScan.Verdict {
        var scan = HeadScan()
        for piece in pieces { piece.withUnsafeBytes { scan.scan($0, limits: HTTPLimits()) } }
        return scan.verdict
    }

    @Test(
        "The verdict does not depend on where the network cuts the bytes",
        arguments: [
            ("GET / HTTP/1.1\r\nA: b\r\n\r\n\u{0} body", HeadScan.Verdict.complete),
            ("GET / HTTP/1.1\nA: b\n\n", .complete),
            ("GET / HTTP/1.1\r\nA: b\r\n", .incomplete),
            ("GET / HTTP/1.1\r\nA: b\r", .incomplete),
            ("GET / HTTP/1.1\r\nA: \u{0}\r\n\r\n", .refused(400)),
            ("GET / HTTP/1.1\r\nA: b\r\n\tc\r\n\r\n", .refused(400)),
            ("GET / HTTP/1.1\r\nA: b\r\r\n\r\n", .refused(400)),
            ("\r\nGET / HTTP/1.1\r\n\r\n", .refused(400)),
        ])
    func cuts(text: String, expected: HeadScan.Verdict) {
        let bytes = Array(text.utf8)
        for first in 0...bytes.count {
            for second in first...bytes.count {
                #expect(verdict([bytes[..<first], bytes[first..<second], bytes[second...]]) == expected)
            }
        }
    }

    @Test("A head may have exactly as many bytes as the limit")
    func size() {
        var limits = HTTPLimits()
        let bytes = Array("GET / HTTP/1.1\r\nA: b\r\n\r\n".utf8)
        for (limit, expected) in [
            (bytes.count, HeadScan.Verdict.complete), (bytes.count - 1, .refused(431)), (10, .refused(414)),
        ] {
            limits.headBytes = limit
            var scan = HeadScan()
            bytes.withUnsafeBytes { scan.scan($0, limits: limits) }
            #expect(scan.verdict == expected)
        }
    }

    @Test("Dates are those of RFC 9110")
    func date() {
        #expect(HTTPDate.format(784_111_777) == "Sun, 06 Nov 1994 08:49:37 GMT")
    }
}
