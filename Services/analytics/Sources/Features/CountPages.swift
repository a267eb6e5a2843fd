import API
import Auth
import JSON
import SQLite
import Time
import TypedID

/// By what visits are put together.
private enum PageGrouping: String, CaseIterable, Sendable {
    case path, day, hour
}

private struct PageGroup {
    /// A path's subject; a day's or an hour's number since 1970.
    let key: Int64
    let name: String
    let counts: VisitCounts
}

extension AnalyticsService {
    /// `GET /v1/analytics/pages?group_by&from&to&limit&cursor`: the visits that began in a period, by the path of their
    /// page in the order in which paths were first seen, by day or by hour in UTC. A group without visits is left out.
    ///
    /// A path's group costs as much as the period has days, a day's or an hour's nothing of note, however many visits
    /// they had. A bound within a day adds that day's visits of the group.
    func countPages(_ request: Request, _ caller: Principal) async throws -> Response {
        let query = try request.query()
        var fields = Fields(query)
        let grouping = fields.choice("group_by", of: PageGrouping.self)
        let period = fields.period()
        let limit = fields.limit()
        guard let grouping, let period, fields.faults.isEmpty else { throw fields.refusal }
        let list = "pages by \(grouping.rawValue) from \(query["from"] ?? "") to \(query["to"] ?? "")"
        let page = try Page(limit: limit, cursor: query["cursor"], of: list, keys: 1, seal: cursors)
        let (groups, following) = try database.read { connection in
            let groups =
                switch grouping {
                case .path: try connection.paths(in: period, on: page)
                case .day: try connection.days(in: period, on: page)
                case .hour: try connection.hours(in: period, on: page)
                }
            return (groups, try connection.following())
        }
        var response = Response.json { json in
            page.write("pages", groups, to: &json, keys: { [$0.key] }) { group, json in
                json.object { json in
                    json.field("key", group.name)
                    json.field("visits", group.counts.visits)
                    json.field("visitors", group.counts.visitors)
                    json.field("median_dwell_ms", group.counts.dwells.median)
                    json.field("p95_dwell_ms", group.counts.dwells.percentile(95))
                }
            }
        }
        response.headers.append(countedUntil(following))
        return response
    }

    /// Of visits: every event that was received before is counted.
    func countedUntil(_ following: Following) -> (String, String) {
        ("Counted-Until", following.countedUntil(clock.now()).rfc3339)
    }
}

extension Connection {
    fileprivate func paths(in period: Period, on page: Page) throws -> [PageGroup] {
        var groups: [PageGroup] = []
        var last = Subject(rawValue: page.after?[0] ?? 0)
        while groups.count < Int(page.fetched), let next = try nextPage(after: last, in: period) {
            last = next
            let counts = try visits(of: next, in: period)
            // On a day of which only a part is asked for, it may have been seen in the other one.
            guard counts.visits > 0 else { continue }
            let name = try first("SELECT name FROM subjects WHERE id = \(next)") { try $0.text(0) }
            groups.append(PageGroup(key: next.rawValue, name: name ?? "", counts: counts))
        }
        return groups
    }

    /// The next page that was seen on any of a period's days.
    private func nextPage(after last: Subject, in period: Period) throws -> Subject? {
        try first(
            """
            SELECT min((SELECT p.subject_id FROM subject_days p
                WHERE p.is_page = 1 AND p.day = d.day AND p.subject_id > \(last) ORDER BY p.subject_id LIMIT 1))
            FROM subject_days d
            WHERE d.subject_id = \(Subject.everything) AND d.day BETWEEN \(Period.day(of: period.moments.lowerBound))
                AND \(Period.day(of: period.moments.upperBound))
            """
        ) { try $0.valueOrNil(0) } ?? nil
    }

    fileprivate func days(in period: Period, on page: Page) throws -> [PageGroup] {
        let days = Period.day(of: period.moments.lowerBound)...Period.day(of: period.moments.upperBound)
        let sql: SQL = """
            SELECT visits, visitors, dwells, day FROM subject_days
            WHERE subject_id = \(Subject.everything) AND day > \(page.after?[0] ?? .min)
                AND day BETWEEN \(days.lowerBound) AND \(days.upperBound)
            ORDER BY day LIMIT \(page.fetched + 2)
            """
        return try groups(sql, in: period, on: page, Period.moments(ofDay:)) { day in
            CalendarDate(daysSinceEpoch: Int(day))?.text ?? ""
        }
    }

    fileprivate func hours(in period: Period, on page: Page) throws -> [PageGroup] {
        let hours = Period.hour(of: period.moments.lowerBound)...Period.hour(of: period.moments.upperBound)
        let sql: SQL = """
            SELECT visits, visitors, dwells, hour FROM visit_hours
            WHERE hour > \(page.after?[0] ?? .min) AND hour BETWEEN \(hours.lowerBound) AND \(hours.upperBound)
            ORDER BY hour LIMIT \(page.fetched + 2)
            """
        return try groups(sql, in: period, on: page, Period.moments(ofHour:)) { hour in
            Timestamp(rawValue: Period.moments(ofHour: hour).lowerBound).rfc3339
        }
    }

    /// The first and the last of a period may be in it in part only, and have no visits there: hence two more rows.
    private func groups(
        _ sql: SQL, in period: Period, on page: Page, _ moments: (Int64) -> ClosedRange<Int64>,
        name: (Int64) -> String
    ) throws -> [PageGroup] {
        let whole = try rows(sql) { (key: try $0.int(3), counts: try VisitCounts($0)) }
        let groups = try whole.map { key, counts in
            let moments = moments(key)
            let asked = moments.clamped(to: period.moments)
            let counts = asked == moments ? counts : try visits(of: .everything, in: Period(part: asked))
            return PageGroup(key: key, name: name(key), counts: counts)
        }
        return Array(groups.filter { $0.counts.visits > 0 }.prefix(Int(page.fetched)))
    }
}
