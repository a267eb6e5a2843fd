import CatalogService
import JSON
import SQLite
import TestSupport
import Testing

/// What is left of each session, as booking tells it. The clock stands at 2026-11-20T18:30Z, and 100 tickets are on sale.
@Suite struct SeatsLeftTests {
    private func run(_ body: (Cinema) async throws -> Void) async throws {
        try await Cinema.run { cinema async throws in
            try await cinema.add(movies: 1...2)
            for place in 1...2 as ClosedRange<Int64> { try await cinema.add(place: place) }
            for day in 1...6 as ClosedRange<Int64> {
                try await cinema.add(
                    session: day, movie: 2 - day % 2, place: 1 + day / 4, at: "2026-12-0\(day)T20:00:00Z")
            }
            try await body(cinema)
        }
    }

    private func seats(_ cinema: Cinema, _ session: Int) async throws -> JSONValue {
        let session = try await cinema.get("/v1/sessions/ses_\(session)").json["session"]
        return [session?["seats_left"] ?? false, session?["seats_left_as_of"] ?? false, session?["bookable"] ?? false]
    }

    @Test("what is left is the allocation until booking speaks of the session, and then what it said last")
    func told() async throws {
        try await run { cinema async throws in
            #expect(try await seats(cinema, 1) == [100, nil, true])
            let answer = try await cinema.tell([(1, 1, 98), (2, 2, 100), (3, 1, 95), (4, 2, 0)])
            #expect(answer.status == 200 && answer.json == ["sequence": 4])
            #expect(try await seats(cinema, 1) == [95, .string(Cinema.told), true])
            #expect(try await seats(cinema, 2) == [0, .string(Cinema.told), false])
            #expect(try await seats(cinema, 3) == [100, nil, true])
            let later = "2026-11-20T18:29:59.999Z"
            #expect(try await cinema.tell(after: 4, [(9, 2, 1)], at: later).json == ["sequence": 9])
            #expect(try await seats(cinema, 2) == [1, .string(later), true])
        }
    }

