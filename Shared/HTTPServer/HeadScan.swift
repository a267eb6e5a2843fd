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
        var position = 0
        while position < chunk.count, verdict == .incomplete {
            if lineLength > 0, !afterCarriageReturn {
                let end = endOfText(chunk[position...].prefix(limits.headBytes - bytes))
                bytes += end - position
                lineLength += end - position
                position = end
            }
            guard position < chunk.count else { return }
            take(chunk[position], limits)
            position += 1
        }
    }

    /// Within a line, most bytes are none that anything here is about.
    private func endOfText(_ chunk: Slice<UnsafeRawBufferPointer>) -> Int {
        var position = chunk.startIndex
        while position < chunk.endIndex, chunk[position] > 0x0D { position += 1 }
        return position
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
