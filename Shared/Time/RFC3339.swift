/// A bound of a range of time as a client writes it: a moment, or a whole day in a zone still to be named.
public enum DateBound: Hashable, Sendable {
    case moment(Timestamp)
    case day(CalendarDate)

    /// `2026-11-20` or what `Timestamp(rfc3339:)` takes.
    public init?(_ text: String) {
        var reader = DateReader(text)
        guard let date = reader.date() else { return nil }
        if reader.atEnd {
            self = .day(date)
        } else if let moment = reader.timeAndOffset(on: date) {
            self = .moment(moment)
        } else {
            return nil
        }
    }
}

extension Timestamp {
    /// `2026-11-20T18:30:00Z` as RFC 3339 has it, with some leave: any fraction of a second (cut to milliseconds), no
    /// seconds at all, small letters, and a space before the offset, which is what a `+` that was not escaped in a
    /// query string becomes. Nil for anything else and outside the years 0 to 9999.
    public init?(rfc3339 text: String) {
        guard case .moment(let moment)? = DateBound(text) else { return nil }
        self = moment
    }

    /// Always UTC, always with three digits of milliseconds: `2026-11-20T18:30:00.000Z`.
    public var rfc3339: String {
        String(decoding: [UInt8](capacity: 24) { write(into: &$0) }, as: UTF8.self)
    }

    /// Appends `rfc3339`, always 24 bytes. A moment outside the years 0 to 9999 is written as the nearest one inside.
    public func write(into output: inout OutputSpan<UInt8>) {
        let clamped = min(max(rawValue, -62_167_219_200_000), 253_402_300_799_999)
        let days = Int(clamped.floorDivided(by: 86_400_000))
        guard let date = CalendarDate(daysSinceEpoch: days) else { return }
        // 32 bits are divided with a third of the instructions.
        let rest = UInt32(truncatingIfNeeded: clamped - Int64(days) * 86_400_000)
        let year = UInt32(truncatingIfNeeded: date.year)
        output.append(twoDigitsOf: year / 100)
        output.append(twoDigitsOf: year % 100, "-")
        output.append(twoDigitsOf: UInt32(truncatingIfNeeded: date.month), "-")
        output.append(twoDigitsOf: UInt32(truncatingIfNeeded: date.day), "T")
        output.append(twoDigitsOf: rest / 3_600_000, ":")
        output.append(twoDigitsOf: rest / 60_000 % 60, ":")
        output.append(twoDigitsOf: rest / 1000 % 60, ".")
        output.append(twoDigitsOf: rest % 1000 / 10)
        output.append(UInt8(truncatingIfNeeded: 48 + rest % 10))
        output.append(UInt8(ascii: "Z"))
    }
}

extension OutputSpan<UInt8> {
    @inline(__always)
    fileprivate mutating func append(twoDigitsOf value: UInt32, _ after: Unicode.Scalar? = nil) {
        append(UInt8(truncatingIfNeeded: 48 + value / 10))
        append(UInt8(truncatingIfNeeded: 48 + value % 10))
        if let after { append(UInt8(ascii: after)) }
    }
}

extension Int64 {
    fileprivate func floorDivided(by divisor: Int64) -> Int64 {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? quotient - 1 : quotient
    }
}

/// Reads a date from left to right; every step is nil where the text is not what it should be.
private struct DateReader {
    private var rest: Substring.UTF8View

    init(_ text: String) { rest = Substring(text).utf8 }

    var atEnd: Bool { rest.isEmpty }

    mutating func date() -> CalendarDate? {
        guard let year = number(4), skip("-"), let month = number(2), skip("-"), let day = number(2) else { return nil }
        return CalendarDate(year: year, month: month, day: day)
    }

    mutating func timeAndOffset(on date: CalendarDate) -> Timestamp? {
        guard skip("T") || skip("t") || skip(" "), let hour = number(2), hour < 24, skip(":"), let minute = number(2),
            minute < 60
        else { return nil }
        var milliseconds = (hour * 60 + minute) * 60_000
        if skip(":") {
            // RFC 3339, 5.7: a leap second is written 60; it is counted as the first of the next minute.
            guard let second = number(2), second <= 60, let fraction = fraction() else { return nil }
            milliseconds += second * 1000 + fraction
        }
        guard let offset = offset(), atEnd else { return nil }
        let moment = Int64(date.daysSinceEpoch) * 86_400_000 + Int64(milliseconds - offset)
        guard (-62_167_219_200_000...253_402_300_799_999).contains(moment) else { return nil }
        return Timestamp(rawValue: moment)
    }

    /// Milliseconds; 0 without a fraction.
    private mutating func fraction() -> Int? {
        guard skip(".") || skip(",") else { return 0 }
        var milliseconds = 0
        var digits = 0
        while let digit = digit() {
            digits += 1
            if digits <= 3 { milliseconds = milliseconds * 10 + digit }
        }
        guard digits > 0 else { return nil }
        for _ in digits..<max(digits, 3) { milliseconds *= 10 }
        return milliseconds
    }

    /// Milliseconds east of Greenwich.
    private mutating func offset() -> Int? {
        if skip("Z") || skip("z") { return 0 }
        let east = skip("+") || skip(" ")
        guard east || skip("-"), let hours = number(2), hours < 24 else { return nil }
        _ = skip(":")
        guard let minutes = number(2), minutes < 60 else { return nil }
        return (east ? 1 : -1) * (hours * 60 + minutes) * 60_000
    }

    private mutating func number(_ digits: Int) -> Int? {
        var value = 0
        for _ in 0..<digits {
            guard let digit = digit() else { return nil }
            value = value * 10 + digit
        }
        return value
    }

    private mutating func digit() -> Int? {
        guard let byte = rest.first, (48...57).contains(byte) else { return nil }
        rest.removeFirst()
        return Int(byte) - 48
    }

    private mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard rest.first == UInt8(ascii: character) else { return false }
        rest.removeFirst()
        return true
    }
}
