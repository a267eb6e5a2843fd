/// Straight into the buffer, so that no String is made.
extension JSONWriter {
    mutating func integer(_ value: Int64) {
        append(atMost: 20) { output in
            let sign = output.writeSign(value < 0)
            return sign + (output + sign).write(value.magnitude)
        }
    }

    /// A number of hundredths, as a decimal without zeros at its end: `3.5`, `0.25`; not for one that is whole.
    mutating func decimal(hundredths: Int64) {
        append(atMost: 24) { output in
            var count = output.writeSign(hundredths < 0)
            let (whole, fraction) = hundredths.magnitude.quotientAndRemainder(dividingBy: 100)
            count += (output + count).write(whole)
            let (tenth, hundredth) = fraction.quotientAndRemainder(dividingBy: 10)
            output[count] = UInt8(ascii: ".")
            output[count + 1] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: tenth)
            output[count + 2] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: hundredth)
            return count + (hundredth == 0 ? 2 : 3)
        }
    }
}

extension UnsafeMutablePointer<UInt8> {
    fileprivate func writeSign(_ isNegative: Bool) -> Int {
        self[0] = UInt8(ascii: "-")
        return isNegative ? 1 : 0
    }

    /// Unsafe: there must be room for 20 bytes.
    /// - Returns: how many digits there are.
    func write(_ value: UInt64) -> Int {
        var count = 1
        var limit: UInt64 = 10
        while count < 20, value >= limit {
            count += 1
            limit &*= 10
        }
        var rest = value
        for index in stride(from: count - 1, through: 0, by: -1) {
            let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
            self[index] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: digit)
            rest = quotient
        }
        return count
    }
}
