import Auth
import BookingService
import JSON
import Lifecycle
import SQLite
import TestSupport
import Testing

@Suite struct OfflineTests {
    private func scan(_ code: String, at moment: String, door: String = "South") -> String {
        #""token":"\#(code)","scanned_at":"\#(moment)","session_id":"\#(BoxOffice.session)","door":"\#(door)""#
    }

    private func results(_ answer: Answer) -> [String] {
        (answer.json["scans"]?.arrayValue ?? []).map { scan in
            [scan["result"]?.stringValue, scan["code"]?.stringValue].compactMap(\.self).joined(separator: " ")
        }
    }

    private func conflicts(_ box: BoxOffice, _ query: String = "") async throws -> Answer {
        try await box.service.get(
            "/v1/sessions/\(BoxOffice.session)/door/conflicts\(query)", token: box.service.token("usr_8", .staff))
    }

    @Test("scans made offline let in, collide or are refused; uploading them again changes nothing")
    func uploads() async throws {
        try await BoxOffice.run { box async throws in
            let codes = try await box.codes(of: box.sell(4))
            let refunded = try await box.sell()
            let back = try #require(try await box.codes(of: refunded).first)
            _ = try await box.refund(refunded)
            _ = try await box.checkIn(codes[1])
            box.service.clock.advance(byMilliseconds: 1_800_000)
            let now = "2026-11-20T18:45:00Z"
            let scans = [
                scan(codes[0], at: now), scan(codes[0], at: now, door: "West"), scan(codes[1], at: now),
                scan(back, at: now), scan("x", at: now), scan(codes[2], at: "2026-11-20T18:29:59.999Z"),
                #""token":"\#(codes[3])","scanned_at":"\#(now)","place_id":"plc_5""#,
            ]
            let expected = [
                "admitted", "conflict already_admitted", "conflict already_admitted", "conflict ticket_refunded",
                "refused ticket_invalid", "refused too_early", "refused wrong_place",
            ]
            let first = try await box.upload(scans)
            #expect(first.status == 200 && results(first) == expected)
            let before = try await box.door()
            #expect(before["counts"] == ["sold": 4, "admitted": 2, "refunded": 1, "conflicts": 3])
            box.service.clock.advance(byMilliseconds: 60_000)
            #expect(try await box.upload(scans).body == first.body)
            #expect(try await box.upload(scans.reversed()).status == 200)
            #expect(results(try await box.upload([scan("\(codes[0]) \\n", at: now)])) == ["admitted"], "the same scan")
            #expect(try await box.door()["counts"] == before["counts"])
            #expect(try await box.checkIn(codes[0]).codes == ["already_admitted"])
            let kept = try box.service.running.context.database.read { connection in
                try connection.first("SELECT count(*) FROM scans") { try $0.int(0) }
            }
            #expect(kept == 7)
        }
    }

    @Test("conflicts are listed, the last uploaded first, page by page, with who was let in")
    func listing() async throws {
        try await BoxOffice.run(seats: ["...."]) { box async throws in
            let codes = try await box.codes(of: box.sell(named: ["sea_1", "sea_2", "sea_3"]))
            for code in codes { _ = try await box.checkIn(code) }
            box.service.clock.advance(byMilliseconds: 600_000)
            _ = try await box.upload(codes.map { scan($0, at: "2026-11-20T18:39:00Z") })
            let page = try await conflicts(box, "?limit=2")
            let rows = page.json["conflicts"]?.arrayValue ?? []
            #expect(rows.map { $0["seat"]?["id"] } == ["sea_3", "sea_2"])
            #expect(
                Answer.names(rows.first) == [
                    "ticket_id", "seat", "code", "scanned_at", "uploaded_at", "door", "admission",
                ])
            #expect(rows.first?["admission"] == ["admitted_at": "2026-11-20T18:30:00.000Z", "door": "North"])
            #expect(rows.first?["scanned_at"] == "2026-11-20T18:39:00.000Z" && rows.first?["door"] == "South")
            let cursor = try #require(page.json["metadata"]?["end_cursor"]?.stringValue)
            let rest = try await conflicts(box, "?limit=2&cursor=\(cursor)")
            #expect(rest.json["conflicts"]?.arrayValue?.map { $0["seat"]?["id"] } == ["sea_1"])
            #expect(rest.json["metadata"]?["has_more"] == false)
            #expect(try await conflicts(box, "?cursor=x").codes == ["invalid_cursor"])
            #expect(try await conflicts(box, "?limit=0").status == 422)
        }
    }

    @Test("a device whose clock is ahead lets nobody in later than now")
    func ahead() async throws {
        try await BoxOffice.run { box async throws in
            let code = try #require(try await box.codes(of: box.sell()).first)
            #expect(results(try await box.upload([scan(code, at: "2027-01-01T00:00:00Z")])) == ["admitted"])
            #expect(
                try await box.door()["tickets"]?.arrayValue?.first?["admitted_at"] == "2026-11-20T18:30:00.000Z")
        }
    }

    @Test("500 scans at once and no more; a fault in any of them refuses all")
    func limits() async throws {
        try await BoxOffice.run(allocation: 500) { box async throws in
            let codes = try await box.codes(of: box.sell(500))
            let scans = codes.map { scan($0, at: "2026-11-20T18:30:00Z") }
            #expect(try await box.upload([]).codes == ["scans_too_short"])
            #expect(try await box.upload(scans + [scans[0]]).codes == ["scans_too_long"])
            let faulty = [
                #""scanned_at":"2026-11-20T18:30:00Z","place_id":"plc_1""#, #""token":"x","place_id":"plc_1""#,
            ]
            #expect(try await box.upload(faulty).codes == ["scans_token_missing", "scans_scanned_at_missing"])
            #expect(try await box.door()["counts"]?["admitted"] == 0)
            #expect(results(try await box.upload(scans)) == Array(repeating: "admitted", count: 500))
        }
    }

    @Test("what was scanned and who was let in is never changed or removed", arguments: ["check_ins", "scans"])
    func forGood(table: String) async throws {
        try await BoxOffice.run { box async throws in
            let code = try #require(try await box.codes(of: box.sell()).first)
            _ = try await box.upload([scan(code, at: "2026-11-20T18:30:00Z")])
            let path = box.service.databasePath
            for change in ["DELETE FROM \(table)", "UPDATE \(table) SET door = 'elsewhere'"] {
                #expect(throws: RawHTTP.Failure.self) { try SchemaDump.sqlite(path, change + ";") }
            }
        }
    }

    @Test("no statement of the door scans a table or sorts more than a session")
    func plans() async throws {
        try await BoxOffice.run { box async throws in
            let codes = try await box.codes(of: box.sell(3))
            _ = try await box.service.statementReports()
            _ = try await box.checkIn(codes[0])
            _ = try await box.upload([scan(codes[0], at: "2026-11-20T18:30:00Z", door: "West")])
            _ = try await conflicts(box)
            _ = try await box.door()
            let used = try await box.service.statementReports().filter { $0.operations > 0 }
            #expect(used.count >= 8)
            for report in used {
                // Of keys there are two at most, and a session's tickets are put into their order.
                let costly = report.plan.filter { $0.contains("SCAN") && !$0.contains("ticket_keys") }
                #expect(costly.isEmpty, "\(report.sql): \(costly)")
            }
        }
    }
}
