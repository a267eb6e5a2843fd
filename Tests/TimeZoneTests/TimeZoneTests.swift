import Testing
import Time
import TimeZone

private func moment(_ text: String) throws -> Timestamp { try #require(Timestamp(rfc3339: text)) }

private func day(_ text: String) throws -> CalendarDate {
    guard case .day(let day)? = DateBound(text) else { throw NoDate(text: text) }
    return day
}

private struct NoDate: Error { let text: String }

@Suite struct TimeZoneTests {
    @Test(
        "A day is as long as the zone's clocks make it",
        arguments: [
            ("Europe/Paris", "2026-11-20", "2026-11-19T23:00:00Z", "2026-11-20T23:00:00Z"),
            ("Europe/Paris", "2026-07-14", "2026-07-13T22:00:00Z", "2026-07-14T22:00:00Z"),
            // Clocks go forward: 23 hours. Backward: 25.
            ("Europe/Paris", "2026-03-29", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z"),
            ("Europe/Paris", "2026-10-25", "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z"),
            ("Indian/Reunion", "2026-11-20", "2026-11-19T20:00:00Z", "2026-11-20T20:00:00Z"),
            ("America/Martinique", "2026-11-20", "2026-11-20T04:00:00Z", "2026-11-21T04:00:00Z"),
            ("Asia/Kolkata", "2026-11-20", "2026-11-19T18:30:00Z", "2026-11-20T18:30:00Z"),
            ("UTC", "1969-12-31", "1969-12-31T00:00:00Z", "1970-01-01T00:00:00Z"),
            ("Europe/Paris", "2036-07-14", "2036-07-13T22:00:00Z", "2036-07-14T22:00:00Z"),
            // Long before there were time zones: the local mean time of Paris.
            ("Europe/Paris", "1800-06-30", "1800-06-29T23:50:39Z", "1800-06-30T23:50:39Z"),
        ])
    func lengthOfDay(name: String, date: String, start: String, end: String) throws {
        let zone = try #require(TimeZone.named(name))
        #expect(try zone.moments(of: day(date)) == moment(start)..<moment(end))
    }

    @Test(
        "A midnight that clocks skip, or show twice, begins its day once",
        arguments: [
            // 00:00 became 01:00.
            ("America/Sao_Paulo", "2018-11-04", "2018-11-04T03:00:00Z", "2018-11-05T02:00:00Z"),
            // 00:00 became 23:00 of the day before, which is therefore an hour longer.
            ("America/Sao_Paulo", "2018-02-17", "2018-02-17T02:00:00Z", "2018-02-18T03:00:00Z"),
            // 01:00 became 00:00.
            ("America/Havana", "2018-11-04", "2018-11-04T04:00:00Z", "2018-11-05T05:00:00Z"),
            // 23:30 became 00:30.
            ("America/Toronto", "1919-03-31", "1919-03-31T04:30:00Z", "1919-04-01T04:00:00Z"),
        ])
    func midnightAtAChange(name: String, date: String, start: String, end: String) throws {
        let zone = try #require(TimeZone.named(name))
        #expect(try zone.moments(of: day(date)) == moment(start)..<moment(end))
    }

    @Test("A day that a zone left out has no moment")
    func leftOut() throws {
        let zone = try #require(TimeZone.named("Pacific/Apia"))
        #expect(try zone.moments(of: day("2011-12-30")).isEmpty)
        #expect(try zone.moments(of: day("2011-12-31")).lowerBound == moment("2011-12-30T10:00:00Z"))
    }

    @Test("Days follow one another without a gap, in every year of a century")
    func daysMeet() throws {
        for name in ["Europe/Paris", "America/Sao_Paulo", "Pacific/Apia", "Africa/Cairo"] {
            let zone = try #require(TimeZone.named(name))
            var last: Timestamp?
            for number in stride(from: 0, to: 36_525, by: 1) {
                let moments = zone.moments(of: try #require(CalendarDate(daysSinceEpoch: number)))
                if let last { #expect(moments.lowerBound == last, "\(name) \(number)") }
                last = moments.upperBound
            }
        }
    }

    @Test("The offset is the one in force at the moment, to the millisecond")
    func offset() throws {
        let paris = try #require(TimeZone.named("Europe/Paris"))
        #expect(try paris.offsetSeconds(at: moment("2026-10-25T00:59:59.999Z")) == 7200)
        #expect(try paris.offsetSeconds(at: moment("2026-10-25T01:00:00.000Z")) == 3600)
        #expect(try paris.offsetSeconds(at: moment("1969-12-31T23:59:59.999Z")) == 3600)
    }

    @Test(
        "Only names of the database are zones",
        arguments: [
            "", "Europe/Nowhere", "+01:00", "EST5EDT4,M3.2.0", "/etc/localtime", "../zoneinfo/UTC", "Europe/Paris\n",
        ])
    func unknown(name: String) {
        #expect(TimeZone.named(name) == nil)
    }

    @Test("A zone is read once")
    func cached() throws {
        let first = try #require(TimeZone.named("Europe/Paris"))
        #expect(first === TimeZone.named("Europe/Paris"))
        #expect(first.name == "Europe/Paris")
    }

    @Test(
        "what the clocks of a zone show is one moment, two when they are set back, and none when they are set forward",
        arguments: [
            ("Europe/Paris", "2026-11-23T20:30", ["2026-11-23T19:30:00.000Z"]),
            ("Europe/Paris", "2026-07-23T20:30", ["2026-07-23T18:30:00.000Z"]),
            ("Europe/Paris", "2026-03-29T01:59", ["2026-03-29T00:59:00.000Z"]),
            ("Europe/Paris", "2026-03-29T02:00", []), ("Europe/Paris", "2026-03-29T02:59", []),
            ("Europe/Paris", "2026-03-29T03:00", ["2026-03-29T01:00:00.000Z"]),
            ("Europe/Paris", "2026-10-25T01:59", ["2026-10-24T23:59:00.000Z"]),
            ("Europe/Paris", "2026-10-25T02:00", ["2026-10-25T00:00:00.000Z", "2026-10-25T01:00:00.000Z"]),
            ("Europe/Paris", "2026-10-25T02:59", ["2026-10-25T00:59:00.000Z", "2026-10-25T01:59:00.000Z"]),
            ("Europe/Paris", "2026-10-25T03:00", ["2026-10-25T02:00:00.000Z"]),
            ("America/Martinique", "2026-11-23T20:30", ["2026-11-24T00:30:00.000Z"]),
            ("Pacific/Kiritimati", "2026-11-23T00:00", ["2026-11-22T10:00:00.000Z"]),
        ])
    func locals(zone: String, local: String, moments: [String]) throws {
        let zone = try #require(TimeZone.named(zone))
        #expect(zone.moments(ofLocal: try moment(local + "Z")).map(\.rfc3339) == moments)
    }
}
