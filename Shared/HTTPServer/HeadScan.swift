/// Watches the raw bytes of a request's head for what the parser behind it forgives or never sees: it reads lines as C
/// strings, so a NUL would cut a field short, and it joins folded lines.
struct HeadScan {
    enum Verdict: Equatable {
        case incomplete
        case complete
        /// The status that refuses the request.
        case refused(Int)
    }

    private(set) var verdict = Verdict.incomplete
    /// Header fields so far. What the parser holds beyond them once the body is read came as trailers.
    var headerFields: Int { max(0, lines - 1) }
    private var lines = 0
    private var bytes = 0
    private var lineLength = 0
    private var afterCarriageReturn = false

    /// Takes the next bytes of the connection, of which those after the head are not looked at.
    mutating func scan(_ chunk: UnsafeRawBufferPointer, limits: HTTPLimits) {
        for byte in chunk {
            guard verdict == .incomplete else { return }
            take(byte, limits)
        }
    }

    private mutating func take(_ byte: UInt8, _ limits: HTTPLimits) {
        bytes += 1
        guard bytes <= limits.headBytes else {
            verdict = .refused(lines == 0 ? 414 : 431)
            return
        }
        switch byte {
        case 0x0A:
            endLine(limits)
        case _ where afterCarriageReturn, 0:
            // RFC 9112, section 2.2: a bare CR; RFC 9110, section 5.5: NUL.
            verdict = .refused(400)
        case 0x0D:
            afterCarriageReturn = true
        case 0x20 where lineLength == 0, 0x09 where lineLength == 0:
            // RFC 9112, section 5.2: folded fields are obsolete, and a way to hide one.
            verdict = .refused(400)
        default:
            lineLength += 1
        }
    }

    private mutating func endLine(_ limits: HTTPLimits) {
        if lineLength == 0 {
            verdict = lines == 0 ? .refused(400) : .complete
        } else {
            lines += 1
            if headerFields > limits.headerFields { verdict = .refused(431) }
        }
        lineLength = 0
        afterCarriageReturn = false
    }
}
