import Testing
import Time

@Suite struct RFC3339Tests {
    @Test(
        "what a client may write, and the moment it means",
        arguments: [
            ("1970-01-01T00:00:00Z", 0),
            ("2026-11-20T18:30:00.000Z", 1_795_199_400_000),
            ("2026-11-20T18:30:00Z", 1_795_199_400_000),
            ("2026-11-20T18:30Z", 1_795_199_400_000),
            ("2026-11-20t18:30:00z", 1_795_199_400_000),
            ("2026-11-20 18:30:00Z", 1_795_199_400_000),
            ("2026-11-20T19:30:00+01:00", 1_795_199_400_000),
            ("2026-11-20T19:30:00 01:00", 1_795_199_400_000),
            ("2026-11-20T13:00:00-0530", 1_795_199_400_000),
            ("2026-11-20T18:30:00.5Z", 1_795_199_400_500),
            ("2026-11-20T18:30:00.123456789Z", 1_795_199_400_123),
            ("2026-11-20T18:29:60Z", 1_795_199_400_000),
            ("1969-12-31T23:59:59.999Z", -1),
            ("2024-02-29T00:00:00Z", 1_709_164_800_000),
            ("0000-01-01T00:00:00Z", -62_167_219_200_000),
            ("9999-12-31T23:59:59.999Z", 253_402_300_799_999),
        ] as [(String, Int64)])
    func accepted(text: String, milliseconds: Int64) {
        #expect(Timestamp(rfc3339: text) == Timestamp(rawValue: milliseconds))
    }

    @Test(
        "what is refused",
        arguments: [
            "", "now", "2026", "2026-11-20", "2026-13-01T00:00:00Z", "2026-02-29T00:00:00Z", "2026-11-20T24:00:00Z",
            "2026-11-20T18:60:00Z", "2026-11-20T18:30:61Z", "2026-11-20T18:30:00", "2026-11-20T18:30:00.Z",
            "2026-11-20T18:30:00+1", "2026-11-20T18:30:00+24:00", "2026-11-20T18:30:00Zz", " 2026-11-20T18:30:00Z",
            "0000-01-01T00:00:00+01:00", "9999-12-31T23:59:59-01:00", "2026-11-20T18:30:00\u{0}Z",
            "２026-11-20T18:30:00Z",
        ])
    func refused(text: String) {
        #expect(Timestamp(rfc3339: text) == nil)
    }

    @Test("a bound is a day or a moment")
    func bounds() {
        #expect(DateBound("2026-11-20") == CalendarDate(year: 2026, month: 11, day: 20).map(DateBound.day))
        #expect(DateBound("1970-01-01T00:00:00Z") == .moment(Timestamp(rawValue: 0)))
        #expect(DateBound("2026-11-31") == nil)
        #expect(DateBound("2026-11-20T") == nil)
    }

    @Test("a moment is written in UTC with milliseconds, and reads back as itself")
    func roundTrip() {
        #expect(Timestamp(rawValue: 1_795_199_400_000).rfc3339 == "2026-11-20T18:30:00.000Z")
        #expect(Timestamp(rawValue: -1).rfc3339 == "1969-12-31T23:59:59.999Z")
        var random = SystemRandomNumberGenerator()
        for _ in 0..<5000 {
            let moment = Timestamp(rawValue: .random(in: -62_167_219_200_000...253_402_300_799_999, using: &random))
            #expect(Timestamp(rfc3339: moment.rfc3339) == moment, "\(moment.rawValue)")
        }
    }

    @Test("moments outside the calendar are written as its first and last")
    func clamped() {
        #expect(Timestamp(rawValue: .max).rfc3339 == "9999-12-31T23:59:59.999Z")
        #expect(Timestamp(rawValue: .min).rfc3339 == "0000-01-01T00:00:00.000Z")
        #expect(Timestamp(rawValue: .max).advanced(byMilliseconds: 1).rawValue == .max)
    }

    @Test("every day of the calendar has its own number, without a gap")
    func calendar() {
        var expected = -719_528
        for year in [0, 1, 4, 100, 400, 1600, 1899, 1900, 1970, 2000, 2024, 2100, 9999] {
            expected = CalendarDate(year: year, month: 1, day: 1)?.daysSinceEpoch ?? .min
            for month in 1...12 {
                for day in 1...31 {
                    guard let date = CalendarDate(year: year, month: month, day: day) else { continue }
                    #expect(date.daysSinceEpoch == expected)
                    #expect(CalendarDate(daysSinceEpoch: expected) == date)
                    expected += 1
                }
            }
        }
        #expect(expected == 2_932_897)
        #expect(CalendarDate(daysSinceEpoch: expected) == nil)
    }

    @Test("the system clock tells milliseconds of this century")
    func systemClock() {
        #expect(WallClock.system.now() > Timestamp(rawValue: 1_700_000_000_000))
        let first = monotonicNanoseconds()
        #expect(monotonicNanoseconds() >= first)
    }

    @Test(
        "a bound is a moment, or all of a day in UTC to its last millisecond",
        arguments: [
            ("2026-11-20", "2026-11-20T00:00:00.000Z", "2026-11-20T23:59:59.999Z"),
            ("1969-12-31", "1969-12-31T00:00:00.000Z", "1969-12-31T23:59:59.999Z"),
            ("0000-01-01", "0000-01-01T00:00:00.000Z", "0000-01-01T23:59:59.999Z"),
            ("9999-12-31", "9999-12-31T00:00:00.000Z", "9999-12-31T23:59:59.999Z"),
            ("2026-11-20T18:30:00+01:00", "2026-11-20T17:30:00.000Z", "2026-11-20T17:30:00.000Z"),
        ])
    func bounds(text: String, first: String, last: String) throws {
        let moments = try #require(DateBound(text)).momentsInUTC
        #expect(moments.lowerBound.rfc3339 == first && moments.upperBound.rfc3339 == last)
    }
}
