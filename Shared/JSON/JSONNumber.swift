/// Straight into the buffer, so that no String is made.
extension JSONWriter {
    mutating func integer(_ value: Int64) {
        append(atMost: 20) { output in
            if value < 0 { output.append(UInt8(ascii: "-")) }
            output.append(digitsOf: value.magnitude)
        }
    }

    /// A number of hundredths, as a decimal without zeros at its end: `3.5`, `0.25`; not for one that is whole.
    mutating func decimal(hundredths: Int64) {
        append(atMost: 24) { output in
            if hundredths < 0 { output.append(UInt8(ascii: "-")) }
            let (whole, fraction) = hundredths.magnitude.quotientAndRemainder(dividingBy: 100)
            output.append(digitsOf: whole)
            let (tenth, hundredth) = fraction.quotientAndRemainder(dividingBy: 10)
            output.append(UInt8(ascii: "."))
            output.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: tenth))
            if hundredth != 0 { output.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: hundredth)) }
        }
    }
}

extension OutputSpan<UInt8> {
    /// Twenty at most.
    mutating func append(digitsOf value: UInt64) {
        var digits = 1
        var limit: UInt64 = 10
        while digits < 20, value >= limit {
            digits += 1
            limit &*= 10
        }
        let end = count + digits
        append(repeating: UInt8(ascii: "0"), count: digits)
        var rest = value
        for index in 1...digits {
            let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
            self[end - index] += UInt8(truncatingIfNeeded: digit)
            rest = quotient
        }
    }
}
