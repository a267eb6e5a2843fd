import Glibc
import Testing
import Time
import TypedID

@Suite struct IDAndTimeFuzzTests {
    private enum ThingTag: IDTag { static let prefix: StaticString = "thg" }

    @Test("an id is taken exactly where it is written as ids are printed")
    func ids() async throws {
        let good = ["thg_1", "thg_7265412058882048", "thg_9223372036854775807", "thg_10", "mov_1"]
        try await Fuzz(name: "ids", corpus: good.map { Array($0.utf8) }, limit: 4096).run { input in
            let text = String(decoding: input, as: UTF8.self)
            let id = TypedID<ThingTag>(text)
            if let id, !id.description.utf8.elementsEqual(text.utf8) { return "another spelling of \(id) is taken" }
            return (id != nil) == isWrittenAsPrinted(text) ? nil : "\(id == nil ? "refused" : "taken")"
        }
    }

    /// By the text alone: as many digits as fit, the first no zero.
    private func isWrittenAsPrinted(_ text: String) -> Bool {
        let (prefix, digits) = (text.utf8.prefix(4), Array(text.utf8.dropFirst(4)))
        let largest = Array("9223372036854775807".utf8)
        guard prefix.elementsEqual("thg_".utf8), let first = digits.first, first != 48,
            digits.allSatisfy({ (48...57).contains($0) })
        else { return false }
        return digits.count < largest.count
            || digits.count == largest.count && !largest.lexicographicallyPrecedes(digits)
    }

    @Test("what is taken for a date or a moment is read back as it is printed")
    func bounds() async throws {
        let good = [
            "2026-11-20", "2026-11-20T18:30:00Z", "2026-11-20T18:30:00.123+01:00", "2026-11-20 18:30 -0330",
            "0000-01-01T00:00:00Z", "9999-12-31T23:59:60.999999999Z", "2024-02-29t23:59:59,5z",
        ]
        try await Fuzz(name: "dates", corpus: good.map { Array($0.utf8) }, limit: 16_384).run { input in
            let text = String(decoding: input, as: UTF8.self)
            switch DateBound(text) {
            case nil: return Timestamp(rfc3339: text) == nil ? nil : "a moment that is no bound"
            case .day(let day): return dateText(day) == text ? nil : "read as \(dateText(day))"
            case .moment(let moment):
                return Timestamp(rfc3339: moment.rfc3339) == moment ? nil : "read as \(moment.rfc3339)"
            }
        }
    }

    @Test("a moment is the same however RFC 3339 lets it be written")
    func spellings() async throws {
        try await Fuzz(name: "moments", corpus: []).run { mutator in
            let milliseconds = Int64(mutator.number(-62_167_219_200_000...253_402_300_799_999))
            let moment = Timestamp(rawValue: milliseconds)
            let offset = mutator.number(-1439...1439)
            return (moment, spelled(moment.advanced(byMilliseconds: Int64(offset) * 60_000), offset, &mutator))
        } fault: { moment, text in
            guard moment.advanced(byMilliseconds: 0) == moment, let text else { return nil }
            let read = Timestamp(rfc3339: text)
            return read == moment ? nil : "\(text) is read as \(read?.rfc3339 ?? "none") and not \(moment.rfc3339)"
        }
    }

    /// Nil where the clock of that offset shows a year that has no four digits.
    private func spelled(_ shown: Timestamp, _ offset: Int, _ mutator: inout Mutator) -> String? {
        guard (-62_167_219_200_000...253_402_300_799_999).contains(shown.rawValue) else { return nil }
        let digits = shown.rfc3339.dropLast()
        let extra = String(repeating: "7", count: mutator.number(0...30))
        let (hours, minutes) = (abs(offset) / 60 + 100, abs(offset) % 60 + 100)
        let colon = mutator.pick([":", ""])
        let plus = mutator.pick(["+", " "])
        let zone = "\(offset < 0 ? "-" : plus)\("\(hours)".dropFirst())\(colon)\("\(minutes)".dropFirst())"
        let text = "\(digits)\(extra)\(zone)"
        return mutator.once(in: 2) ? text : text.replacing("T", with: mutator.pick(["t", " "]))
    }

    @Test("days are counted as the C library counts them")
    func days() async throws {
        try await Fuzz(name: "days", corpus: []).run { mutator in
            (mutator.number(-1...10_000), mutator.number(-1...14), mutator.number(-1...33))
        } fault: { year, month, day in
            var parts = tm()
            (parts.tm_year, parts.tm_mon, parts.tm_mday) = (Int32(year - 1900), Int32(month - 1), Int32(day))
            let seconds = timegm(&parts)
            // What was not in the calendar has become another day.
            let exists =
                (0...9999).contains(year) && parts.tm_year == year - 1900 && parts.tm_mon == month - 1
                && parts.tm_mday == day
            guard let date = CalendarDate(year: year, month: month, day: day) else {
                return exists ? "refused" : nil
            }
            guard exists, date.daysSinceEpoch * 86_400 == seconds else { return "day \(date.daysSinceEpoch)" }
            return CalendarDate(daysSinceEpoch: date.daysSinceEpoch) == date ? nil : "not the same on the way back"
        }
    }

    private func dateText(_ day: CalendarDate) -> String {
        let parts = [(day.year, 10_000), (day.month, 100), (day.day, 100)]
        return parts.map { "\($0 + $1)".dropFirst() }.joined(separator: "-")
    }
}
