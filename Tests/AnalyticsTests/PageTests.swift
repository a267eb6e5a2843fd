import AnalyticsService
import Auth
import JSON
import Lifecycle
import SQLite
import TestSupport
import Testing
import Time

@Suite struct PageTests {
    @Test("visits, visitors and dwell times are told by path, by day and by hour")
    func groups() async throws {
        try await Visitors.run { people async throws in
            try await people.enter("ann", "/", at: "2026-11-20T23:59:50Z")
            try await people.leave("ann", "/", at: "2026-11-21T00:00:00Z")
            try await people.enter("ann", "/movies", at: "2026-11-21T00:00:00Z")
            try await people.enter("bob", "/", at: "2026-11-21T00:30:00Z")
            try await people.leave("bob", "/", at: "2026-11-21T00:30:30Z")
            try await people.enter("ann", "/", at: "2026-11-21T09:00:00Z")
            try await people.leave("ann", "/", at: "2026-11-21T09:01:00Z")
            #expect(
                try await people.pages("group_by=path") == [
                    Visitors.group("/", 3, 2, 30_000, 60_000), Visitors.group("/movies", 1, 1, nil, nil),
                ])
            #expect(
                try await people.pages("group_by=day") == [
                    Visitors.group("2026-11-20", 1, 1, 10_000, 10_000),
                    Visitors.group("2026-11-21", 3, 2, 45_000, 60_000),
                ])
            #expect(
                try await people.pages("group_by=hour") == [
                    Visitors.group("2026-11-20T23:00:00.000Z", 1, 1, 10_000, 10_000),
                    Visitors.group("2026-11-21T00:00:00.000Z", 2, 2, 30_000, 30_000),
                    Visitors.group("2026-11-21T09:00:00.000Z", 1, 1, 60_000, 60_000),
                ])
            #expect(
                try await people.pages("group_by=path&from=2026-11-21T00:30:00Z&to=2026-11-21T00:30:00Z") == [
                    Visitors.group("/", 1, 1, 30_000, 30_000)
                ])
            #expect(try await people.keys("group_by=day&from=2026-11-21") == ["2026-11-21"])
            #expect(try await people.keys("group_by=hour&to=2026-11-20").count == 1)
            let answer = try await people.ask("pages?group_by=day")
            #expect(answer.header("Counted-Until") == people.service.clock.now.rfc3339)
        }
    }

    @Test("an exit closes the latest open enter of that page of that visitor, and none of more than a day ago")
    func pairs() async throws {
        try await Visitors.run { people async throws in
            try await people.enter("ann", "/a", at: "2026-11-20T10:00:00Z")
            try await people.enter("ann", "/a", at: "2026-11-20T10:00:05Z")
            try await people.leave("bob", "/a", at: "2026-11-20T10:00:06Z")
            try await people.leave("ann", "/b", at: "2026-11-20T10:00:06Z")
            try await people.leave("ann", "/a", at: "2026-11-20T10:00:07Z")
            #expect(try await people.pages("group_by=path") == [Visitors.group("/a", 2, 1, 2_000, 2_000)])
            try await people.leave("ann", "/a", at: "2026-11-21T10:00:00Z")
            try await people.leave("ann", "/a", at: "2026-11-21T10:00:01Z")
            #expect(try await people.pages("group_by=path") == [Visitors.group("/a", 2, 1, 43_201_000, 86_400_000)])
            try await people.enter("bob", "/c", at: "2026-11-20T10:00:00Z")
            try await people.leave("bob", "/c", at: "2026-11-21T10:00:00.001Z")
            try await people.enter("cid", "/c", at: "2026-11-20T10:00:00Z")
            try await people.leave("cid", "/c", at: "2026-11-20T09:59:59Z")
            #expect(try await people.pages("group_by=path").last == Visitors.group("/c", 2, 2, nil, nil))
        }
    }

    @Test("pages of one path are told apart by scheme and query, whatever the order of its names")
    func variants() async throws {
        try await Visitors.run { people async throws in
            let (enter, exit) = ("page_enter", "page_exit")
            try await people.track("a", enter, "/", at: "2026-11-20T10:00:00Z", query: #"{"q":"x","p":["1","2"]}"#)
            try await people.track("a", enter, "/", at: "2026-11-20T10:00:10Z", query: #"{"q":"y"}"#)
            try await people.track("a", exit, "/", at: "2026-11-20T10:00:11Z", query: #"{"q":["x"]}"#)
            try await people.track("a", exit, "/", at: "2026-11-20T10:00:12Z", scheme: "http", query: #"{"q":"y"}"#)
            #expect(try await people.pages("group_by=path") == [Visitors.group("/", 2, 1, nil, nil)])
            try await people.track("a", exit, "/", at: "2026-11-20T10:00:20Z", query: #"{"p":["1","2"],"q":"x"}"#)
            #expect(try await people.pages("group_by=path") == [Visitors.group("/", 2, 1, 20_000, 20_000)])
        }
    }

    @Test("pages are read page by page, each cursor with its own list")
    func paging() async throws {
        try await Visitors.run { people async throws in
            for number in 1...5 {
                try await people.enter("ann", "/\(number)", at: "2026-11-0\(number)T0\(number):30:00Z")
            }
            try await people.counted()
            for (grouping, last) in [("path", "/5"), ("day", "2026-11-05"), ("hour", "2026-11-05T05:00:00.000Z")] {
                var seen: [String] = []
                var cursor = ""
                for page in 1...3 {
                    let answer = try await people.ask("pages?group_by=\(grouping)&limit=2\(cursor)")
                    seen += (answer.json["pages"]?.arrayValue ?? []).compactMap { $0["key"]?.stringValue }
                    #expect(answer.json["metadata"]?["has_more"] == .bool(page < 3))
                    cursor = "&cursor=\(answer.json["metadata"]?["end_cursor"]?.stringValue ?? "")"
                }
                #expect(seen.count == 5 && Set(seen).count == 5 && seen.last == last)
                #expect(
                    try await people.ask("pages?group_by=\(grouping)&to=2026-12-01\(cursor)").codes == [
                        "invalid_cursor"
                    ])
            }
            // The first and the last day are in the period, their visits are not.
            let part = "group_by=day&from=2026-11-02T12:00:00Z&to=2026-11-04T01:00:00Z"
            #expect(try await people.pages(part) == [Visitors.group("2026-11-03", 1, 1, nil, nil)])
            let answer = try await people.ask("pages?\(part)&limit=1")
            #expect(answer.json["metadata"]?["has_more"] == false)
            #expect(try await people.keys("group_by=path&from=2026-11-02T12:00:00Z&limit=1") == ["/3"])
        }
    }

    @Test("a bad query is refused with all that is wrong, and so is who is no admin")
    func refusals() async throws {
        try await Visitors.run { people async throws in
            for (query, codes) in [
                ("pages", ["group_by_missing"]),
                (
                    "pages?group_by=week&from=x&to=y&limit=0",
                    ["group_by_invalid", "from_invalid", "to_invalid", "limit_out_of_range"]
                ),
                ("pages?group_by=day&from=2026-12-02&to=2026-12-01", ["range_invalid"]),
                ("pages?group_by=day&from=2026-12-01T00:00:00.001Z&to=2026-12-01T00:00:00Z", ["range_invalid"]),
                ("funnel?from=x&to=", ["from_invalid", "to_invalid"]),
                ("funnel?from=2026-12-02T00:00:00Z&to=2026-12-01", ["range_invalid"]),
            ] {
                let answer = try await people.ask(query)
                #expect(answer.status == 422 && answer.codes == codes, "\(query)")
            }
            for target in ["/v1/analytics/pages?group_by=day", "/v1/analytics/funnel"] {
                #expect(try await people.service.get(target).codes == ["token_missing"])
                for role in [Role.customer, .staff] {
                    let token = people.service.token("usr_1", role)
                    #expect(try await people.service.get(target, token: token).status == 403)
                }
            }
        }
    }
}

@Suite struct DwellsTests {
    @Test("percentiles are exact of few durations, and within 1/64 of many, whatever they are added up from")
    func error() throws {
        let seed = UInt64.random(in: 0...9_999_999)
        print("dwells, seed \(seed)")
        var random = SeededGenerator(seed: seed)
        for count in [1, 2, 100, 128, 129, 1_000, 20_000] {
            let durations = (0..<count).map { _ in
                Int64.random(in: 0...(1 << Int64.random(in: 1...26, using: &random)), using: &random)
            }
            var kept = Dwells()
            for duration in durations {
                var one = Dwells()
                one.add(duration)
                kept.add(one)
                if Int.random(in: 0..<100, using: &random) == 0 { kept = try #require(Dwells(bytes: kept.bytes)) }
            }
            kept = try #require(Dwells(bytes: kept.bytes))
            #expect(kept.count == Int64(count) && kept.bytes.count < 8_000)
            let sorted = durations.sorted()
            let (low, high) = (sorted[(count - 1) / 2], sorted[count / 2])
            for (found, exact) in [
                (kept.median, low + (high - low) / 2), (kept.percentile(95), sorted[(count * 95 + 99) / 100 - 1]),
            ] {
                let error = abs(try #require(found) - exact)
                #expect(count <= 128 ? error == 0 : error * 64 <= exact + 64, "\(count): \(exact), off by \(error)")
            }
        }
        #expect(Dwells().median == nil && Dwells().percentile(95) == nil)
        for bytes in [[1], [128], [1, 128], [UInt8](repeating: 255, count: 20)] as [[UInt8]] {
            #expect(Dwells(bytes: bytes) == nil)
        }
    }
}
