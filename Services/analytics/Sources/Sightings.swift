import SQLite
import TypedID

extension Connection {
    /// The visits of a subject in a period: the sums of its days, whatever number of visits those had, and the visits
    /// themselves of the one or two days of which only a part is asked for.
    func visits(of subject: Subject, in period: Period) throws -> VisitCounts {
        var sum = VisitCounts()
        if let days = period.days { sum = try visits(of: subject, on: days, isFromEver: period.isFromEver) }
        var others: Set<EventID> = []
        for moments in period.edges {
            try forEach(
                """
                SELECT s.visitor, v.dwell FROM sights s JOIN visits v ON v.id = s.visit_id
                WHERE s.subject_id = \(subject) AND s.seen_at BETWEEN \(moments.lowerBound) AND \(moments.upperBound)
                """
            ) { row in
                sum.visits += 1
                others.insert(try row.value(0))
                if let dwell = try row.intOrNil(1) { sum.dwells.add(dwell) }
            }
        }
        if let days = period.days {
            let first = Period.moments(ofDay: days.lowerBound).lowerBound
            let last = Period.moments(ofDay: days.upperBound).upperBound
            others = try others.filter { try !saw(subject, $0, in: first...last) }
        }
        sum.visitors += Int64(others.count)
        return sum
    }

    private func visits(
        of subject: Subject, on days: ClosedRange<Int64>, isFromEver: Bool
    ) throws -> VisitCounts {
        let (first, last) = (days.lowerBound, days.upperBound)
        var sum = VisitCounts()
        try forEach(
            """
            SELECT visits, visitors, dwells FROM subject_days
            WHERE subject_id = \(subject) AND day BETWEEN \(first) AND \(last)
            """
        ) { sum.add(try VisitCounts($0)) }
        // Everybody counts on the first of his days: in a period without a beginning that is the first of all, in
        // another one every day but those on which he was last there within the period.
        if isFromEver {
            sum.visitors = try visitors(
                of: subject,
                "previous_day = \(VisitBatch.never) AND day <= \(last)")
        } else {
            sum.visitors -= try visitors(
                of: subject,
                "previous_day BETWEEN \(first) AND \(last) AND day <= \(last)")
        }
        return sum
    }

    private func visitors(of subject: Subject, _ returns: SQL) throws -> Int64 {
        try first(
            "SELECT coalesce(sum(visitors), 0) FROM subject_returns WHERE subject_id = \(subject) AND \(sql: returns)"
        ) { try $0.int(0) } ?? 0
    }
}
