extension JSONWriter {
    /// Straight into the buffer, so that no String is made.
    mutating func integer(_ value: Int64) {
        var digits = 1
        var rest = value.magnitude
        while rest >= 10 {
            digits += 1
            rest /= 10
        }
        append(digits + 1) { output in
            if value < 0 { output.append(UInt8(ascii: "-")) }
            let first = output.count
            output.append(repeating: UInt8(ascii: "0"), count: digits)
            rest = value.magnitude
            for index in stride(from: first + digits - 1, through: first, by: -1) {
                let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
                output[index] += UInt8(truncatingIfNeeded: digit)
                rest = quotient
            }
        }
    }
}