    @Test("what is told twice counts once, whole or in part, and what is missing is asked for")
    func once() async throws {
        try await run { cinema async throws in
            for _ in 0..<2 { #expect(try await cinema.tell([(1, 1, 90), (2, 1, 80)]).json == ["sequence": 2]) }
            #expect(try await cinema.tell(after: 1, [(2, 1, 7), (3, 2, 70)]).json == ["sequence": 3])
            #expect(try await seats(cinema, 1) == [80, .string(Cinema.told), true])
            #expect(try await cinema.tell(after: 4, [(5, 1, 60)]).json == ["sequence": 3], "the fourth is missing")
            #expect(try await seats(cinema, 1) == [80, .string(Cinema.told), true])
            #expect(try await cinema.tell(after: 3, [(5, 1, 60)]).json == ["sequence": 5])
            #expect(try await seats(cinema, 1) == [60, .string(Cinema.told), true])
        }
    }

    @Test("what was told and never happened is not known any more, and booking goes on from what did")
    func lost() async throws {
        try await run { cinema async throws in
            _ = try await cinema.tell([(1, 1, 90), (2, 2, 80), (3, 3, 70)])
            let answer = try await cinema.service.sendInternal(
                "POST", "/internal/v1/events",
                body: #"{"after":0,"lost":[{"first":3,"last":900}],"events":[\#(changed(901, 2, allocation: 100))]}"#)
            #expect(answer.json == ["sequence": 901])
            #expect(try await seats(cinema, 1) == [90, .string(Cinema.told), true])
            #expect(try await seats(cinema, 2) == [50, .string(Cinema.told), true])
            #expect(try await seats(cinema, 3) == [100, nil, true], "that was told by 3")
        }
    }

    /// Booking says that a session's terms may be others, and that 50 are free.
    private func changed(_ sequence: Int, _ session: Int, allocation: Int, at start: String? = nil) -> String {
        """
        {"sequence":\(sequence),"type":"session.changed","occurred_at":"\(Cinema.told)","booking":null,
        "session":{"id":"ses_\(session)","free":50,"allocation":\(allocation),
        "starts_at":"\(start ?? "2026-12-0\(session)T20:00:00.000Z")"}}
        """
    }

    @Test("a session that booking has closed and catalog still has is not for sale, and what follows is heard")
    func closedThere() async throws {
        try await run { cinema async throws in
            let closed = changed(1, 1, allocation: 0).replacing("\"free\":50", with: "\"free\":0")
            let answer = try await cinema.service.sendInternal(
                "POST", "/internal/v1/events", body: #"{"after":0,"events":[\#(closed)]}"#)
            #expect(answer.status == 200 && answer.json == ["sequence": 1])
            #expect(try await seats(cinema, 1) == [0, .string(Cinema.told), false])
            #expect(try await cinema.get("/v1/sessions/ses_1").json["session"]?["allocation"] == 100)
            #expect(try await cinema.tell(after: 1, [(2, 2, 40)]).json == ["sequence": 2])
        }
    }

    @Test("the terms that booking sells a session at are taken over, unless others are being asked for or are newer")
    func terms() async throws {
        try await run { cinema async throws in
            func tell(_ after: Int, _ event: String) async throws -> Answer {
                try await cinema.service.sendInternal(
                    "POST", "/internal/v1/events", body: #"{"after":\#(after),"events":[\#(event)]}"#)
            }
            func known(_ session: Int64) throws -> [Int64] {
                try cinema.read { connection in
                    try connection.rows("SELECT allocation, starts_at FROM sessions WHERE id = \(session)") {
                        [try $0.int(0), try $0.int(1)]
                    }
                }.flatMap(\.self)
            }
            let start = try known(1)[1]
            #expect(try await tell(0, changed(1, 1, allocation: 60, at: "2026-12-01T21:00:00.000Z")).status == 200)
            #expect(try known(1) == [60, start + 3_600_000])
            let airing = try await cinema.get("/v1/movies/mov_1").json["movie"]?["airing_dates"]?["from"]
            #expect(airing == "2026-12-01T21:00:00.000Z")
            try await cinema.write(
                """
                INSERT INTO session_changes (id, session_id, room_id, starts_at, allocation)
                SELECT 1, id, room_id, starts_at, 70 FROM sessions WHERE id = 2
                """)
            #expect(try await tell(1, changed(2, 2, allocation: 60)).status == 200)
            #expect(try known(2)[0] != 60, "it is being asked for others")
            try await cinema.write("UPDATE sessions SET free = 1, free_as_of = 1, free_sequence = 9 WHERE id = 3")
            #expect(try await tell(2, changed(3, 3, allocation: 60)).status == 200)
            #expect(try known(3)[0] == 100, "booking has agreed to these since")
        }
    }

    @Test("of a session that is gone nothing is kept, and what is nonsense refuses all")
    func nonsense() async throws {
        try await run { cinema async throws in
            #expect(try await cinema.tell([(1, 77, 3)]).json == ["sequence": 1])
            #expect(try await cinema.tell(after: 1, [(2, 1, 90), (3, 1, -1)]).codes == ["events_invalid"])
            #expect(try await cinema.tell(after: 1, [(3, 1, 90), (2, 1, 80)]).codes == ["events_invalid"])
            #expect(try await cinema.tell(after: 1, [(2, 1, 90)], at: "soon").codes == ["events_invalid"])
            #expect(try await seats(cinema, 1) == [100, nil, true])
            let body = #"{"after":1,"events":[]}"#
            for credential in [nil, "not-the-credential"] as [String?] {
                let answer = try await cinema.service.sendInternal(
                    "POST", "/internal/v1/events", credential: credential, body: body)
                #expect(answer.status == 401)
            }
            #expect(try await cinema.service.sendInternal("POST", "/internal/v1/events", body: body).status == 200)
            #expect(try await cinema.service.post("/internal/v1/events", body).codes == ["route_not_found"])
        }
    }

    @Test("sessions are listed by whether they can be booked, page by page, and each cursor fits its own list")
    func list() async throws {
        try await run { cinema async throws in
            try await cinema.add(session: 10, place: 1, at: "2026-11-19T20:00:00Z")
            try await cinema.add(session: 11, place: 2, at: "2026-11-20T18:30:00Z")
            _ = try await cinema.tell([(1, 2, 0), (2, 3, 0), (3, 10, 5)])
            for (query, found) in [
                ("bookable=true", [1, 4, 5, 6]), ("bookable=false", [10, 11, 2, 3]), ("", [10, 11, 1, 2, 3, 4, 5, 6]),
                ("movie_id=mov_1&bookable=true", [1, 5]), ("movie_id=mov_2&bookable=false", [2]),
                ("place_id=plc_1&bookable=true", [1]), ("city=paris&bookable=false", [10, 11, 2, 3]),
                ("place_id=plc_1&movie_id=mov_1&bookable=false", [10, 3]),
                ("from=2026-12-02&to=2026-12-05&bookable=true", [4, 5]), ("from=2026-12-03&bookable=false", [3]),
                ("to=2026-11-19&bookable=true", []), ("to=2026-11-19&bookable=false", [10]),
            ] {
                let ids = found.map { "ses_\($0)" }
                #expect(try await cinema.ids("sessions", "/v1/sessions?\(query)") == ids, "\(query)")
                for limit in 1...3 {
                    let pages = try await cinema.pages("sessions", "/v1/sessions?limit=\(limit)&\(query)")
                    #expect(pages.flatMap(\.self) == ids, "\(query) by \(limit)")
                }
            }
            #expect(try await cinema.get("/v1/sessions?bookable=maybe").codes == ["bookable_invalid"])
            let end = try await cinema.get("/v1/sessions?limit=1&bookable=true").json["metadata"]?["end_cursor"]
            let cursor = "cursor=\(try #require(end?.stringValue))"
            for other in ["", "bookable=false&"] {
                #expect(try await cinema.get("/v1/sessions?\(other)\(cursor)").codes == ["invalid_cursor"])
            }
        }
    }

    @Test("what has begun is not bookable any more from that very moment, whatever was answered before")
    func clock() async throws {
        try await run { cinema async throws in
            try await cinema.add(session: 10, at: "2026-11-20T18:30:01Z")
            for (milliseconds, bookable) in [(0, true), (999, true), (1, false)] as [(Int64, Bool)] {
                cinema.service.clock.advance(byMilliseconds: milliseconds)
                #expect(try await seats(cinema, 10) == [100, nil, .bool(bookable)])
                for (query, shown) in [("true", bookable), ("false", !bookable)] {
                    let ids = try await cinema.ids("sessions", "/v1/sessions?bookable=\(query)")
                    #expect(ids.contains("ses_10") == shown)
                }
                let all = try await cinema.get("/v1/sessions?limit=1").json["sessions"]?.arrayValue?.first
                #expect(all?["bookable"] == .bool(bookable))
            }
        }
    }

    @Test("a film is bookable until the last of its sessions that have seats left")
    func movies() async throws {
        try await run { cinema async throws in
            func bookable(at moment: String) throws -> [Int64] {
                try cinema.read { connection in
                    try connection.rows(
                        """
                        SELECT id FROM movies WHERE bookable_until > unixepoch(\(moment)) * 1000 ORDER BY id
                        """
                    ) { try $0.int(0) }
                }
            }
            #expect(try bookable(at: "2026-12-05 19:00") == [1, 2])
            _ = try await cinema.tell([(1, 6, 0)])
            #expect(try bookable(at: "2026-12-05 19:00") == [1])
            #expect(try bookable(at: "2026-12-04 19:00") == [1, 2])
            _ = try await cinema.tell(after: 1, [(2, 6, 1), (3, 5, 0), (4, 3, 0), (5, 1, 0)])
            #expect(try bookable(at: "2026-11-20 19:00") == [2])
        }
    }

    @Test("the hundredth page of what can be booked costs what the first one does, behind ten thousand that cannot")
    func latePages() async throws {
        try await Cinema.run { cinema async throws in
            try await cinema.add(movies: 1...1)
            try await cinema.add(place: 1)
            try await cinema.write(
                """
                INSERT INTO sessions (id, movie_id, room_id, place_id, starts_at, allocation, free, free_as_of,
                    free_sequence)
                WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 10000)
                SELECT i, 1, 1, 1, 1796000000000 + i * 60000, 100, i % 100 = 0, 1, 1 FROM n
                """)
            for query in ["", "&movie_id=mov_1", "&place_id=plc_1", "&place_id=plc_1&movie_id=mov_1"] {
                var (costs, cursor) = ([Int](), "")
                repeat {
                    _ = try await cinema.service.statementReports()
                    let answer = try await cinema.get("/v1/sessions?bookable=true&limit=1\(query)\(cursor)")
                    #expect(answer.json["sessions"]?.arrayValue?.count == 1)
                    let used = try await cinema.service.statementReports().filter { $0.sql.contains("FROM sessions s") }
                    costs.append(used.map(\.operations).reduce(0, +))
                    guard answer.json["metadata"]?["has_more"] == true else { break }
                    cursor = "&cursor=\(try #require(answer.json["metadata"]?["end_cursor"]?.stringValue))"
                } while costs.count < 200
                try #require(costs.count == 100)
                #expect(costs.allSatisfy { $0 * 2 <= costs[0] * 3 }, "\(query): \(costs)")
            }
        }
    }
}
